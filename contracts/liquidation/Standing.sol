// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AssetRisk, AssetRiskLib} from "../types/AssetRisk.sol";
import {FeedWord} from "../types/FeedWord.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Atlas} from "../risk/Atlas.sol";
import {Holdings} from "../risk/Holdings.sol";
import {Valuation} from "../risk/Valuation.sol";
import {Accounts} from "../vault/Accounts.sol";

/// @notice Where an account stands: what it is worth, and what is required of it.
/// @dev Resting orders do not count, nor do terms that only the initial requirement has: no flag comes of an order, of the size
///      of a market or of a feed that is unsure. Source: ATLAS, levels.
library Standing {
    using Atlas for Atlas.Sums;
    using Valuation for Atlas.Sums;

    /// @notice An account at the marks. All but the last are in quote atoms.
    struct Account {
        /// @dev E: all it has less all it owes, results of perps that are not settled included.
        int256 equity;
        /// @dev R_maint, rounded up: below it the account is not healthy.
        uint256 maintenance;
        /// @dev R_end, rounded up: where a liquidation ends.
        uint256 end;
        /// @dev Cost of getting out of all legs, rounded up.
        uint256 exitCost;
        /// @dev Worth of all legs, spot and perp, short ones included.
        uint256 gross;
        /// @dev Whether it owes nothing and uses no perp: then it is healthy whatever it is worth.
        bool isPaid;
    }

    /// @notice Where an account stands now.
    function read(uint256 accountId) internal view returns (Account memory) {
        return ofHoldings(Holdings.read(accountId), Accounts.load(accountId).perps() == 0);
    }

    /// @notice Where an account with such holdings stands now.
    /// @param withoutPerps Whether it uses no perp.
    function ofHoldings(Holdings.Holding[] memory holdings, bool withoutPerps)
        internal
        view
        returns (Account memory standing)
    {
        standing = _ofSums(Valuation.sumsOf(holdings, false));
        standing.gross = _gross(holdings);
        standing.isPaid = withoutPerps && _owesNothing(holdings);
    }

    /// @notice Where an account would stand at the prices that wait for their confirmation, marks moved in proportion.
    /// @return waits Whether any price of what it has does.
    function readWaiting(uint256 accountId) internal view returns (bool waits, Account memory standing) {
        Holdings.Holding[] memory holdings = Holdings.read(accountId);
        Atlas.Sums memory sums;
        sums.equity = holdings[0].atoms;
        for (uint256 i = 1; i < holdings.length; ++i) {
            Holdings.Holding memory holding = holdings[i];
            UnderlyingWord word = Valuation.underlying(holding.assetId);
            uint256 price = word.price();
            if (word.isUnconfirmed()) {
                waits = true;
                price = FeedWord.wrap(ExchangeStorage.load(ExchangeStorage.feedSlot(holding.assetId))).pendingPrice();
            }
            sums.addAt(word, price, holding);
        }
        if (waits) standing = _ofSums(sums);
    }

    /// @notice Whether an account is healthy: it has what maintenance requires, or needs none.
    function isHealthy(Account memory standing) internal pure returns (bool) {
        // Requirements are below 2^130.
        return standing.isPaid || standing.equity >= int256(standing.maintenance);
    }

    /// @notice Whether a liquidation of it ends.
    function isAtEnd(Account memory standing) internal pure returns (bool) {
        return standing.isPaid || standing.equity >= int256(standing.end);
    }

    /// @notice Whether what is locked for an account keeps its liquidation off.
    /// @param locked Bond and undrawn standby lines [quote atoms].
    function isProtected(Account memory standing, uint256 locked) internal pure returns (bool) {
        // Both are below 2^130.
        return isHealthy(standing) || standing.equity + int256(locked) >= int256(standing.maintenance);
    }

    /// @notice What an account with what is locked for it lacks to be worth nothing; 0 if it is worth something [quote atoms].
    function deficit(Account memory standing, uint256 locked) internal pure returns (uint256) {
        int256 worth = standing.equity + int256(locked);
        return worth < 0 ? uint256(-worth) : 0;
    }

    /// @dev Equity and requirements.
    function _ofSums(Atlas.Sums memory sums) private view returns (Account memory standing) {
        RiskWord global = RiskWord.wrap(ExchangeStorage.load(ExchangeStorage.riskSlot()));
        standing.equity = sums.equity;
        standing.maintenance = sums.requirement(global, global.maintenancePercent());
        standing.end = sums.requirement(global, global.endPercent());
        standing.exitCost = sums.requirement(global, 0);
    }

    /// @dev Legs at a cost of getting out of one for one: then that cost is what they are worth.
    function _gross(Holdings.Holding[] memory holdings) private view returns (uint256) {
        Atlas.Sums memory sums;
        uint256 unit = AssetRisk.unwrap(AssetRiskLib.create(0, 0, 0, 1, 1, 0));
        for (uint256 i = 1; i < holdings.length; ++i) {
            sums.add(holdings[i], Valuation.underlying(holdings[i].assetId).withRisk(unit), false);
        }
        return sums.exit;
    }

    function _owesNothing(Holdings.Holding[] memory holdings) private pure returns (bool) {
        for (uint256 i = 0; i < holdings.length; ++i) {
            if (holdings[i].atoms < 0) return false;
        }
        return true;
    }
}
