// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LedgerWord} from "../types/LedgerWord.sol";

/// @notice {LedgerWordLib} for tests.
contract LedgerWordHarness {
    /// @notice All fields of a ledger word.
    function fields(uint256 word)
        external
        pure
        returns (uint256 openBids, uint256 openAsks, int256 balance, bool isEmpty)
    {
        LedgerWord ledger = LedgerWord.wrap(word);
        return (ledger.openBids(), ledger.openAsks(), ledger.balance(), ledger.isEmpty());
    }

    /// @notice See {LedgerWordLib.isBare}.
    function isBare(uint256 word, uint256 assetId) external pure returns (bool) {
        return LedgerWord.wrap(word).isBare(assetId);
    }

    /// @notice See {LedgerWordLib.touched}.
    function touched(uint256 word) external pure returns (uint256) {
        return LedgerWord.unwrap(LedgerWord.wrap(word).touched());
    }

    /// @notice See {LedgerWordLib.add}.
    function add(uint256 word, int256 atoms) external pure returns (uint256) {
        return LedgerWord.unwrap(LedgerWord.wrap(word).add(atoms));
    }

    /// @notice See {LedgerWordLib.open}.
    function open(uint256 word, bool isAsk, uint256 atoms) external pure returns (uint256 result, bool fits) {
        LedgerWord opened;
        (opened, fits) = LedgerWord.wrap(word).open(isAsk, atoms);
        result = LedgerWord.unwrap(opened);
    }

    /// @notice See {LedgerWordLib.close}.
    function close(uint256 word, bool isAsk, uint256 atoms) external pure returns (uint256) {
        return LedgerWord.unwrap(LedgerWord.wrap(word).close(isAsk, atoms));
    }
}
