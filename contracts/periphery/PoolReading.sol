// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {ILens} from "../interfaces/ILens.sol";
import {PoolIndexWord} from "../types/PoolIndexWord.sol";
import {PoolTermsWord} from "../types/PoolTermsWord.sol";
import {PoolTotalsWord} from "../types/PoolTotalsWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {PoolMath} from "../lending/PoolMath.sol";
import {WordReader} from "./WordReader.sol";

/// @notice Lending pools: what they have and owe, what they cost and earn, and what they still take and give.
library PoolReading {
    using PoolMath for PoolMath.Pool;
    using WordReader for IExchange;

    uint256 private constant _POOL_WORDS = 3;
    /// @dev From the borrow rate of the index word to a year's.
    uint256 private constant _RATE_SCALE = 100 * 365 days;

    /// @notice See {ILens.pools}; the limit is already cut.
    function pools(IExchange exchange, uint256 fromId, uint256 limit)
        internal
        view
        returns (ILens.Pool[] memory page, uint16 nextId)
    {
        uint256[] memory ids = _open(exchange, fromId);
        uint256 count = ids.length;
        if (limit < count) {
            // Asset ids are a byte.
            nextId = uint16(ids[limit]);
            count = limit;
        }
        uint256[] memory slots = new uint256[](_POOL_WORDS * count);
        for (uint256 i = 0; i < count; ++i) {
            slots[_POOL_WORDS * i] = ExchangeStorage.poolIndexSlot(ids[i]);
            slots[_POOL_WORDS * i + 1] = ExchangeStorage.poolTotalsSlot(ids[i]);
            slots[_POOL_WORDS * i + 2] = ExchangeStorage.poolTermsSlot(ids[i]);
        }
        uint256[] memory words = exchange.readWords(slots);
        page = new ILens.Pool[](count);
        for (uint256 i = 0; i < count; ++i) {
            PoolIndexWord index = PoolIndexWord.wrap(words[_POOL_WORDS * i]);
            PoolTotalsWord totals = PoolTotalsWord.wrap(words[_POOL_WORDS * i + 1]);
            PoolMath.Pool memory pool = PoolMath.accrued(index, totals, block.timestamp);
            page[i].assetId = uint16(ids[i]);
            _setAmounts(page[i], pool);
            _setRates(page[i], pool, index);
            _setLimits(page[i], pool, PoolTermsWord.wrap(words[_POOL_WORDS * i + 2]));
        }
    }

    /// @dev Assets with an open pool from one on.
    function _open(IExchange exchange, uint256 fromId) private view returns (uint256[] memory ids) {
        uint256 candidates = exchange.readRegistry().assets();
        uint256[] memory slots = new uint256[](candidates);
        for (uint256 i = 0; i < candidates; ++i) {
            slots[i] = ExchangeStorage.poolIndexSlot(i);
        }
        uint256[] memory words = exchange.readWords(slots);
        uint256 count;
        for (uint256 i = 0; i < candidates; ++i) {
            // The slots are not needed any more: found ids take their place.
            if (i >= fromId && PoolIndexWord.wrap(words[i]).isOpen()) slots[count++] = i;
        }
        return WordReader.first(slots, count);
    }

    function _setAmounts(ILens.Pool memory view_, PoolMath.Pool memory pool) private pure {
        // Shares and cash are below 2^80 and indices below 2^76, in 1e-18.
        view_.suppliedAtoms = uint128(pool.supplied());
        view_.borrowedAtoms = uint128(pool.borrowed());
        view_.cashAtoms = uint128(pool.cash);
        view_.reserveAtoms = uint128(pool.reserve());
        (view_.supplyIndex, view_.borrowIndex) = (uint128(pool.supplyIndex), uint128(pool.borrowIndex));
        view_.utilisation = uint64(pool.utilisation());
    }

    /// @dev Rates a year. What lenders earn is their part of what borrowers pay, on what all supply shares are worth, those
    ///      that nobody has included.
    function _setRates(ILens.Pool memory view_, PoolMath.Pool memory pool, PoolIndexWord index) private pure {
        uint256 rate = index.rate() * _RATE_SCALE;
        uint256 worth = PoolMath.lentDown(pool.supplyShares + PoolMath.VIRTUAL_SHARES, pool.supplyIndex);
        // Rates of a year are below 2^64, and no more is owed than what lenders have and the reserve.
        view_.borrowRate = uint128(rate);
        view_.supplyRate = uint128(Math.mulDiv(rate * (1_000 - pool.reservePermille), pool.borrowed(), 1_000 * worth));
        view_.rateAtTarget = uint128(pool.rateAtTarget * 365 days);
        view_.accruedAt = uint32(index.time());
    }

    function _setLimits(ILens.Pool memory view_, PoolMath.Pool memory pool, PoolTermsWord terms) private view {
        // All fields have these widths; no room is more than the cap or what there is.
        view_.terms = IExchange.PoolTerms({
            supplyCapAtoms: uint128(terms.supplyCap()),
            borrowCapAtoms: uint128(terms.borrowCap()),
            ceilingPermille: uint16(terms.ceilingPermille()),
            hourlyPermille: uint16(terms.hourlyPermille()),
            reservePermille: uint16(pool.reservePermille)
        });
        view_.supplyRoomAtoms = uint128(Math.saturatingSub(terms.supplyCap(), pool.supplied()));
        (uint256 capRoom, uint256 ceilingRoom, uint256 windowRoom) = pool.borrowRooms(terms, block.timestamp);
        view_.capRoomAtoms = uint128(capRoom);
        view_.ceilingRoomAtoms = uint128(ceilingRoom);
        view_.windowRoomAtoms = uint128(windowRoom);
        view_.borrowableAtoms = uint128(pool.borrowable(terms, block.timestamp));
    }
}
