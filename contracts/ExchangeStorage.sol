// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {StorageSlot} from "@openzeppelin/contracts/utils/StorageSlot.sol";

/// @notice All state of the exchange on one screen: where each word is.
/// @dev State is made of 256-bit words, each with a type of its own below `types/`. A word's slot is
///      `region << 64 | key`, where the key is packed from ids, so no slot is hashed and off-chain readers can compute
///      it. Keys are below 2^64 by the widths noted, those of operators below 2^192; slot 0 holds OpenZeppelin's
///      authority.
///
///      | region | word | key (bits) |
///      | 1 | registry | 0 |
///      | 2 | account | account 32 |
///      | 3 | ledger | account 32, asset 8 |
///      | 4 | position | account 32, asset 8 |
///      | 5 | token | asset 8 |
///      | 6 | feed | asset 8 |
///      | 7 | underlying | asset 8 |
///      | 8 | config | market 16 |
///      | 9 | book | market 16 |
///      | 10 | mark | market 16 |
///      | 11 | level | market 16, tick 24 |
///      | 12 | bitmap | market 16, layer 2, index 16 |
///      | 13 | chunk header | market 16, pooled 1, tick or chunk 32 |
///      | 14 | lanes, two a word | market 16, pooled 1, tick or chunk 32, pair 2 |
///      | 15 | pool | market 16 |
///      | 16 | tape | market 16 |
///      | 17 | outflow | asset 8 |
///      | 18 | season | account 32, asset 8 |
///      | 20 | pool index | asset 8 |
///      | 21 | pool totals | asset 8 |
///      | 22 | pool terms | asset 8 |
///      | 23 | risk | 0 |
///      | 24 | ramp | asset 8; 255 for the risk of all assets together |
///      | 25 | sample | market 16 |
///      | 26 | perp pool | market 16 |
///      | 27 | auction | account 32 |
///      | 28 | protection | account 32 |
///      | 29 | lines | account 32 |
///      | 30 | line | account 32, lender's account 32 |
///      | 31 | liquidation | 0 |
///      | 32 | fund | cause 16 |
///      | 33 | move | asset 8 |
///      | 34 | pause | asset 8; 255 for the exchange |
///      | 35 | plan, two words a step | account 32, step 3, half 1 |
///      | 19 · 2^128 | operator | account 32, address 160 |
///      | 36 · 2^128 | liquidator | account 32, address 160 |
library ExchangeStorage {
    uint256 private constant _REGISTRY = 1 << 64;
    uint256 private constant _ACCOUNT = 2 << 64;
    uint256 private constant _LEDGER = 3 << 64;
    uint256 private constant _POSITION = 4 << 64;
    uint256 private constant _TOKEN = 5 << 64;
    uint256 private constant _FEED = 6 << 64;
    uint256 private constant _UNDERLYING = 7 << 64;
    uint256 private constant _CONFIG = 8 << 64;
    uint256 private constant _BOOK = 9 << 64;
    uint256 private constant _MARK = 10 << 64;
    uint256 private constant _LEVEL = 11 << 64;
    uint256 private constant _BITMAP = 12 << 64;
    uint256 private constant _HEADER = 13 << 64;
    uint256 private constant _LANES = 14 << 64;
    uint256 private constant _POOL = 15 << 64;
    uint256 private constant _TAPE = 16 << 64;
    uint256 private constant _OUTFLOW = 17 << 64;
    uint256 private constant _SEASON = 18 << 64;
    uint256 private constant _POOL_INDEX = 20 << 64;
    uint256 private constant _POOL_TOTALS = 21 << 64;
    uint256 private constant _POOL_TERMS = 22 << 64;
    uint256 private constant _RISK = 23 << 64;
    uint256 private constant _RAMP = 24 << 64;
    uint256 private constant _SAMPLE = 25 << 64;
    uint256 private constant _PERP_POOL = 26 << 64;
    uint256 private constant _AUCTION = 27 << 64;
    uint256 private constant _PROTECTION = 28 << 64;
    uint256 private constant _LINES = 29 << 64;
    uint256 private constant _LINE = 30 << 64;
    uint256 private constant _LIQUIDATION = 31 << 64;
    uint256 private constant _FUND = 32 << 64;
    uint256 private constant _MOVE = 33 << 64;
    uint256 private constant _PAUSE = 34 << 64;
    uint256 private constant _PLAN = 35 << 64;
    uint256 private constant _OPERATOR = 19 << 192;
    uint256 private constant _LIQUIDATOR = 36 << 192;
    uint256 private constant _POOLED = 1 << 32;

    /// @notice The word at a slot.
    function load(uint256 slot) internal view returns (uint256) {
        return StorageSlot.getUint256Slot(bytes32(slot)).value;
    }

    /// @notice Write the word at a slot.
    function store(uint256 slot, uint256 word) internal {
        StorageSlot.getUint256Slot(bytes32(slot)).value = word;
    }

    /// @notice Slot of the registry word.
    function registrySlot() internal pure returns (uint256) {
        return _REGISTRY;
    }

    /// @notice Slot of an account word.
    function accountSlot(uint256 accountId) internal pure returns (uint256) {
        return _ACCOUNT | accountId;
    }

    /// @notice Slot of the ledger word of an account and an asset.
    function ledgerSlot(uint256 accountId, uint256 assetId) internal pure returns (uint256) {
        return _LEDGER | (accountId << 8) | assetId;
    }

    /// @notice Slot of the position word of an account in the perp of an asset.
    function positionSlot(uint256 accountId, uint256 assetId) internal pure returns (uint256) {
        return _POSITION | (accountId << 8) | assetId;
    }

    /// @notice Slot of the word that has the open totals of an account in a market: the ledger word of the base asset of a
    ///         spot market, the position word of a perp.
    function openSlot(uint256 accountId, uint256 marketId) internal pure returns (uint256) {
        unchecked {
            // Region 2 and the kind of market.
            return _ACCOUNT + ((marketId >> 8) << 64) | (accountId << 8) | (marketId & 0xff);
        }
    }

    /// @notice Account of a ledger slot.
    function accountOf(uint256 slot) internal pure returns (uint256) {
        return (slot >> 8) & type(uint32).max;
    }

    /// @notice Slot of the token word of an asset.
    function tokenSlot(uint256 assetId) internal pure returns (uint256) {
        return _TOKEN | assetId;
    }

    /// @notice Slot of the address of the price feed of an asset.
    function feedSlot(uint256 assetId) internal pure returns (uint256) {
        return _FEED | assetId;
    }

    /// @notice Slot of the underlying word of an asset.
    function underlyingSlot(uint256 assetId) internal pure returns (uint256) {
        return _UNDERLYING | assetId;
    }

    /// @notice Slot of the config word of a market.
    function configSlot(uint256 marketId) internal pure returns (uint256) {
        return _CONFIG | marketId;
    }

    /// @notice Slot of the book word of a market.
    function bookSlot(uint256 marketId) internal pure returns (uint256) {
        return _BOOK | marketId;
    }

    /// @notice Slot of the mark word of a market.
    function markSlot(uint256 marketId) internal pure returns (uint256) {
        return _MARK | marketId;
    }

    /// @notice Slot of the sample word of a market.
    function sampleSlot(uint256 marketId) internal pure returns (uint256) {
        return _SAMPLE | marketId;
    }

    /// @notice Slot of the pool word of a perp.
    function perpPoolSlot(uint256 marketId) internal pure returns (uint256) {
        return _PERP_POOL | marketId;
    }

    /// @notice Slot of the level word of a tick.
    function levelSlot(uint256 marketId, uint256 tick) internal pure returns (uint256) {
        return _LEVEL | (marketId << 24) | tick;
    }

    /// @notice Slot of a bitmap word; layer 0 has a bit a tick, layers 1 and 2 a bit a word of the layer below.
    function bitmapSlot(uint256 marketId, uint256 layer, uint256 index) internal pure returns (uint256) {
        return _BITMAP | (marketId << 18) | (layer << 16) | index;
    }

    /// @notice Slot of the header of a chunk; chunk 0 is the own chunk of the level at `tick`.
    function headerSlot(uint256 marketId, uint256 tick, uint256 chunk) internal pure returns (uint256) {
        return _HEADER | (marketId << 33) | _chunkKey(tick, chunk);
    }

    /// @notice Slot of the pair of lanes that holds `place` of a chunk.
    function laneSlot(uint256 marketId, uint256 tick, uint256 chunk, uint256 place) internal pure returns (uint256) {
        return _LANES | (marketId << 35) | (_chunkKey(tick, chunk) << 2) | (place >> 1);
    }

    /// @notice Slot of the pool word of a market.
    function poolSlot(uint256 marketId) internal pure returns (uint256) {
        return _POOL | marketId;
    }

    /// @notice Slot of the tape word of a market.
    function tapeSlot(uint256 marketId) internal pure returns (uint256) {
        return _TAPE | marketId;
    }

    /// @notice Slot of the outflow word of an asset.
    function outflowSlot(uint256 assetId) internal pure returns (uint256) {
        return _OUTFLOW | assetId;
    }

    /// @notice Slot of the season word of an account and an asset.
    function seasonSlot(uint256 accountId, uint256 assetId) internal pure returns (uint256) {
        return _SEASON | (accountId << 8) | assetId;
    }

    /// @notice Slot of the index word of an asset's lending pool.
    function poolIndexSlot(uint256 assetId) internal pure returns (uint256) {
        return _POOL_INDEX | assetId;
    }

    /// @notice Slot of the totals word of an asset's lending pool.
    function poolTotalsSlot(uint256 assetId) internal pure returns (uint256) {
        return _POOL_TOTALS | assetId;
    }

    /// @notice Slot of the terms word of an asset's lending pool.
    function poolTermsSlot(uint256 assetId) internal pure returns (uint256) {
        return _POOL_TERMS | assetId;
    }

    /// @notice Slot of the risk word.
    function riskSlot() internal pure returns (uint256) {
        return _RISK;
    }

    /// @notice Slot of the ramp word of an asset.
    function rampSlot(uint256 assetId) internal pure returns (uint256) {
        return _RAMP | assetId;
    }

    /// @notice Slot of the auction word of an account.
    function auctionSlot(uint256 accountId) internal pure returns (uint256) {
        return _AUCTION | accountId;
    }

    /// @notice Slot of the protection word of an account.
    function protectionSlot(uint256 accountId) internal pure returns (uint256) {
        return _PROTECTION | accountId;
    }

    /// @notice Slot of the lines word of an account.
    function linesSlot(uint256 accountId) internal pure returns (uint256) {
        return _LINES | accountId;
    }

    /// @notice Slot of the line word of a lender's account for another.
    function lineSlot(uint256 accountId, uint256 lenderAccountId) internal pure returns (uint256) {
        return _LINE | (accountId << 32) | lenderAccountId;
    }

    /// @notice Slot of the liquidation word.
    function liquidationSlot() internal pure returns (uint256) {
        return _LIQUIDATION;
    }

    /// @notice Slot of the fund word of a cause: a perp market, an asset whose debt is not paid, or 255 for bidders.
    function fundSlot(uint256 cause) internal pure returns (uint256) {
        return _FUND | cause;
    }

    /// @notice Slot of the move word of an asset.
    function moveSlot(uint256 assetId) internal pure returns (uint256) {
        return _MOVE | assetId;
    }

    /// @notice Slot of the pause word of an asset, or with 255 of the exchange.
    function pauseSlot(uint256 assetId) internal pure returns (uint256) {
        return _PAUSE | assetId;
    }

    /// @notice Slot of a word of a step of an account's plan: half 0 has its terms, half 1 its state.
    function planSlot(uint256 accountId, uint256 step, uint256 half) internal pure returns (uint256) {
        return _PLAN | (accountId << 4) | (step << 1) | half;
    }

    /// @notice Slot of the liquidator word of an account and an address.
    function liquidatorSlot(uint256 accountId, address liquidator) internal pure returns (uint256) {
        return _LIQUIDATOR | (accountId << 160) | uint160(liquidator);
    }

    /// @notice Slot of the operator word of an account and an address.
    function operatorSlot(uint256 accountId, address operator) internal pure returns (uint256) {
        return _OPERATOR | (accountId << 160) | uint160(operator);
    }

    function _chunkKey(uint256 tick, uint256 chunk) private pure returns (uint256) {
        return chunk == 0 ? tick : _POOLED | chunk;
    }
}
