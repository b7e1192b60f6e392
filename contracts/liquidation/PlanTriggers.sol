// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {MarketId} from "../types/MarketId.sol";
import {PlanTermsWord} from "../types/PlanTermsWord.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Pools} from "../lending/Pools.sol";
import {Marks} from "../perps/Marks.sol";
import {Atlas} from "../risk/Atlas.sol";
import {Holdings} from "../risk/Holdings.sol";
import {Valuation} from "../risk/Valuation.sol";

/// @notice When a step of a risk plan may be executed.
library PlanTriggers {
    using Atlas for Atlas.Sums;
    using Valuation for Atlas.Sums;

    /// @notice Equity as large as the maintenance requirement [1e-4 of it].
    int256 internal constant HEALTH_ONE = 10_000;

    /// @notice Check that the trigger of a step has fired.
    /// @dev Errors: TriggerNotMet; PriceUnavailable if it looks at a price that there is not yet.
    function check(uint32 accountId, uint256 step, PlanTermsWord terms) internal view {
        (int256 value, int256 threshold) = (_valueOf(accountId, terms), terms.threshold());
        if (terms.isBelow() ? value > threshold : value < threshold) {
            revert IExchangeErrors.TriggerNotMet(step, value, threshold);
        }
    }

    /// @dev What a trigger looks at, in its unit.
    function _valueOf(uint32 accountId, PlanTermsWord terms) private view returns (int256) {
        ILiquidation.Trigger trigger = terms.trigger();
        if (trigger == ILiquidation.Trigger.HEALTH) return _health(accountId);
        if (trigger == ILiquidation.Trigger.FUNDING) return Marks.load(terms.target()).rate();
        // A market has its base asset in the low byte, and an asset that is pulled has nothing else.
        uint256 assetId = MarketId.base(terms.target());
        if (trigger == ILiquidation.Trigger.PRICE) return _price(assetId);
        // Who holds a perp owes no base asset: what it costs him to have a loss is the rate of dollars.
        if (terms.action() == ILiquidation.PlanAction.REDUCE) assetId = 0;
        // A rate has 32 bits.
        return int256(Pools.index(assetId).rate());
    }

    /// @dev Price of an atom [1e-18 dollars].
    function _price(uint256 assetId) private view returns (int256) {
        uint256 price = UnderlyingWord.wrap(ExchangeStorage.load(ExchangeStorage.underlyingSlot(assetId))).price();
        // Asset ids are below 44, prices below 2^64.
        if (price == 0) revert IExchangeErrors.PriceUnavailable(uint16(assetId));
        return int256(price);
    }

    /// @dev Equity over the maintenance requirement without resting orders, rounded down [1e-4]; the largest number there is
    ///      where nothing is required.
    function _health(uint256 accountId) private view returns (int256) {
        RiskWord global = RiskWord.wrap(ExchangeStorage.load(ExchangeStorage.riskSlot()));
        Holdings.Holding[] memory holdings = Holdings.read(accountId);
        Atlas.Sums memory sums;
        sums.equity = holdings[0].atoms;
        for (uint256 i = 1; i < holdings.length; ++i) {
            uint256 word = ExchangeStorage.load(ExchangeStorage.underlyingSlot(holdings[i].assetId));
            sums.add(holdings[i], UnderlyingWord.wrap(word), false);
        }
        // Requirements are below 2^130 and equities below 2^128.
        int256 required = int256(sums.requirement(global, global.maintenancePercent()));
        if (required == 0) return type(int256).max;
        int256 scaled = sums.equity * HEALTH_ONE;
        // A quotient of a negative number is rounded towards zero.
        return scaled < 0 ? -((required - 1 - scaled) / required) : scaled / required;
    }
}
