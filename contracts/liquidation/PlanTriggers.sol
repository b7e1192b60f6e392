// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {MarketId} from "../types/MarketId.sol";
import {PlanTermsWord} from "../types/PlanTermsWord.sol";
import {Pools} from "../lending/Pools.sol";
import {Marks} from "../perps/Marks.sol";
import {Valuation} from "../risk/Valuation.sol";
import {Standing} from "./Standing.sol";

/// @notice When a step of a risk plan may be executed.
library PlanTriggers {
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
        uint256 price = Valuation.underlying(assetId).price();
        // Asset ids are below 44, prices below 2^64.
        if (price == 0) revert IExchangeErrors.PriceUnavailable(uint16(assetId));
        return int256(price);
    }

    /// @dev Equity over the maintenance requirement, rounded down [1e-4]; the largest number there is where nothing is required.
    function _health(uint256 accountId) private view returns (int256) {
        Standing.Account memory standing = Standing.read(accountId);
        // Requirements are below 2^130 and equities below 2^128.
        int256 required = int256(standing.maintenance);
        if (required == 0) return type(int256).max;
        int256 scaled = standing.equity * HEALTH_ONE;
        // A quotient of a negative number is rounded towards zero.
        return scaled < 0 ? (scaled - required + 1) / required : scaled / required;
    }
}
