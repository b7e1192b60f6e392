// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LinesWord} from "../types/LinesWord.sol";
import {LineWord, LineWordLib} from "../types/LineWord.sol";
import {ProtectionWord, ProtectionWordLib} from "../types/ProtectionWord.sol";

/// @notice The words of bonds and standby lines, for tests.
contract ProtectionWordsHarness {
    /// @notice See {ProtectionWordLib.create}.
    function createProtection(uint256 bond, uint256 insuranceClaim, uint256 backstopClaim)
        external
        pure
        returns (uint256)
    {
        return ProtectionWord.unwrap(ProtectionWordLib.create(bond, insuranceClaim, backstopClaim));
    }

    /// @notice All fields of a protection word, and both claims together.
    function protection(uint256 word)
        external
        pure
        returns (uint256 bond, uint256 insuranceClaim, uint256 backstopClaim, uint256 claims)
    {
        ProtectionWord wrapped = ProtectionWord.wrap(word);
        return (wrapped.bond(), wrapped.insuranceClaim(), wrapped.backstopClaim(), wrapped.claims());
    }

    /// @notice See {ProtectionWordLib.withBond}.
    function withBond(uint256 word, uint256 bond) external pure returns (uint256) {
        return ProtectionWord.unwrap(ProtectionWord.wrap(word).withBond(bond));
    }

    /// @notice See {LineWordLib.offered}.
    function offered(uint256 locked, uint256 fee, uint256 expiry) external pure returns (uint256) {
        return LineWord.unwrap(LineWordLib.offered(locked, fee, expiry));
    }

    /// @notice See {LineWordLib.none}.
    function noLine() external pure returns (uint256) {
        return LineWord.unwrap(LineWordLib.none());
    }

    /// @notice All fields of a line word: whether it is none, offered, active; and what can be drawn of it at a time.
    function line(uint256 word, uint256 time)
        external
        pure
        returns (uint256[4] memory fields, bool[3] memory states, uint256 available)
    {
        LineWord wrapped = LineWord.wrap(word);
        fields = [wrapped.locked(), wrapped.drawn(), wrapped.expiry(), wrapped.closesAt()];
        states = [wrapped.isNone(), wrapped.isOffered(), wrapped.isActive()];
        available = wrapped.available(time);
    }

    /// @notice See {LineWordLib.accepted}.
    function accepted(uint256 word) external pure returns (uint256) {
        return LineWord.unwrap(LineWord.wrap(word).accepted());
    }

    /// @notice See {LineWordLib.withAmounts}.
    function withAmounts(uint256 word, uint256 locked, uint256 drawn) external pure returns (uint256) {
        return LineWord.unwrap(LineWord.wrap(word).withAmounts(locked, drawn));
    }

    /// @notice See {LineWordLib.withNotice}.
    function withNotice(uint256 word, uint256 closesAt) external pure returns (uint256) {
        return LineWord.unwrap(LineWord.wrap(word).withNotice(closesAt));
    }

    /// @notice All fields of a lines word, and whether it is full.
    function lines(uint256 word) external pure returns (uint256[4] memory lenders, uint256 drawn, bool isFull) {
        LinesWord wrapped = LinesWord.wrap(word);
        for (uint256 i = 0; i < 4; ++i) {
            lenders[i] = wrapped.lender(i);
        }
        return (lenders, wrapped.drawn(), wrapped.isFull());
    }

    /// @notice See {LinesWordLib.withLender}.
    function withLender(uint256 word, uint256 lender) external pure returns (uint256) {
        return LinesWord.unwrap(LinesWord.wrap(word).withLender(lender));
    }

    /// @notice See {LinesWordLib.withoutLender}.
    function withoutLender(uint256 word, uint256 lender) external pure returns (uint256) {
        return LinesWord.unwrap(LinesWord.wrap(word).withoutLender(lender));
    }

    /// @notice See {LinesWordLib.withDrawn}.
    function withDrawn(uint256 word, uint256 drawn) external pure returns (uint256) {
        return LinesWord.unwrap(LinesWord.wrap(word).withDrawn(drawn));
    }
}
