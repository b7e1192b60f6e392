// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {FirstBit} from "../types/FirstBit.sol";
import {AccountWord, AccountWordLib} from "../types/AccountWord.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {OrderChange} from "../types/OrderChange.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Protections} from "../liquidation/Protections.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Assets} from "../vault/Assets.sol";
import {Balances} from "../vault/Balances.sol";
import {Atlas} from "./Atlas.sol";
import {Holdings} from "./Holdings.sol";
import {Valuation} from "./Valuation.sol";

/// @notice The checks at the end of an action. The exchange delegates to it, so it runs over the exchange's words; it has no
///         state of its own and, being `view`, can change none.
contract RiskEngine is IRiskEngine {
    using Atlas for Atlas.Sums;
    using Holdings for Holdings.Holding;
    using Holdings for Holdings.Holding[];
    using Valuation for Atlas.Sums;

    /// @notice How old a price may be where risk is added [seconds].
    uint256 public constant MAX_PRICE_AGE = Valuation.MAX_PRICE_AGE;
    /// @notice How certain a price must be where risk is added [basis points].
    uint256 public constant MIN_CONFIDENCE_BPS = Valuation.MIN_CONFIDENCE_BPS;

    /// @inheritdoc IRiskEngine
    function check(uint32 accountId, uint256 actor) external view {
        bool mustBeCovered = AccountWordLib.mustStayPaid(actor);
        if (AccountWordLib.isLiveActor(actor)) _check(accountId, mustBeCovered, false, false, false);
        else _check(accountId, mustBeCovered, false, false, true);
    }

    /// @inheritdoc IRiskEngine
    function checkAbsorbing(uint32 accountId) external view {
        _check(accountId, false, false, true, true);
    }

    /// @inheritdoc IRiskEngine
    function checkOutgoing(uint32 accountId, bool mustBeCovered) external view {
        _check(accountId, mustBeCovered, true, false, true);
    }

    /// @inheritdoc IRiskEngine
    function checkDeRisking(uint32 accountId, bool mustBeCovered, int256 quoteAtoms, OrderChange[] calldata changes)
        external
        view
    {
        Holdings.Holding[] memory holdings = Holdings.read(accountId);
        (bool isCovered, uint256 short, int256 atoms, uint256 needed) = _shortfall(holdings, !mustBeCovered);
        // What falls short must have a pool to borrow it from, and whoever acts must be allowed to.
        if (!isCovered && (mustBeCovered || !_isLendable(short))) {
            _refuseBalance(accountId, short, atoms, needed);
        }
        Holdings.Holding[] memory earlier = Holdings.read(accountId);
        earlier[0].atoms -= quoteAtoms;
        bool onlyReduces = quoteAtoms == 0;
        for (uint256 i = 0; i < changes.length; ++i) {
            // An order of a batch that was refused has left no note.
            if (OrderChange.unwrap(changes[i]) == 0) continue;
            // Of several orders, a later one may have removed this one: then all that is open needs the free band.
            if (changes.length == 1) holdings.noteReducing(changes[i]);
            earlier.undo(changes[i]);
            if (!changes[i].isReduceOnly() || changes[i].filledLots() != 0) onlyReduces = false;
        }
        uint256 claims = Accounts.load(accountId).owes() ? Protections.load(accountId).claims() : 0;
        if (_isDeRisking(earlier, holdings, onlyReduces, isCovered, claims)) return;
        _check(accountId, mustBeCovered, false, false, true);
    }

    /// @inheritdoc IRiskEngine
    function makerFits(uint256 accountId, uint256 marketId, int256 amount, int256 bids, int256 asks, int256 cash)
        external
        view
        returns (bool)
    {
        Holdings.Holding[] memory holdings = Holdings.read(accountId);
        holdings.change(marketId, amount, bids, asks, cash);
        (bool isCovered,,,) = _shortfall(holdings, false);
        if (isCovered && Accounts.load(accountId).perps() == 0) return true;
        RiskWord global = _global();
        Atlas.Sums memory later = Valuation.sumsOf(holdings, true);
        uint256 freeBand = later.freeBand();
        uint256 kept = later.requirement(global, global.maintenancePercent()) + freeBand;
        Atlas.Sums memory before = Valuation.sumsOf(Holdings.read(accountId), true);
        // Requirements are below 2^130. Profit that is not settled pays for no loss, nor does it support a debt.
        if (later.settled() < int256(freeBand) && later.settled() < before.settled()) return false;
        if ((isCovered ? later.equity : later.settled()) >= int256(kept)) return true;
        return _lowers(before, later, before.initial(global), later.initial(global), isCovered);
    }

    /// @inheritdoc IRiskEngine
    function previewMargin(uint32 accountId, IExchange.MarginChange[] calldata changes)
        external
        view
        returns (IExchange.Margin memory current, IExchange.Margin memory changed)
    {
        if (Accounts.load(accountId).owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
        for (uint256 i = 0; i < changes.length; ++i) {
            uint16 id = changes[i].assetId;
            if (!MarketId.isPerp(id)) Assets.tokenOf(id);
            else if (!_isPerp(id)) revert IExchangeErrors.UnknownMarket(id);
        }
        Holdings.Holding[] memory holdings = Holdings.read(accountId);
        current = _margin(holdings, Accounts.load(accountId).perps() == 0);
        holdings = Holdings.readChanged(accountId, changes);
        bool usesPerps = Accounts.load(accountId).perps() != 0;
        for (uint256 i = 0; i < changes.length; ++i) {
            if (MarketId.isPerp(changes[i].assetId)) usesPerps = true;
        }
        changed = _margin(holdings, !usesPerps);
    }

    /// @dev Judge an account as it is.
    /// @param leaves Whether value leaves: then equity without unsettled profits must be enough, at the slow prices, too.
    /// @param atAnyPrice Whether prices that are not good are no reason to refuse.
    /// @param withClaims Whether the account may owe something to those who have paid for it.
    function _check(uint32 accountId, bool mustBeCovered, bool leaves, bool atAnyPrice, bool withClaims) private view {
        AccountWord account = Accounts.load(accountId);
        LedgerWord cash = Balances.load(accountId, 0);
        bool isCovered = Holdings.isCovered(accountId, account, cash);
        if (isCovered) {
            if (account.perps() == 0 && !(withClaims && account.owes())) return;
        } else if (mustBeCovered) {
            (, uint256 assetId, int256 atoms, uint256 required) = _shortfall(Holdings.read(accountId), false);
            _refuseBalance(accountId, assetId, atoms, required);
        }
        RiskWord global = _global();
        Atlas.Sums memory sums = _allocate()();
        sums.equity = Balances.atomsOf(cash, 0);
        // If no value leaves there are none at the slow prices.
        Atlas.Sums memory slowSums = sums;
        if (leaves) {
            slowSums = _allocate()();
            slowSums.equity = sums.equity;
        }
        // What was paid for the account comes before what its owner takes out; what funds paid, before what he risks.
        if (withClaims && account.owes()) {
            sums.extra = leaves ? Protections.owed(accountId) : Protections.load(accountId).claims();
            slowSums.extra = sums.extra;
        }
        uint256 doubtful = _addAll(sums, slowSums, accountId, account, leaves);
        if (!isCovered && !global.isLendable()) _checkCash(accountId);
        if (doubtful != 0 && !atAnyPrice) _refusePrice(doubtful);
        // Profits that are not settled count neither beside a debt nor for what leaves.
        _checkInitial(accountId, sums, global, leaves || !isCovered);
        if (leaves) _checkInitial(accountId, slowSums, global, true);
    }

    /// @dev {Atlas.allocate}, with the pointer it returns taken for what it points to.
    function _allocate() private pure returns (function() pure returns (Atlas.Sums memory) typed) {
        function() pure returns (uint256) untyped = Atlas.allocate;
        assembly ("memory-safe") {
            // A pointer to memory is a number.
            typed := untyped
        }
    }

    /// @dev Add up all assets and perps in one pass. What falls short of an asset must have a pool to borrow it from.
    /// @param slowSums The same at the slow prices, if value leaves.
    /// @return doubtful The first asset whose price is not good; 0 if all are.
    function _addAll(
        Atlas.Sums memory sums,
        Atlas.Sums memory slowSums,
        uint32 accountId,
        AccountWord account,
        bool leaves
    ) private view returns (uint256 doubtful) {
        uint256 perps = account.perps();
        uint256 assets = account.assets() & ~uint256(1);
        unchecked {
            // At most 31 assets; each step clears the lowest bit of those left.
            for (uint256 left = assets | perps; left != 0; left &= left - 1) {
                uint256 assetId = FirstBit.ofWord(left);
                uint256 bit = uint256(1) << assetId;
                LedgerWord ledger = LedgerWord.wrap(0);
                if (assets & bit != 0) ledger = Balances.load(accountId, assetId);
                PositionWord position = PositionWord.wrap(0);
                if (perps & bit != 0) position = Holdings.position(accountId, assetId);
                int256 atoms = Balances.atomsOf(ledger, assetId);
                uint256 asks = ledger.openAsks();
                bool hasSpot = uint256(atoms) | ledger.openBids() | asks != 0;
                if (!hasSpot && position.isEmpty()) continue;
                UnderlyingWord word = _underlying(assetId);
                // Open totals are below 2^76.
                if (atoms < int256(asks) && !word.isLendable()) _refuseBalance(accountId, assetId, atoms, asks);
                if (!_isGood(word) && doubtful == 0) doubtful = assetId;
                sums.addWords(word, false, assetId, atoms, ledger, position);
                if (leaves) slowSums.addWords(word, true, assetId, atoms, ledger, position);
            }
        }
    }

    /// @dev Where the quote asset is not lent, cash must cover all bids at their worst.
    function _checkCash(uint32 accountId) private view {
        Holdings.Holding[] memory holdings = Holdings.read(accountId);
        uint256 worst;
        for (uint256 i = 1; i < holdings.length; ++i) {
            worst += Holdings.worstCost(holdings[i].assetId, uint256(holdings[i].bids));
        }
        // Costs are below 2^140.
        if (holdings[0].atoms < int256(worst)) _refuseBalance(accountId, 0, holdings[0].atoms, worst);
    }

    /// @dev Equity must be what is initially required. Without profits that are not settled it must be as much where they do
    ///      not count, and else cover what resting orders may lose without a check.
    /// @param onlySettled Whether they do not count.
    function _checkInitial(uint32 accountId, Atlas.Sums memory sums, RiskWord global, bool onlySettled) private pure {
        uint256 required = sums.initial(global);
        // Requirements are below 2^130.
        if (sums.equity < int256(required)) {
            revert IExchangeErrors.BelowInitialMargin(accountId, sums.equity, required);
        }
        if (sums.profits == 0) return;
        if (!onlySettled) required = sums.freeBand();
        if (sums.settled() < int256(required)) {
            revert IExchangeErrors.UnsettledProfit(accountId, sums.settled(), required);
        }
    }

    /// @dev Whether an action has lowered the risk of an account; or has only rested what only reduces.
    /// @param isCovered Whether the account is covered now.
    /// @param claims Of funds, which trades may not carry off: required before and after [quote atoms].
    function _isDeRisking(
        Holdings.Holding[] memory earlier,
        Holdings.Holding[] memory holdings,
        bool onlyReduces,
        bool isCovered,
        uint256 claims
    ) private view returns (bool) {
        RiskWord global = _global();
        Atlas.Sums memory later = Valuation.sumsOf(holdings, true);
        Atlas.Sums memory before = Valuation.sumsOf(earlier, true);
        unchecked {
            // Claims are below 2^81.
            later.extra += claims;
            before.extra += claims;
        }
        (uint256 required, uint256 requiredBefore) = (later.initial(global), before.initial(global));
        // Nothing was traded, and all that rests now can only reduce.
        if (onlyReduces && required <= requiredBefore && later.equity >= before.equity) return true;
        if (!_lowers(before, later, requiredBefore, required, isCovered)) return false;
        // Profits that are not settled pay for no loss.
        if (later.settled() < 0 && later.settled() < before.settled()) return false;
        return !_growsInDoubt(earlier, holdings);
    }

    /// @dev {Atlas.isDeRisking} of equities; of an account that is not covered, without profits that are not settled, too.
    function _lowers(
        Atlas.Sums memory before,
        Atlas.Sums memory later,
        uint256 requiredBefore,
        uint256 required,
        bool isCovered
    ) private pure returns (bool) {
        if (!Atlas.isDeRisking(before.equity, requiredBefore, later.equity, required)) return false;
        return isCovered || Atlas.isDeRisking(before.settled(), requiredBefore, later.settled(), required);
    }

    /// @dev Whether a leg of an account, resting orders included, grows or changes sign while a price of what it has had is not
    ///      good. Sums at such a price prove nothing: risk closed in one asset must not excuse risk opened in another.
    function _growsInDoubt(Holdings.Holding[] memory earlier, Holdings.Holding[] memory later)
        private
        view
        returns (bool)
    {
        bool grows;
        bool isDoubtful;
        for (uint256 i = 1; i < later.length; ++i) {
            (Holdings.Holding memory had, Holdings.Holding memory has) = (earlier[i], later[i]);
            if (!had.isAny() && !has.isAny()) continue;
            if (!_isGood(_underlying(has.assetId))) isDoubtful = true;
            if (_grows(had.atoms + had.bids, had.atoms - had.asks, has.atoms + has.bids, has.atoms - has.asks)) {
                grows = true;
            }
            if (_grows(
                    had.size + had.perpBids, had.size - had.perpAsks, has.size + has.perpBids, has.size - has.perpAsks
                )) grows = true;
        }
        return grows && isDoubtful;
    }

    /// @dev Whether an interval reaches further from zero than before, at either end.
    function _grows(int256 highBefore, int256 lowBefore, int256 high, int256 low) private pure returns (bool) {
        return high > SignedMath.max(highBefore, 0) || low < SignedMath.min(lowBefore, 0);
    }

    /// @dev Whether risk may be added at a price.
    function _isGood(UnderlyingWord word) private view returns (bool) {
        return block.timestamp <= Valuation.goodUntil(word);
    }

    /// @dev Say what is wrong with a price that is not good.
    function _refusePrice(uint256 assetId) private view {
        UnderlyingWord word = _underlying(assetId);
        uint256 oldest = block.timestamp - MAX_PRICE_AGE;
        // Asset ids are below 44.
        uint16 id = uint16(assetId);
        if (word.time() < oldest) revert IExchangeErrors.StalePrice(id, word.time(), oldest);
        if (word.isUnconfirmed()) revert IExchangeErrors.PriceUnconfirmed(id);
        revert IExchangeErrors.LowConfidence(id, word.confidenceBps(), MIN_CONFIDENCE_BPS);
    }

    function _refuseBalance(uint32 accountId, uint256 assetId, int256 atoms, uint256 required) private pure {
        // Asset ids are below 44.
        revert IExchangeErrors.InsufficientBalance(accountId, uint16(assetId), atoms, required);
    }

    /// @dev Whether balances cover all resting spot orders: each base balance the asks, cash the bids at their worst. If not,
    ///      the first asset that falls short; with `passesPools` those without a pool come before all others.
    function _shortfall(Holdings.Holding[] memory holdings, bool passesPools)
        private
        view
        returns (bool isCovered, uint256 assetId, int256 atoms, uint256 required)
    {
        isCovered = true;
        uint256 worst;
        unchecked {
            // At most 44 assets, each below 2^140; the quote asset comes last.
            for (uint256 i = 1; i <= holdings.length; ++i) {
                Holdings.Holding memory holding = holdings[i == holdings.length ? 0 : i];
                // Open totals are not negative.
                if (i != holdings.length) worst += Holdings.worstCost(holding.assetId, uint256(holding.bids));
                uint256 needed = i == holdings.length ? worst : uint256(holding.asks);
                if (holding.atoms >= int256(needed)) continue;
                if (isCovered || !_isLendable(holding.assetId)) {
                    (isCovered, assetId, atoms, required) = (false, holding.assetId, holding.atoms, needed);
                    if (!passesPools || !_isLendable(assetId)) return (false, assetId, atoms, required);
                }
            }
        }
    }

    function _margin(Holdings.Holding[] memory holdings, bool withoutPerps)
        private
        view
        returns (IExchange.Margin memory margin)
    {
        RiskWord global = _global();
        (margin.isPaid,,,) = _shortfall(holdings, false);
        margin.isPaid = margin.isPaid && withoutPerps;
        Atlas.Sums memory sums = Valuation.sumsOf(holdings, true);
        (margin.equityAtoms, margin.settledAtoms) = (sums.equity, sums.settled());
        margin.initialAtoms = sums.initial(global);
        sums = Valuation.sumsOf(holdings, false);
        margin.endAtoms = sums.requirement(global, global.endPercent());
        margin.maintenanceAtoms = sums.requirement(global, global.maintenancePercent());
    }

    function _isPerp(uint256 marketId) private view returns (bool) {
        return MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(marketId))).isListed();
    }

    /// @dev Whether an asset may be owed: its pool is open.
    function _isLendable(uint256 assetId) private view returns (bool) {
        return assetId == 0 ? _global().isLendable() : _underlying(assetId).isLendable();
    }

    function _underlying(uint256 assetId) private view returns (UnderlyingWord) {
        return Valuation.underlying(assetId);
    }

    function _global() private view returns (RiskWord) {
        return RiskWord.wrap(ExchangeStorage.load(ExchangeStorage.riskSlot()));
    }
}
