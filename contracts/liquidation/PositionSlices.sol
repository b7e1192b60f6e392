// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";
import {TapeWord} from "../types/TapeWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Holdings} from "../risk/Holdings.sol";
import {Accounts} from "../vault/Accounts.sol";
import {AuctionPrice} from "./AuctionPrice.sol";

/// @notice Positions that move from one account to another: of the size whole lots, of what they have made or lost the exact part.
/// @dev What is not settled is not in proportion to lots: all that a position lost may hang on its last one. So the part of it that
///      moves is that of the slice, whatever lots do; else the price of a slice would not be what it is worth.
library PositionSlices {
    /// @notice Move a fraction of the position in the perp of an asset: lots rounded up in magnitude, so that the requirement falls
    ///         by at least as much; what is not settled rounded down, so that what is over stays with the account.
    /// @param ppm Fraction [ppm].
    /// @dev Errors: TooManyAssets, PositionCapReached.
    function move(uint256 accountId, uint256 bidderId, uint256 assetId, uint256 ppm) internal {
        PositionWord position = Holdings.position(accountId, assetId);
        uint256 marketId = MarketId.perp(assetId);
        MarkWord mark = MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(marketId)));
        int256 funding = mark.fundingTicksAt(block.timestamp);
        int256 size = position.size();
        // A size is below 2^35 in magnitude, what is not settled below 2^95; a mark is below 2^48.
        int256 lots = _lotsUp(size, ppm);
        int256 worth = PositionWordLib.unitsAt(size, position.cash(), mark.mark(), funding);
        int256 units = _floor(worth * int256(ppm), int256(AuctionPrice.ONE)) - lots * (int256(mark.mark()) - funding);
        if (lots | units == 0) return;
        _use(bidderId, marketId);
        PositionWord taken = Holdings.position(bidderId, assetId);
        int256 before = taken.size();
        if (lots != 0) {
            _checkCap(bidderId, marketId, Math.max(mark.positionCap(), SignedMath.abs(size)), before, before + lots);
            _moveInterest(marketId, size, size - lots, before, before + lots);
        }
        _book(accountId, assetId, position, -lots, -units, funding);
        _book(bidderId, assetId, taken, lots, units, funding);
    }

    /// @dev No position grows beyond the cap of the market, or what was in one hand before it was lowered.
    function _checkCap(uint256 bidderId, uint256 marketId, uint256 cap, int256 before, int256 later) private pure {
        uint256 reached = SignedMath.abs(later);
        if (reached <= cap || reached <= SignedMath.abs(before)) return;
        // Ids come from arguments of these widths.
        revert IExchangeErrors.PositionCapReached(uint32(bidderId), uint16(marketId), reached, cap);
    }

    /// @dev Where a short meets a long, less is open than before.
    function _moveInterest(uint256 marketId, int256 size, int256 left, int256 before, int256 later) private {
        uint256 slot = ExchangeStorage.tapeSlot(marketId);
        TapeWord tape = TapeWord.wrap(ExchangeStorage.load(slot));
        uint256 had = SignedMath.abs(size) + SignedMath.abs(before);
        uint256 has = SignedMath.abs(left) + SignedMath.abs(later);
        // The difference is zero, or twice what meets.
        uint256 open = tape.openInterest() - (had - has) / 2;
        ExchangeStorage.store(slot, TapeWord.unwrap(tape.withOpenInterest(open)));
    }

    /// @dev Without lots the entry stays.
    function _book(uint256 accountId, uint256 assetId, PositionWord word, int256 lots, int256 units, int256 funding)
        private
    {
        int256 size = word.size();
        word = lots == 0 ? word.settled(units, word.entry()).touched() : word.traded(size, size + lots, units, funding);
        ExchangeStorage.store(ExchangeStorage.positionSlot(accountId, assetId), PositionWord.unwrap(word));
    }

    /// @dev Errors: TooManyAssets.
    function _use(uint256 bidderId, uint256 marketId) private {
        if (!Accounts.canUse(bidderId, marketId)) {
            uint256 perps = LibBit.popCount(Accounts.load(bidderId).withMarket(marketId).perps());
            revert IExchangeErrors.TooManyAssets(uint32(bidderId), perps, Accounts.MAX_ASSETS);
        }
        Accounts.useMarket(bidderId, marketId);
    }

    /// @dev A fraction of a size, rounded away from zero.
    function _lotsUp(int256 size, uint256 ppm) private pure returns (int256) {
        // A size is below 2^35 in magnitude.
        int256 lots = int256(Math.ceilDiv(SignedMath.abs(size) * ppm, AuctionPrice.ONE));
        return size < 0 ? -lots : lots;
    }

    /// @dev A quotient rounded down; the divisor is positive.
    function _floor(int256 numerator, int256 divisor) private pure returns (int256 quotient) {
        quotient = numerator / divisor;
        if (numerator < 0 && quotient * divisor != numerator) --quotient;
    }
}
