// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice A token whose transfers return nothing, as some old ones do.
contract MissingReturnToken {
    /// @notice Decimals of the token.
    uint8 public immutable decimals;
    /// @notice Holdings [token units].
    mapping(address holder => uint256 tokenUnits) public balanceOf;
    /// @notice What a spender may still move [token units].
    mapping(address holder => mapping(address spender => uint256 tokenUnits)) public allowance;

    /// @notice A balance or an allowance does not cover a transfer [token units].
    error TooLittle(uint256 got, uint256 wanted);

    /// @param decimals_ Decimals of the token.
    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    /// @notice Make tokens for the caller.
    function draw(uint256 tokenUnits) external {
        balanceOf[msg.sender] += tokenUnits;
    }

    /// @notice Let a spender move tokens of the caller.
    function approve(address spender, uint256 tokenUnits) external {
        allowance[msg.sender][spender] = tokenUnits;
    }

    /// @notice Move tokens of the caller.
    function transfer(address to, uint256 tokenUnits) external {
        _move(msg.sender, to, tokenUnits);
    }

    /// @notice Move tokens of a holder who allowed it.
    function transferFrom(address from, address to, uint256 tokenUnits) external {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < tokenUnits) revert TooLittle(allowed, tokenUnits);
        allowance[from][msg.sender] = allowed - tokenUnits;
        _move(from, to, tokenUnits);
    }

    function _move(address from, address to, uint256 tokenUnits) private {
        uint256 held = balanceOf[from];
        if (held < tokenUnits) revert TooLittle(held, tokenUnits);
        balanceOf[from] = held - tokenUnits;
        balanceOf[to] += tokenUnits;
    }
}
