// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TestToken} from "./TestToken.sol";

/// @notice A token that calls anyone while it is being moved or read. It can own accounts too, so that what it calls
///         back is called by their owner.
contract CallbackToken is TestToken {
    /// @notice When the callback is made.
    enum Moment {
        NEVER,
        BEFORE_TRANSFER,
        AFTER_TRANSFER,
        BALANCE_OF,
        DECIMALS
    }

    /// @notice When the armed callback is made.
    Moment public moment;
    /// @notice Whom it calls.
    address public target;
    /// @notice What it calls with.
    bytes public callData;

    /// @notice Callbacks made in transfers.
    uint256 public calls;
    /// @notice Whether the last one went through.
    bool public succeeded;
    /// @notice What the last one returned.
    bytes public returned;

    /// @notice A callback made while the token was only read went through.
    error StaticCallbackSucceeded(bytes returned);

    /// @param decimals_ Decimals of the token.
    constructor(uint8 decimals_) TestToken(decimals_) {}

    /// @notice Prepare a callback.
    function arm(Moment moment_, address target_, bytes calldata callData_) external {
        (moment, target, callData) = (moment_, target_, callData_);
    }

    /// @notice Call anyone as this token, with the native tokens sent along, and revert as it reverts.
    function execute(address to, bytes calldata data) external payable returns (bytes memory) {
        (bool ok, bytes memory answer) = to.call{value: msg.value}(data);
        if (!ok) {
            assembly ("memory-safe") {
                // The revert data as it came.
                revert(add(answer, 0x20), mload(answer))
            }
        }
        return answer;
    }

    function balanceOf(address holder) public view override returns (uint256) {
        _callBackStatic(Moment.BALANCE_OF);
        return super.balanceOf(holder);
    }

    function decimals() public view override returns (uint8) {
        _callBackStatic(Moment.DECIMALS);
        return super.decimals();
    }

    function _update(address from, address to, uint256 tokenUnits) internal override {
        if (moment == Moment.BEFORE_TRANSFER) _callBack();
        super._update(from, to, tokenUnits);
        if (moment == Moment.AFTER_TRANSFER) _callBack();
    }

    function _callBack() private {
        Moment armed = moment;
        // The callback may move this token too, and must not call back again.
        moment = Moment.NEVER;
        ++calls;
        (succeeded, returned) = target.call(callData);
        moment = armed;
    }

    function _callBackStatic(Moment at) private view {
        if (moment != at) return;
        (bool ok, bytes memory answer) = target.staticcall(callData);
        if (ok) revert StaticCallbackSucceeded(answer);
    }
}
