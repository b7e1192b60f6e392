// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {AuctionWord, AuctionWordLib} from "../types/AuctionWord.sol";
import {FirstBit} from "../types/FirstBit.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Holdings} from "../risk/Holdings.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";
import {Funds} from "./Funds.sol";
import {Protections} from "./Protections.sol";
import {Standing} from "./Standing.sol";

/// @notice The flag of an account that is being liquidated, and what it does to its resting orders.
/// @dev The flag goes where liquidation ends. Orders that rested before stay dead for good, and while any of them is in the book no
///      other may rest: so no dead order ever counts as a live one.
library Flags {
    using Standing for Standing.Account;

    /// @notice How long only the plan and chosen liquidators of a flagged account act [seconds].
    uint256 internal constant WINDOW_SECONDS = 10;

    /// @notice Auction word of an account.
    function auctionOf(uint256 accountId) internal view returns (AuctionWord) {
        return AuctionWord.wrap(ExchangeStorage.load(ExchangeStorage.auctionSlot(accountId)));
    }

    /// @notice Flag an account: its orders are dead, and its window begins.
    function raise(uint32 accountId, Standing.Account memory standing) internal {
        AccountWord account = Accounts.load(accountId);
        Accounts.store(accountId, account.flagged());
        _freeze(accountId, account, true);
        uint256 windowEnd = block.timestamp + WINDOW_SECONDS;
        _store(accountId, AuctionWordLib.create(block.timestamp, windowEnd));
        Funds.store(Funds.load().withFlagged(true));
        emit ILiquidation.Flagged(accountId, standing.equity, standing.maintenance, windowEnd);
    }

    /// @notice Clear the flag where the liquidation has ended, or let the price fall anew.
    /// @param restarts Whether it falls anew, if the flag stays.
    function settle(uint32 accountId, Standing.Account memory standing, bool restarts) internal {
        AuctionWord auction = auctionOf(accountId);
        if (standing.isAtEnd()) {
            Accounts.store(accountId, Accounts.load(accountId).unflagged());
            _store(accountId, auction.withDeficit(false));
            Funds.store(Funds.load().withFlagged(false));
            if (auction.isInDeficit()) Funds.store(Funds.load().withDeficit(false));
            emit ILiquidation.FlagCleared(accountId, standing.equity, standing.end);
            thaw(accountId);
        } else if (restarts) {
            auction = auction.restarted(block.timestamp);
            _store(accountId, auction);
            emit ILiquidation.AuctionRestarted(accountId, auction.clockStart());
        }
    }

    /// @notice Let orders of an account rest again that is not flagged, has no dead ones, and on which funds have no claim.
    function thaw(uint32 accountId) internal {
        AccountWord account = Accounts.load(accountId);
        if (account.isLive() || account.isFlagged() || _hasOrders(accountId, account)) return;
        if (account.owes() && Protections.load(accountId).claims() != 0) return;
        _freeze(accountId, account, false);
        Accounts.store(accountId, account.live());
        emit ILiquidation.AccountThawed(accountId);
    }

    /// @dev Mark open orders of all that an account uses as dead, or no longer.
    function _freeze(uint256 accountId, AccountWord account, bool frozen) private {
        unchecked {
            // Each step clears the lowest bit of the assets, or perps, left.
            for (uint256 left = account.assets() | 1; left != 0; left &= left - 1) {
                uint256 assetId = FirstBit.ofWord(left);
                LedgerWord word = Balances.load(accountId, assetId).withFrozen(frozen);
                ExchangeStorage.store(ExchangeStorage.ledgerSlot(accountId, assetId), LedgerWord.unwrap(word));
            }
            for (uint256 left = account.perps(); left != 0; left &= left - 1) {
                uint256 assetId = FirstBit.ofWord(left);
                // The flag is where a ledger word has it.
                LedgerWord word = Holdings.position(accountId, assetId).toLedger().withFrozen(frozen);
                ExchangeStorage.store(ExchangeStorage.positionSlot(accountId, assetId), LedgerWord.unwrap(word));
            }
        }
    }

    /// @dev Whether any order of an account is in a book.
    function _hasOrders(uint256 accountId, AccountWord account) private view returns (bool) {
        unchecked {
            for (uint256 left = account.assets() & ~uint256(1); left != 0; left &= left - 1) {
                LedgerWord word = Balances.load(accountId, FirstBit.ofWord(left));
                if (word.openBids() | word.openAsks() != 0) return true;
            }
            for (uint256 left = account.perps(); left != 0; left &= left - 1) {
                PositionWord word = Holdings.position(accountId, FirstBit.ofWord(left));
                if (word.openBids() | word.openAsks() != 0) return true;
            }
        }
        return false;
    }

    function _store(uint256 accountId, AuctionWord word) private {
        ExchangeStorage.store(ExchangeStorage.auctionSlot(accountId), AuctionWord.unwrap(word));
    }
}
