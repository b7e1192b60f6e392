// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LaneLib} from "../contracts/types/Lane.sol";
import {MarketId} from "../contracts/types/MarketId.sol";
import {ExchangeStorage} from "../contracts/ExchangeStorage.sol";

/// @notice No two words of {ExchangeStorage} share a slot, for ids within the widths its table states.
contract SlotProofs {
    uint256 private constant _REGIONS = 36;

    /// @notice Slots of different regions differ, whatever the ids.
    function check_regions(uint256 one, uint256 other, uint192 id, uint192 otherId) external pure {
        if (one >= _REGIONS || other >= _REGIONS || one == other) return;
        assert(_slot(one, id) != _slot(other, otherId));
    }

    /// @notice A ledger word belongs to one account and one asset.
    function check_ledgerSlot(uint32 account, uint8 asset, uint32 otherAccount, uint8 otherAsset) external pure {
        if (ExchangeStorage.ledgerSlot(account, asset) != ExchangeStorage.ledgerSlot(otherAccount, otherAsset)) return;
        assert(account == otherAccount && asset == otherAsset);
    }

    /// @notice The slot of a base ledger is that of the quote ledger with the asset's bits.
    function check_ledgerSlot_fromQuote(uint32 account, uint8 asset) external pure {
        assert(ExchangeStorage.ledgerSlot(account, asset) == ExchangeStorage.ledgerSlot(account, 0) | asset);
    }

    /// @notice A season belongs to one account and one asset.
    function check_seasonSlot(uint32 account, uint8 asset, uint32 otherAccount, uint8 otherAsset) external pure {
        if (ExchangeStorage.seasonSlot(account, asset) != ExchangeStorage.seasonSlot(otherAccount, otherAsset)) return;
        assert(account == otherAccount && asset == otherAsset);
    }

    /// @notice An operator's word belongs to one account and one address.
    function check_operatorSlot(uint32 account, address operator, uint32 otherAccount, address otherOperator)
        external
        pure
    {
        uint256 slot = ExchangeStorage.operatorSlot(account, operator);
        if (slot != ExchangeStorage.operatorSlot(otherAccount, otherOperator)) return;
        assert(account == otherAccount && operator == otherOperator);
    }

    /// @notice A liquidator's word belongs to one account and one address.
    function check_liquidatorSlot(uint32 account, address liquidator, uint32 otherAccount, address otherLiquidator)
        external
        pure
    {
        uint256 slot = ExchangeStorage.liquidatorSlot(account, liquidator);
        if (slot != ExchangeStorage.liquidatorSlot(otherAccount, otherLiquidator)) return;
        assert(account == otherAccount && liquidator == otherLiquidator);
    }

    /// @notice A standby line belongs to one account and one lender's.
    function check_lineSlot(uint32 account, uint32 lender, uint32 otherAccount, uint32 otherLender) external pure {
        if (ExchangeStorage.lineSlot(account, lender) != ExchangeStorage.lineSlot(otherAccount, otherLender)) return;
        assert(account == otherAccount && lender == otherLender);
    }

    /// @notice A word of a plan belongs to one half of one step of one account.
    function check_planSlot(uint32 account, uint8 step, uint8 half, uint32 account2, uint8 step2, uint8 half2)
        external
        pure
    {
        if (step > 7 || step2 > 7 || half > 1 || half2 > 1) return;
        if (ExchangeStorage.planSlot(account, step, half) != ExchangeStorage.planSlot(account2, step2, half2)) return;
        assert(account == account2 && step == step2 && half == half2);
    }

    /// @notice A level word belongs to one market and one tick.
    function check_levelSlot(uint16 market, uint24 tick, uint16 otherMarket, uint24 otherTick) external pure {
        if (ExchangeStorage.levelSlot(market, tick) != ExchangeStorage.levelSlot(otherMarket, otherTick)) return;
        assert(market == otherMarket && tick == otherTick);
    }

    /// @notice A header belongs to one pooled chunk of a market, or to the own chunk of one level.
    function check_headerSlot(uint16 market, uint24 tick, uint32 chunk, uint16 market2, uint24 tick2, uint32 chunk2)
        external
        pure
    {
        if (ExchangeStorage.headerSlot(market, tick, chunk) != ExchangeStorage.headerSlot(market2, tick2, chunk2)) {
            return;
        }
        assert(market == market2 && chunk == chunk2);
        assert(chunk != 0 || tick == tick2);
    }

    /// @notice A lane has the slot of one place and its neighbour, of one chunk.
    function check_laneSlot(
        uint16 market,
        uint24 tick,
        uint32 chunk,
        uint8 place,
        uint16 market2,
        uint24 tick2,
        uint32 chunk2,
        uint8 place2
    ) external pure {
        if (place > 7 || place2 > 7) return;
        uint256 slot = ExchangeStorage.laneSlot(market, tick, chunk, place);
        if (slot != ExchangeStorage.laneSlot(market2, tick2, chunk2, place2)) return;
        assert(market == market2 && chunk == chunk2 && place >> 1 == place2 >> 1);
        assert(chunk != 0 || tick == tick2);
    }

    /// @notice The match loop's shortcut gives the slots that {ExchangeStorage.laneSlot} gives.
    function check_laneSlot_fromFirst(uint16 market, uint24 tick, uint32 chunk, uint8 place) external pure {
        if (place > 7) return;
        uint256 first = ExchangeStorage.laneSlot(market, tick, chunk, 0);
        assert(LaneLib.slotOf(first, place) == ExchangeStorage.laneSlot(market, tick, chunk, place));
    }

    /// @notice Open totals are in the ledger word of a spot market's base asset, and in the position word of a perp.
    function check_openSlot(uint32 account, uint8 asset) external pure {
        assert(ExchangeStorage.openSlot(account, MarketId.spot(asset)) == ExchangeStorage.ledgerSlot(account, asset));
        assert(ExchangeStorage.openSlot(account, MarketId.perp(asset)) == ExchangeStorage.positionSlot(account, asset));
    }

    /// @dev A slot of each region, with as many bits of `id` as its key has.
    function _slot(uint256 region, uint256 id) private pure returns (uint256) {
        if (region == 0) return ExchangeStorage.registrySlot();
        if (region == 1) return ExchangeStorage.accountSlot(uint32(id));
        if (region == 2) return ExchangeStorage.ledgerSlot(uint32(id), uint8(id >> 32));
        if (region == 3) return ExchangeStorage.tokenSlot(uint8(id));
        if (region == 4) return ExchangeStorage.feedSlot(uint8(id));
        if (region == 5) return ExchangeStorage.underlyingSlot(uint8(id));
        if (region == 6) return ExchangeStorage.configSlot(uint16(id));
        if (region == 7) return ExchangeStorage.bookSlot(uint16(id));
        if (region == 8) return ExchangeStorage.levelSlot(uint16(id), uint24(id >> 16));
        if (region == 9) return ExchangeStorage.headerSlot(uint16(id), uint24(id >> 16), uint32(id >> 40));
        if (region == 10) {
            return ExchangeStorage.laneSlot(uint16(id), uint24(id >> 16), uint32(id >> 40), (id >> 72) & 7);
        }
        if (region == 11) return ExchangeStorage.poolSlot(uint16(id));
        if (region == 12) return ExchangeStorage.tapeSlot(uint16(id));
        if (region == 13) return ExchangeStorage.outflowSlot(uint8(id));
        if (region == 14) return ExchangeStorage.seasonSlot(uint32(id), uint8(id >> 32));
        if (region == 15) return ExchangeStorage.bitmapSlot(uint16(id), (id >> 16) & 3, uint16(id >> 18));
        if (region == 16) return ExchangeStorage.poolIndexSlot(uint8(id));
        if (region == 17) return ExchangeStorage.poolTotalsSlot(uint8(id));
        if (region == 18) return ExchangeStorage.poolTermsSlot(uint8(id));
        if (region == 19) return ExchangeStorage.riskSlot();
        if (region == 20) return ExchangeStorage.rampSlot(uint8(id));
        if (region == 21) return ExchangeStorage.positionSlot(uint32(id), uint8(id >> 32));
        if (region == 22) return ExchangeStorage.markSlot(uint16(id));
        if (region == 23) return ExchangeStorage.sampleSlot(uint16(id));
        if (region == 24) return ExchangeStorage.perpPoolSlot(uint16(id));
        if (region > 25) return _slotOfLiquidation(region, id);
        return ExchangeStorage.operatorSlot(uint32(id), address(uint160(id >> 32)));
    }

    /// @dev The same of the regions of liquidation.
    function _slotOfLiquidation(uint256 region, uint256 id) private pure returns (uint256) {
        if (region == 26) return ExchangeStorage.auctionSlot(uint32(id));
        if (region == 27) return ExchangeStorage.protectionSlot(uint32(id));
        if (region == 28) return ExchangeStorage.linesSlot(uint32(id));
        if (region == 29) return ExchangeStorage.lineSlot(uint32(id), uint32(id >> 32));
        if (region == 30) return ExchangeStorage.liquidationSlot();
        if (region == 31) return ExchangeStorage.fundSlot(uint16(id));
        if (region == 32) return ExchangeStorage.moveSlot(uint8(id));
        if (region == 33) return ExchangeStorage.pauseSlot(uint8(id));
        if (region == 34) return ExchangeStorage.planSlot(uint32(id), (id >> 32) & 7, (id >> 35) & 1);
        return ExchangeStorage.liquidatorSlot(uint32(id), address(uint160(id >> 32)));
    }
}
