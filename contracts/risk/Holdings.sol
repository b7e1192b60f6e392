// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {Fees} from "../book/Fees.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {BookWord} from "../types/BookWord.sol";
import {FirstBit} from "../types/FirstBit.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderChange} from "../types/OrderChange.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";

/// @notice What an account has and owes, read once into memory.
library Holdings {
    /// @notice The most atoms that a preview may ask for: what is really there is always less, and no sum of it overflows.
    uint256 internal constant MAX_ATOMS = 1 << 96;

    /// @notice An asset of an account.
    struct Holding {
        uint256 assetId;
        /// @dev Balance; a debt is negative [atoms].
        int256 atoms;
        /// @dev Open orders; of the quote asset there are none [atoms].
        int256 bids;
        int256 asks;
        /// @dev Part of them that only reduces, as far as known [atoms].
        int256 reducing;
    }

    /// @notice Assets of an account, ascending; the quote asset is the first.
    function read(uint256 accountId) internal view returns (Holding[] memory) {
        return readWith(accountId, Accounts.load(accountId).assets());
    }

    /// @notice Assets of a bitmap, and the quote asset, ascending.
    function readWith(uint256 accountId, uint256 assets) internal view returns (Holding[] memory holdings) {
        assets |= 1;
        holdings = new Holding[](LibBit.popCount(assets));
        unchecked {
            // Each step clears the lowest bit of the assets left.
            for (uint256 i = 0; assets != 0; (++i, assets &= assets - 1)) {
                uint256 assetId = FirstBit.ofWord(assets);
                LedgerWord word = Balances.load(accountId, assetId);
                Holding memory holding = holdings[i];
                (holding.assetId, holding.atoms) = (assetId, Balances.atomsOf(word, assetId));
                // Open totals are below 2^76.
                if (assetId != 0) (holding.bids, holding.asks) = (int256(word.openBids()), int256(word.openAsks()));
            }
        }
    }

    /// @notice Assets of an account and of changes to it, with the changes made.
    function readChanged(uint256 accountId, IExchange.MarginChange[] calldata changes)
        internal
        view
        returns (Holding[] memory holdings)
    {
        uint256 assets = Accounts.load(accountId).assets();
        for (uint256 i = 0; i < changes.length; ++i) {
            assets |= uint256(1) << changes[i].assetId;
        }
        holdings = readWith(accountId, assets);
        for (uint256 i = 0; i < changes.length; ++i) {
            IExchange.MarginChange calldata wanted = changes[i];
            change(holdings, wanted.assetId, wanted.atoms, wanted.bidAtoms, wanted.askAtoms);
            find(holdings, wanted.assetId).reducing += int256(uint256(wanted.reduceOnlyAtoms));
        }
        for (uint256 i = 0; i < holdings.length; ++i) {
            Holding memory holding = holdings[i];
            bool fits = holding.bids >= 0 && holding.asks >= 0 && SignedMath.abs(holding.atoms) <= MAX_ATOMS
                && holding.reducing <= holding.bids + holding.asks;
            if (fits && holding.bids <= int256(MAX_ATOMS) && holding.asks <= int256(MAX_ATOMS)) continue;
            revert IExchangeErrors.InvalidParameter("changes", holding.assetId);
        }
    }

    /// @notice The holding of an asset that is among them; none at all if it is not.
    function find(Holding[] memory holdings, uint256 assetId) internal pure returns (Holding memory none) {
        for (uint256 i = 0; i < holdings.length; ++i) {
            if (holdings[i].assetId == assetId) return holdings[i];
        }
    }

    /// @notice Add to an asset's balance and open orders [atoms].
    function change(Holding[] memory holdings, uint256 assetId, int256 atoms, int256 bids, int256 asks) internal pure {
        Holding memory holding = find(holdings, assetId);
        holding.atoms += atoms;
        holding.bids += bids;
        holding.asks += asks;
    }

    /// @notice Take back what an order has changed of its base asset.
    /// @dev Of what it left in the book, a later order of the same batch may have removed some: then less is open now than
    ///      is taken back, and nothing was open before. Fewer open orders never need more margin.
    function undo(Holding[] memory holdings, OrderChange order) internal view {
        Holding memory holding = find(holdings, MarketId.base(order.marketId()));
        int256 filled = _atoms(order, order.filledLots());
        int256 resting = _atoms(order, order.restingLots());
        holding.atoms += order.isAsk() ? filled : -filled;
        if (order.isAsk()) holding.asks = SignedMath.max(holding.asks - resting, 0);
        else holding.bids = SignedMath.max(holding.bids - resting, 0);
    }

    /// @notice Note what an order that only reduces has left in the book: it needs no free band.
    function noteReducing(Holding[] memory holdings, OrderChange order) internal view {
        if (!order.isReduceOnly()) return;
        find(holdings, MarketId.base(order.marketId())).reducing += _atoms(order, order.restingLots());
    }

    /// @dev Lots of an order's market, below 2^40 [atoms].
    function _atoms(OrderChange order, uint256 lots) private view returns (int256) {
        BookWord book = BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(order.marketId())));
        return int256(lots * book.atomsPerLot());
    }

    /// @notice Whether an account needs no margin: its balances cover all its resting orders, each base balance the asks, cash
    ///         the bids at their worst. Found without any memory where nothing is lent.
    function isPaid(uint256 accountId) internal view returns (bool) {
        LedgerWord cash = Balances.load(accountId, 0);
        if (cash.balance() < 0) return false;
        uint256 assets = Accounts.load(accountId).assets() & ~uint256(1);
        uint256 worst;
        unchecked {
            // Bids of at most 15 assets, each below 2^134; each step clears the lowest bit of the assets left.
            for (; assets != 0; assets &= assets - 1) {
                uint256 assetId = FirstBit.ofWord(assets);
                LedgerWord word = Balances.load(accountId, assetId);
                if (!_covers(word, assetId, word.openAsks())) return false;
                worst += worstCost(assetId, word.openBids());
            }
        }
        return _covers(cash, 0, worst);
    }

    /// @dev Whether a balance is at least so much; a debt is less than anything.
    function _covers(LedgerWord word, uint256 assetId, uint256 needed) private view returns (bool) {
        int256 atoms = word.isLent() ? Balances.atomsOf(word, assetId) : word.balance();
        // Needs are below 2^140.
        return atoms >= int256(needed);
    }

    /// @notice What open bids of an asset cost at most: all at the limit of the band, fee included, rounded up
    ///         [quote atoms].
    function worstCost(uint256 assetId, uint256 openBids) internal view returns (uint256 worstAtoms) {
        if (openBids == 0) return 0;
        BookWord book = BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(MarketId.spot(assetId))));
        // A preview may ask for orders where there is no market: nothing covers those.
        if (!book.isListed()) return type(uint128).max;
        unchecked {
            // Lots of open orders are below 2^76, a tick below 2^24 and its value below 2^32.
            worstAtoms = openBids / book.atomsPerLot() * book.bandLimit(false) * book.tickValue();
            int256 makerPpm = book.makerPpm();
            // A charge is positive, so the cast keeps its value.
            if (makerPpm > 0) worstAtoms += uint256(Fees.feeUp(worstAtoms, makerPpm));
        }
    }
}
