// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {PriceBand} from "../book/PriceBand.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IPriceFeed} from "../interfaces/IPriceFeed.sol";
import {BookWord} from "../types/BookWord.sol";
import {ConfigWord} from "../types/ConfigWord.sol";
import {FeedWord} from "../types/FeedWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {TokenWord} from "../types/TokenWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Marks} from "../perps/Marks.sol";
import {FlatMargin} from "../risk/FlatMargin.sol";
import {Assets} from "../vault/Assets.sol";
import {PriceMoves} from "./PriceMoves.sol";
import {SlowPrice} from "./SlowPrice.sol";

/// @notice Reference prices: copied from feeds, guarded against jumps, averaged slowly. The exchange delegates to it.
contract PriceModule is ReentrancyGuardTransient {
    /// @notice The highest price of an atom [1e-18 dollars]: all atoms of an asset that the exchange can hold, at 1.41
    ///         times this price, are worth less than the 2^95 quote atoms at which a balance would wrap.
    uint256 public constant MAX_PRICE = 1 << 55;
    /// @notice Largest move that needs no confirmation, as a divisor of the price: a tenth.
    uint256 public constant JUMP_DIVISOR = 10;
    /// @notice How close a second report must be, as a divisor of the first: a hundredth.
    uint256 public constant CONFIRM_DIVISOR = 100;
    /// @notice How much later a second report must have been made [seconds].
    uint256 public constant CONFIRM_DELAY = 3;

    uint256 private constant _FULL_CONFIDENCE = 10_000;
    /// @dev From 1e-18 dollars to basis points of one.
    uint256 private constant _PEG_SCALE = 1e14;

    /// @notice See {IExchange.poke}.
    function poke(uint16[] calldata assetIds) external nonReentrant {
        for (uint256 i = 0; i < assetIds.length; ++i) {
            _poke(assetIds[i]);
        }
    }

    /// @dev Copy the newest price of one asset.
    function _poke(uint16 assetId) private {
        TokenWord token = Assets.tokenOf(assetId);
        FeedWord feed = FeedWord.wrap(ExchangeStorage.load(ExchangeStorage.feedSlot(assetId)));
        if (feed.feed() == address(0)) return;
        (uint256 tokenPrice, uint32 time, uint16 confidence) = IPriceFeed(feed.feed()).latestPrice(assetId);
        if (tokenPrice > type(uint128).max) revert IExchangeErrors.InvalidPrice(assetId, tokenPrice);
        uint256 price = tokenPrice * token.unitsPerAtom() / 10 ** token.decimals();
        if (price == 0 || price > MAX_PRICE || time > block.timestamp || confidence > _FULL_CONFIDENCE) {
            revert IExchangeErrors.InvalidPrice(assetId, tokenPrice);
        }
        if (assetId == 0) _takePeg(tokenPrice, price, time);
        else _take(assetId, feed, price, time, confidence);
    }

    /// @dev The quote asset is one dollar here; what its token is worth outside raises requirements alone.
    function _takePeg(uint256 tokenPrice, uint256 price, uint256 time) private {
        uint256 slot = ExchangeStorage.riskSlot();
        RiskWord word = RiskWord.wrap(ExchangeStorage.load(slot));
        if (time < word.pegTime()) return;
        uint256 peg = tokenPrice / _PEG_SCALE;
        if (peg > type(uint16).max) peg = type(uint16).max;
        // A token of which a dollar buys thousands is worth no less than one basis point.
        if (peg == 0) peg = 1;
        uint256 factor = word.pegFactor();
        word = word.withPeg(peg, time);
        ExchangeStorage.store(slot, RiskWord.unwrap(word));
        if (word.pegFactor() != factor) FlatMargin.renewAll();
        // Checked by the caller to be below 2^64, and times are 32 bits.
        emit IExchange.PriceUpdated(0, uint64(price), uint32(time));
    }

    /// @dev Take a price over, or let it wait for a second report.
    function _take(uint16 assetId, FeedWord feed, uint256 price, uint256 time, uint256 confidence) private {
        uint256 slot = ExchangeStorage.underlyingSlot(assetId);
        UnderlyingWord word = UnderlyingWord.wrap(ExchangeStorage.load(slot));
        uint256 last = word.price();
        if (time < word.time()) return;
        if (_isBeyond(price, last, JUMP_DIVISOR) && !_confirms(feed, price, time)) {
            _wait(assetId, feed, word, price, time);
            return;
        }
        uint256 slow = last == 0 ? price : SlowPrice.at(word.slowPrice(), last, time - word.time());
        ExchangeStorage.store(slot, UnderlyingWord.unwrap(word.withPrice(price, slow, time, confidence)));
        PriceMoves.note(assetId, last, price);
        if (feed.pendingPrice() != 0) _storePending(assetId, feed, 0, 0);
        _moveBand(assetId, price, price);
        // Checked by the caller to be below 2^64, and times are 32 bits.
        emit IExchange.PriceUpdated(assetId, uint64(price), uint32(time));
        Marks.reprice(assetId, price);
    }

    /// @dev Keep the first report of a new price until one of its kind confirms it. The band reaches to both prices.
    function _wait(uint16 assetId, FeedWord feed, UnderlyingWord word, uint256 price, uint256 time) private {
        uint256 waiting = feed.pendingPrice();
        if (waiting != 0 && !_isBeyond(price, waiting, CONFIRM_DIVISOR)) return;
        _storePending(assetId, feed, price, time);
        ExchangeStorage.store(ExchangeStorage.underlyingSlot(assetId), UnderlyingWord.unwrap(word.unconfirmed()));
        _moveBand(assetId, word.price(), price);
        Marks.widen(assetId, word.price(), price);
        PriceMoves.pause(assetId);
        emit IExchange.PriceJumped(assetId, uint64(price), uint32(time));
    }

    /// @dev Whether a report confirms the price that waits.
    function _confirms(FeedWord feed, uint256 price, uint256 time) private pure returns (bool) {
        uint256 waiting = feed.pendingPrice();
        if (waiting == 0 || time < feed.pendingTime() + CONFIRM_DELAY) return false;
        return !_isBeyond(price, waiting, CONFIRM_DIVISOR);
    }

    /// @dev Whether a price is further from another than a part of it; never of one that there is not yet.
    function _isBeyond(uint256 price, uint256 other, uint256 divisor) private pure returns (bool) {
        uint256 move = price > other ? price - other : other - price;
        return other != 0 && move * divisor > other;
    }

    function _storePending(uint16 assetId, FeedWord feed, uint256 price, uint256 time) private {
        ExchangeStorage.store(ExchangeStorage.feedSlot(assetId), FeedWord.unwrap(feed.withPending(price, time)));
    }

    /// @dev Move the limits of the asset's spot market, if it has one, so far that they admit orders around both prices.
    function _moveBand(uint16 assetId, uint256 price, uint256 otherPrice) private {
        uint256 marketId = MarketId.spot(assetId);
        ConfigWord config = ConfigWord.wrap(ExchangeStorage.load(ExchangeStorage.configSlot(marketId)));
        if (!config.isListed()) return;
        uint256 slot = ExchangeStorage.bookSlot(marketId);
        BookWord book = BookWord.wrap(ExchangeStorage.load(slot));
        (uint256 low, uint256 high) = price < otherPrice ? (price, otherPrice) : (otherPrice, price);
        ExchangeStorage.store(slot, BookWord.unwrap(PriceBand.withBandAround(book, config, low, high)));
    }
}
