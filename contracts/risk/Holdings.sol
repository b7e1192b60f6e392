// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {Fees} from "../book/Fees.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {BookWord} from "../types/BookWord.sol";
import {FirstBit} from "../types/FirstBit.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {OrderChange} from "../types/OrderChange.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";

/// @notice What an account has and owes, read once into memory.
library Holdings {
    /// @notice The most atoms that a preview may ask for: what is really there is always less, and no sum of it overflows.
    uint256 internal constant MAX_ATOMS = 1 << 96;

    /// @notice An asset of an account, and its perp.
    struct Holding {
        uint256 assetId;
        /// @dev Balance; a debt is negative [atoms].
        int256 atoms;
        /// @dev Open orders; of the quote asset there are none [atoms].
        int256 bids;
        int256 asks;
        /// @dev Part of them that only reduces, as far as known [atoms].
        int256 reducing;
        /// @dev Position [lots].
        int256 size;
        /// @dev Its cash [tick-lots·2^-24].
        int256 cash;
        /// @dev Open orders of the perp [lots].
        int256 perpBids;
        int256 perpAsks;
        /// @dev Part of them that only reduces, as far as known [lots].
        int256 perpReducing;
    }

    /// @notice Assets and perps of an account, ascending; the quote asset is the first.
    function read(uint256 accountId) internal view returns (Holding[] memory) {
        AccountWord account = Accounts.load(accountId);
        return readWith(accountId, account.assets(), account.perps());
    }

    /// @notice Assets of a bitmap, perps of another, and the quote asset, ascending.
    function readWith(uint256 accountId, uint256 assets, uint256 perps)
        internal
        view
        returns (Holding[] memory holdings)
    {
        uint256 left = assets | perps | 1;
        holdings = new Holding[](LibBit.popCount(left));
        unchecked {
            // Each step clears the lowest bit of those left.
            for (uint256 i = 0; left != 0; (++i, left &= left - 1)) {
                uint256 assetId = FirstBit.ofWord(left);
                readInto(holdings[i], accountId, assetId, perps);
            }
        }
    }

    /// @notice Read what an account has of an asset and, if the bitmap has it, of its perp.
    function readInto(Holding memory holding, uint256 accountId, uint256 assetId, uint256 perps) internal view {
        LedgerWord word = Balances.load(accountId, assetId);
        (holding.assetId, holding.atoms) = (assetId, Balances.atomsOf(word, assetId));
        // Open totals are below 2^76.
        if (assetId != 0) (holding.bids, holding.asks) = (int256(word.openBids()), int256(word.openAsks()));
        if ((perps >> assetId) & 1 != 0) readPerp(holding, accountId, assetId);
    }

    /// @notice Read what an account has of the perp of an asset.
    function readPerp(Holding memory holding, uint256 accountId, uint256 assetId) internal view {
        PositionWord word = position(accountId, assetId);
        (holding.size, holding.cash) = (word.size(), word.cash());
        // Open totals are below 2^40.
        (holding.perpBids, holding.perpAsks) = (int256(word.openBids()), int256(word.openAsks()));
    }

    /// @notice Word of an account's position in the perp of an asset.
    function position(uint256 accountId, uint256 assetId) internal view returns (PositionWord) {
        return PositionWord.wrap(ExchangeStorage.load(ExchangeStorage.positionSlot(accountId, assetId)));
    }

    /// @notice Whether there is anything of the perp.
    function hasPerp(Holding memory holding) internal pure returns (bool) {
        return holding.size | holding.cash | holding.perpBids | holding.perpAsks != 0;
    }

    /// @notice Whether there is anything of either.
    function isAny(Holding memory holding) internal pure returns (bool) {
        return holding.atoms | holding.bids | holding.asks != 0 || hasPerp(holding);
    }

    /// @notice Assets of an account and of changes to it, with the changes made.
    function readChanged(uint256 accountId, IExchange.MarginChange[] calldata changes)
        internal
        view
        returns (Holding[] memory holdings)
    {
        AccountWord account = Accounts.load(accountId);
        (uint256 assets, uint256 perps) = (account.assets(), account.perps());
        for (uint256 i = 0; i < changes.length; ++i) {
            uint256 bit = uint256(1) << MarketId.base(changes[i].assetId);
            if (MarketId.isPerp(changes[i].assetId)) perps |= bit;
            else assets |= bit;
        }
        holdings = readWith(accountId, assets, perps);
        for (uint256 i = 0; i < changes.length; ++i) {
            _make(holdings, changes[i]);
        }
        for (uint256 i = 0; i < holdings.length; ++i) {
            Holding memory holding = holdings[i];
            bool fits = _fits(holding.atoms, holding.bids, holding.asks, holding.reducing)
                && _fits(holding.size, holding.perpBids, holding.perpAsks, holding.perpReducing);
            if (!fits) revert IExchangeErrors.InvalidParameter("changes", holding.assetId);
        }
    }

    /// @notice The holding of an asset that is among them; none at all if it is not.
    function find(Holding[] memory holdings, uint256 assetId) internal pure returns (Holding memory none) {
        for (uint256 i = 0; i < holdings.length; ++i) {
            if (holdings[i].assetId == assetId) return holdings[i];
        }
    }

    /// @notice Add to what an account has where a market trades: of a spot market the base asset [atoms], of a perp the position
    ///         [lots] and its cash [tick-lots·2^-24].
    function change(Holding[] memory holdings, uint256 marketId, int256 amount, int256 bids, int256 asks, int256 cash)
        internal
        pure
    {
        Holding memory holding = find(holdings, MarketId.base(marketId));
        if (MarketId.isPerp(marketId)) {
            holding.size += amount;
            holding.cash += cash;
            holding.perpBids += bids;
            holding.perpAsks += asks;
        } else {
            holding.atoms += amount;
            holding.bids += bids;
            holding.asks += asks;
            holdings[0].atoms += cash;
        }
    }

    /// @notice Take back what an order has changed of its base asset or perp.
    /// @dev Of what it left in the book, a later order of the same batch may have removed some: then less is open now than
    ///      is taken back, and nothing was open before. Fewer open orders never need more margin.
    function undo(Holding[] memory holdings, OrderChange order) internal view {
        uint256 marketId = order.marketId();
        Holding memory holding = find(holdings, MarketId.base(marketId));
        bool isPerp = MarketId.isPerp(marketId);
        int256 filled = _amount(order, order.filledLots());
        int256 open = isPerp
            ? (order.isAsk() ? holding.perpAsks : holding.perpBids)
            : (order.isAsk() ? holding.asks : holding.bids);
        int256 resting = SignedMath.min(_amount(order, order.restingLots()), open);
        (int256 bids, int256 asks) = order.isAsk() ? (int256(0), -resting) : (-resting, int256(0));
        change(holdings, marketId, order.isAsk() ? filled : -filled, bids, asks, isPerp ? -order.cash() : int256(0));
    }

    /// @notice Note what an order that only reduces has left in the book: it needs no free band.
    function noteReducing(Holding[] memory holdings, OrderChange order) internal view {
        if (!order.isReduceOnly()) return;
        Holding memory holding = find(holdings, MarketId.base(order.marketId()));
        int256 resting = _amount(order, order.restingLots());
        if (MarketId.isPerp(order.marketId())) holding.perpReducing += resting;
        else holding.reducing += resting;
    }

    /// @dev Make a change that a preview asks for. A trade of a perp is at the mark.
    function _make(Holding[] memory holdings, IExchange.MarginChange calldata wanted) private view {
        uint256 id = wanted.assetId;
        Holding memory holding = find(holdings, MarketId.base(id));
        if (!MarketId.isPerp(id)) {
            change(holdings, MarketId.spot(id), wanted.atoms, wanted.bidAtoms, wanted.askAtoms, 0);
            holding.reducing += int256(uint256(wanted.reduceOnlyAtoms));
            return;
        }
        MarkWord mark = MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(id)));
        // A mark is below 2^48, so the cast keeps it.
        int256 price = int256(mark.mark()) - mark.fundingTicksAt(block.timestamp);
        change(holdings, id, wanted.atoms, wanted.bidAtoms, wanted.askAtoms, -wanted.atoms * price);
        holding.perpReducing += int256(uint256(wanted.reduceOnlyAtoms));
    }

    /// @dev Whether amounts are such as somebody could have.
    function _fits(int256 amount, int256 bids, int256 asks, int256 reducing) private pure returns (bool) {
        bool orders = bids >= 0 && asks >= 0 && bids <= int256(MAX_ATOMS) && asks <= int256(MAX_ATOMS);
        return orders && SignedMath.abs(amount) <= MAX_ATOMS && reducing <= bids + asks;
    }

    /// @dev Lots of an order's market, below 2^40, as its totals count them [atoms, of a perp lots].
    function _amount(OrderChange order, uint256 lots) private view returns (int256) {
        BookWord book = BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(order.marketId())));
        return int256(lots * book.openPerLot(MarketId.isPerp(order.marketId())));
    }

    /// @notice Whether an account is covered: its balances cover all its resting spot orders, each base balance the asks, cash
    ///         the bids at their worst. Found without any memory where nothing is lent.
    function isCovered(uint256 accountId, AccountWord account, LedgerWord cash) internal view returns (bool) {
        if (cash.balance() < 0) return false;
        uint256 assets = account.assets() & ~uint256(1);
        if (assets == 0) return true;
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
