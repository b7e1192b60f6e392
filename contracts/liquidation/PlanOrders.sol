// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {OrderBook} from "../book/OrderBook.sol";
import {PriceBand} from "../book/PriceBand.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {BookWord} from "../types/BookWord.sol";
import {ConfigWord, ConfigWordLib} from "../types/ConfigWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderTermsLib} from "../types/OrderTerms.sol";
import {PlanTermsWord} from "../types/PlanTermsWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Marks} from "../perps/Marks.sol";
import {Holdings} from "../risk/Holdings.sol";
import {Valuation} from "../risk/Valuation.sol";

/// @notice The orders that steps of risk plans place: they only reduce, trade at once, and stop before another order of their
///         owner.
library PlanOrders {
    /// @notice How old the price may be that a step trades by: whoever executes it could quote against an older one [seconds].
    uint256 internal constant MAX_PRICE_AGE = 60;

    /// @notice The order of a step.
    /// @param wanted The most that it is to trade [lots].
    /// @dev Errors: StalePrice, PriceUnconfirmed.
    function request(uint256 accountId, PlanTermsWord terms, uint256 wanted)
        internal
        view
        returns (IExchange.OrderRequest memory order)
    {
        uint256 marketId = terms.target();
        bool isAsk = _sells(accountId, terms);
        uint256 price = _priceOf(MarketId.base(marketId));
        order.marketId = terms.target();
        // Limits are ticks of 24 bits, lots are cut to those of an order.
        order.tick = uint24(_limit(marketId, isAsk, terms.slippageBps(), price));
        order.side = isAsk ? IExchange.Side.ASK : IExchange.Side.BID;
        order.lots = uint40(Math.min(wanted, type(uint40).max));
        order.maxFills = uint8(OrderBook.MAX_FILLS);
        order.terms = OrderTermsLib.create(OrderTermsLib.IMMEDIATE_OR_CANCEL, OrderTermsLib.CANCEL_TAKER, true, 0, 0);
    }

    /// @dev Whether a step sells: it brings a position towards zero.
    function _sells(uint256 accountId, PlanTermsWord terms) private view returns (bool) {
        ILiquidation.PlanAction action = terms.action();
        if (action != ILiquidation.PlanAction.REDUCE) return action == ILiquidation.PlanAction.SELL;
        return Holdings.position(accountId, MarketId.base(terms.target())).size() > 0;
    }

    /// @dev The worst tick: as much worse than mark, or price, as the step allows, rounded to its owner's advantage, and no
    ///      worse than the band allows everybody.
    /// @param price Of an atom of the base asset [1e-18 dollars].
    function _limit(uint256 marketId, bool isAsk, uint256 slippageBps, uint256 price) private view returns (uint256) {
        BookWord book = BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(marketId)));
        // Slippage is a band of the step's own.
        ConfigWord slippage = ConfigWordLib.create(0, 0, slippageBps);
        BookWord own;
        if (MarketId.isPerp(marketId)) {
            uint256 mark = Marks.load(marketId).mark();
            own = PriceBand.withBandAroundMark(book, slippage, mark, mark, false);
        } else {
            own = PriceBand.withBandAround(book, slippage, price, price);
        }
        (uint256 limit, uint256 ofBand) = (own.bandLimit(isAsk), book.bandLimit(isAsk));
        return isAsk ? Math.max(limit, ofBand) : Math.min(limit, ofBand);
    }

    /// @dev A price that a step may trade by: not old, and none waits besides it.
    function _priceOf(uint256 assetId) private view returns (uint256) {
        UnderlyingWord word = Valuation.underlying(assetId);
        uint256 oldest = block.timestamp - MAX_PRICE_AGE;
        // Asset ids are below 44.
        if (word.time() < oldest) revert IExchangeErrors.StalePrice(uint16(assetId), word.time(), oldest);
        if (word.isUnconfirmed()) revert IExchangeErrors.PriceUnconfirmed(uint16(assetId));
        return word.price();
    }
}
