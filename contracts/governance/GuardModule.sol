// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {BookWord} from "../types/BookWord.sol";
import {OutflowWord} from "../types/OutflowWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Assets} from "../vault/Assets.sol";

/// @notice Pauses of new risk, and limits of what leaves. The exchange delegates to it.
/// @dev The authority is the exchange's own: it is read from slot 0 of whoever runs this code.
contract GuardModule is AccessManaged, ReentrancyGuardTransient {
    /// @notice The longest pause [hours].
    uint256 public constant MAX_PAUSE_HOURS = 72;
    /// @notice Time from the end of a pause to the next [hours].
    uint256 public constant PAUSE_COOLDOWN_HOURS = 7 * 24;

    uint256 private constant _PPM = 1e6;

    /// @param authority_ Authority of the module itself, which holds nothing; the exchange has its own.
    constructor(address authority_) AccessManaged(authority_) {}

    /// @notice See {IGovernance.pauseMarkets}.
    function pauseMarkets(uint16[] calldata marketIds, uint16 hoursLong) external restricted nonReentrant {
        if (hoursLong == 0 || hoursLong > MAX_PAUSE_HOURS) {
            revert IExchangeErrors.InvalidParameter("hoursLong", hoursLong);
        }
        uint256 hour = block.timestamp / 1 hours + hoursLong + 1;
        for (uint256 i = 0; i < marketIds.length; ++i) {
            uint256 last = _book(marketIds[i]).pausedUntil();
            uint256 earliest = last == 0 ? 0 : last + PAUSE_COOLDOWN_HOURS * 1 hours;
            if (block.timestamp < earliest) revert IExchangeErrors.PausedTooSoon(marketIds[i], earliest);
            _pauseUntilHour(marketIds[i], hour);
        }
    }

    /// @notice See {IGovernance.resumeMarkets}.
    function resumeMarkets(uint16[] calldata marketIds) external restricted nonReentrant {
        uint256 hour = block.timestamp / 1 hours;
        for (uint256 i = 0; i < marketIds.length; ++i) {
            if (_book(marketIds[i]).pausedUntil() > block.timestamp) _pauseUntilHour(marketIds[i], hour);
        }
    }

    /// @notice See {IGovernance.setOutflowLimit}.
    function setOutflowLimit(uint16 assetId, uint32 limitPpm) external restricted nonReentrant {
        Assets.tokenOf(assetId);
        if (limitPpm > _PPM) revert IExchangeErrors.InvalidParameter("limitPpm", limitPpm);
        uint256 slot = ExchangeStorage.outflowSlot(assetId);
        OutflowWord word = OutflowWord.wrap(ExchangeStorage.load(slot)).withLimit(limitPpm);
        ExchangeStorage.store(slot, OutflowWord.unwrap(word));
        emit IExchange.OutflowLimitSet(assetId, limitPpm);
    }

    /// @dev The book word of a listed market.
    function _book(uint16 marketId) private view returns (BookWord book) {
        book = BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(marketId)));
        if (!book.isListed()) revert IExchangeErrors.UnknownMarket(marketId);
    }

    function _pauseUntilHour(uint16 marketId, uint256 hour) private {
        BookWord book = _book(marketId).withPauseUntilHour(hour);
        ExchangeStorage.store(ExchangeStorage.bookSlot(marketId), BookWord.unwrap(book));
        emit IExchange.MarketPauseSet(marketId, book.pausedUntil());
    }
}
