// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Fees} from "../book/Fees.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {BookWord} from "../types/BookWord.sol";
import {FirstBit} from "../types/FirstBit.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";

/// @notice The check at the end of a transaction. The exchange delegates to it, so it runs over the exchange's words; it
///         has no state of its own and, being `view`, can change none.
/// @dev Cash accounts: what is held must cover all resting orders at their worst, with no credit.
contract RiskEngine is IRiskEngine {
    /// @inheritdoc IRiskEngine
    function check(uint32 accountId) external view {
        uint256 assets = Accounts.load(accountId).assets() & ~uint256(1);
        uint256 worstAtoms;
        unchecked {
            // Bids of at most 15 assets, each below 2^134; each step clears the lowest bit of the assets left.
            for (; assets != 0; assets &= assets - 1) {
                worstAtoms += _checkAsset(accountId, FirstBit.ofWord(assets));
            }
        }
        int256 cash = _ledger(accountId, 0).balance();
        if (cash < int256(worstAtoms)) revert IExchangeErrors.InsufficientBalance(accountId, 0, cash, worstAtoms);
    }

    /// @dev The balance of a base asset must cover its open asks.
    /// @return worstAtoms What its open bids cost at most: all at the limit of the band, fee included, rounded up.
    function _checkAsset(uint32 accountId, uint256 assetId) private view returns (uint256 worstAtoms) {
        LedgerWord ledger = _ledger(accountId, assetId);
        int256 balance = ledger.balance();
        uint256 openAsks = ledger.openAsks();
        // Open totals are below 2^76. Asset ids are below 44.
        if (balance < int256(openAsks)) {
            revert IExchangeErrors.InsufficientBalance(accountId, uint16(assetId), balance, openAsks);
        }
        uint256 openBids = ledger.openBids();
        if (openBids == 0) return 0;
        BookWord book = BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(MarketId.spot(assetId))));
        unchecked {
            // Lots of open orders are below 2^76, a tick below 2^24 and its value below 2^32.
            worstAtoms = openBids / book.atomsPerLot() * book.bandLimit(false) * book.tickValue();
            int256 makerPpm = book.makerPpm();
            // A charge is positive, so the cast keeps its value.
            if (makerPpm > 0) worstAtoms += uint256(Fees.feeUp(worstAtoms, makerPpm));
        }
    }

    function _ledger(uint256 accountId, uint256 assetId) private view returns (LedgerWord) {
        return LedgerWord.wrap(ExchangeStorage.load(ExchangeStorage.ledgerSlot(accountId, assetId)));
    }
}
