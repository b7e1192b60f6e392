// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

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

/// @notice Positions that move from one account to another: whole lots, with their part of what they have made or lost.
library PositionSlices {
    /// @notice Move a fraction of the position in the perp of an asset, rounded towards zero.
    /// @param ppm Fraction [ppm].
    /// @dev What is not settled moves in proportion to the lots, rounded down, so that what is over stays with the account. Without
    ///      a size, cash moves by the fraction. Errors: TooManyAssets, PositionCapReached.
    function move(uint256 accountId, uint256 bidderId, uint256 assetId, uint256 ppm) internal {
        PositionWord position = Holdings.position(accountId, assetId);
        int256 size = position.size();
        // A size is below 2^35 in magnitude.
        int256 lots = size * int256(ppm) / int256(AuctionPrice.ONE);
        uint256 marketId = MarketId.perp(assetId);
        if (size == 0) {
            int256 units = _floor(position.cash() * int256(ppm), int256(AuctionPrice.ONE));
            if (units == 0) return;
            _use(bidderId, marketId);
            _book(accountId, assetId, position, 0, 0, -units, 0);
            _book(bidderId, assetId, Holdings.position(bidderId, assetId), 0, 0, units, 0);
            return;
        }
        if (lots != 0) _moveLots(accountId, bidderId, marketId, position, lots);
    }

    /// @dev Move lots and their part of the value, at the mark.
    function _moveLots(uint256 accountId, uint256 bidderId, uint256 marketId, PositionWord position, int256 lots)
        private
    {
        _use(bidderId, marketId);
        uint256 assetId = MarketId.base(marketId);
        MarkWord mark = MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(marketId)));
        int256 funding = mark.fundingTicksAt(block.timestamp);
        int256 size = position.size();
        int256 worth = PositionWordLib.unitsAt(size, position.cash(), mark.mark(), funding);
        // 95 bits times 35 bits; both of the quotient are of the same sign. A mark is below 2^48.
        int256 units = _floor(worth * int256(SignedMath.abs(lots)), int256(SignedMath.abs(size)));
        units -= lots * (int256(mark.mark()) - funding);
        PositionWord taken = Holdings.position(bidderId, assetId);
        int256 before = taken.size();
        _checkCap(bidderId, marketId, mark, before, before + lots);
        _moveInterest(marketId, size, size - lots, before, before + lots);
        _book(accountId, assetId, position, size, size - lots, -units, funding);
        _book(bidderId, assetId, taken, before, before + lots, units, funding);
    }

    /// @dev No position grows beyond the cap of the market.
    function _checkCap(uint256 bidderId, uint256 marketId, MarkWord mark, int256 before, int256 later) private pure {
        uint256 reached = SignedMath.abs(later);
        if (reached <= mark.positionCap() || reached <= SignedMath.abs(before)) return;
        // Ids come from arguments of these widths.
        revert IExchangeErrors.PositionCapReached(uint32(bidderId), uint16(marketId), reached, mark.positionCap());
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

    function _book(
        uint256 accountId,
        uint256 assetId,
        PositionWord word,
        int256 before,
        int256 later,
        int256 units,
        int256 funding
    ) private {
        // Without a size there is no entry to keep.
        word = before == 0 && later == 0 ? word.settled(units, word.entry()).touched() : word.traded(before, later, units, funding);
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

    /// @dev A quotient rounded down; the divisor is positive.
    function _floor(int256 numerator, int256 divisor) private pure returns (int256 quotient) {
        quotient = numerator / divisor;
        if (numerator < 0 && quotient * divisor != numerator) --quotient;
    }
}
