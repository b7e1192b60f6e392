// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {AssetRisk} from "../types/AssetRisk.sol";
import {FirstBit} from "../types/FirstBit.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {OrderChange} from "../types/OrderChange.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Assets} from "../vault/Assets.sol";
import {Balances} from "../vault/Balances.sol";
import {Atlas} from "./Atlas.sol";
import {Holdings} from "./Holdings.sol";

/// @notice The checks at the end of an action. The exchange delegates to it, so it runs over the exchange's words; it has no
///         state of its own and, being `view`, can change none.
contract RiskEngine is IRiskEngine {
    using Atlas for Atlas.Sums;
    using Holdings for Holdings.Holding[];

    /// @notice How old a price may be where risk is added [seconds].
    uint256 public constant MAX_PRICE_AGE = 60;
    /// @notice How certain a price must be where risk is added [basis points].
    uint256 public constant MIN_CONFIDENCE_BPS = 9_000;

    /// @inheritdoc IRiskEngine
    function check(uint32 accountId) external view {
        if (!Holdings.isPaid(accountId)) _checkMargin(accountId, false);
    }

    /// @inheritdoc IRiskEngine
    function checkOutgoing(uint32 accountId) external view {
        if (!Holdings.isPaid(accountId)) _checkMargin(accountId, true);
    }

    /// @inheritdoc IRiskEngine
    function checkPaid(uint32 accountId) external view {
        if (Holdings.isPaid(accountId)) return;
        (, uint256 assetId, int256 atoms, uint256 required) = _shortfall(Holdings.read(accountId), false);
        _refuseBalance(accountId, assetId, atoms, required);
    }

    /// @inheritdoc IRiskEngine
    function checkDeRisking(uint32 accountId, int256 quoteAtoms, OrderChange[] calldata changes) external view {
        Holdings.Holding[] memory holdings = Holdings.read(accountId);
        if (_isPaid(accountId, holdings)) return;
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
        RiskWord global = _global();
        (Atlas.Sums memory later, Atlas.Sums memory before) = (_sums(holdings, true), _sums(earlier, true));
        (uint256 required, uint256 requiredBefore) = (later.initial(global), before.initial(global));
        bool isDeRisking = Atlas.isDeRisking(before.equity, requiredBefore, later.equity, required);
        if (isDeRisking && !_growsInDoubt(earlier, holdings)) return;
        // Nothing was traded, and all that rests now can only reduce.
        if (onlyReduces && required <= requiredBefore && later.equity >= before.equity) return;
        _checkMargin(accountId, false);
    }

    /// @inheritdoc IRiskEngine
    function makerFits(uint256 accountId, uint256 assetId, int256 atoms, int256 bids, int256 asks, int256 quoteAtoms)
        external
        view
        returns (bool)
    {
        Holdings.Holding[] memory holdings = Holdings.read(accountId);
        holdings[0].atoms += quoteAtoms;
        holdings.change(assetId, atoms, bids, asks);
        (bool isPaid,,,) = _shortfall(holdings, false);
        if (isPaid) return true;
        RiskWord global = _global();
        Atlas.Sums memory later = _sums(holdings, true);
        uint256 kept = later.requirement(global, global.maintenancePercent()) + later.freeBand();
        // Requirements are below 2^130.
        if (later.equity >= int256(kept)) return true;
        Atlas.Sums memory before = _sums(Holdings.read(accountId), true);
        return Atlas.isDeRisking(before.equity, before.initial(global), later.equity, later.initial(global));
    }

    /// @inheritdoc IRiskEngine
    function previewMargin(uint32 accountId, IExchange.MarginChange[] calldata changes)
        external
        view
        returns (IExchange.Margin memory current, IExchange.Margin memory changed)
    {
        if (Accounts.load(accountId).owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
        for (uint256 i = 0; i < changes.length; ++i) {
            Assets.tokenOf(changes[i].assetId);
        }
        current = _margin(Holdings.read(accountId));
        changed = _margin(Holdings.readChanged(accountId, changes));
    }

    /// @dev Judge an account that needs margin, in one pass over its assets: what falls short has a pool to borrow it from,
    ///      prices are good, and equity is enough. Errors come in this order, of the first asset.
    /// @param leaves Whether value leaves: then equity must be enough at the slow prices, too.
    function _checkMargin(uint32 accountId, bool leaves) private view {
        RiskWord global = _global();
        int256 cash = Balances.atomsOf(accountId, 0);
        // What bids cost at worst matters only where it can not be borrowed.
        bool isLendable = global.isLendable();
        uint256 worst;
        uint256 doubtful;
        Atlas.Sums memory sums;
        Atlas.Sums memory slowSums = leaves ? Atlas.none() : sums;
        (sums.equity, slowSums.equity) = (cash, cash);
        unchecked {
            // At most 15 assets, each below 2^140; each step clears the lowest bit of the assets left.
            for (uint256 left = Accounts.load(accountId).assets() & ~uint256(1); left != 0; left &= left - 1) {
                uint256 assetId = FirstBit.ofWord(left);
                LedgerWord ledger = Balances.load(accountId, assetId);
                int256 atoms = Balances.atomsOf(ledger, assetId);
                // Open totals are below 2^76.
                (int256 bids, int256 asks) = (int256(ledger.openBids()), int256(ledger.openAsks()));
                if (atoms | bids | asks == 0) continue;
                UnderlyingWord word = _underlying(assetId);
                if (atoms < asks && !word.isLendable()) _refuseBalance(accountId, assetId, atoms, uint256(asks));
                if (!isLendable) worst += Holdings.worstCost(assetId, uint256(bids));
                if (doubtful == 0 && !_isGood(word)) doubtful = assetId;
                AssetRisk risk = AssetRisk.wrap(word.risk());
                sums.addSpot(risk, word.price(), word.confidenceBps(), atoms, bids, asks, 0);
                if (leaves) slowSums.addSpot(risk, word.slowPrice(), word.confidenceBps(), atoms, bids, asks, 0);
            }
        }
        // Costs are below 2^140; where the quote asset is lendable none are counted, and what is owed has a pool.
        if (cash < int256(worst) && !isLendable) _refuseBalance(accountId, 0, cash, worst);
        if (doubtful != 0) _refusePrice(doubtful);
        _checkInitial(accountId, sums, global);
        if (leaves) _checkInitial(accountId, slowSums, global);
    }

    function _checkInitial(uint32 accountId, Atlas.Sums memory sums, RiskWord global) private pure {
        uint256 required = sums.initial(global);
        // Requirements are below 2^130.
        if (sums.equity < int256(required)) {
            revert IExchangeErrors.BelowInitialMargin(accountId, sums.equity, required);
        }
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
            if (had.atoms | had.bids | had.asks | has.atoms | has.bids | has.asks == 0) continue;
            if (!_isGood(_underlying(has.assetId))) isDoubtful = true;
            if (has.atoms + has.bids > SignedMath.max(had.atoms + had.bids, 0)) grows = true;
            if (has.atoms - has.asks < SignedMath.min(had.atoms - had.asks, 0)) grows = true;
        }
        return grows && isDoubtful;
    }

    /// @dev Whether risk may be added at a price: it is new, confirmed and certain.
    function _isGood(UnderlyingWord word) private view returns (bool) {
        bool isNew = word.time() >= block.timestamp - MAX_PRICE_AGE;
        return isNew && !word.isUnconfirmed() && word.confidenceBps() >= MIN_CONFIDENCE_BPS;
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

    /// @dev Whether an account needs no margin. What it falls short of must have a pool to borrow it from.
    function _isPaid(uint32 accountId, Holdings.Holding[] memory holdings) private view returns (bool) {
        (bool isPaid, uint256 assetId, int256 atoms, uint256 required) = _shortfall(holdings, true);
        if (!isPaid && !_isLendable(assetId)) _refuseBalance(accountId, assetId, atoms, required);
        return isPaid;
    }

    /// @dev Whether balances cover all resting orders: each base balance the asks, cash the bids at their worst. If not,
    ///      the first asset that falls short; with `passesPools` those without a pool come before all others.
    function _shortfall(Holdings.Holding[] memory holdings, bool passesPools)
        private
        view
        returns (bool isPaid, uint256 assetId, int256 atoms, uint256 required)
    {
        isPaid = true;
        uint256 worst;
        unchecked {
            // At most 44 assets, each below 2^140; the quote asset comes last.
            for (uint256 i = 1; i <= holdings.length; ++i) {
                Holdings.Holding memory holding = holdings[i == holdings.length ? 0 : i];
                // Open totals are not negative.
                if (i != holdings.length) worst += Holdings.worstCost(holding.assetId, uint256(holding.bids));
                uint256 needed = i == holdings.length ? worst : uint256(holding.asks);
                if (holding.atoms >= int256(needed)) continue;
                if (isPaid || !_isLendable(holding.assetId)) {
                    (isPaid, assetId, atoms, required) = (false, holding.assetId, holding.atoms, needed);
                    if (!passesPools || !_isLendable(assetId)) return (false, assetId, atoms, required);
                }
            }
        }
    }

    /// @dev Sums of ATLAS over an account's assets.
    function _sums(Holdings.Holding[] memory holdings, bool withOrders) private view returns (Atlas.Sums memory sums) {
        sums.equity = holdings[0].atoms;
        for (uint256 i = 1; i < holdings.length; ++i) {
            Holdings.Holding memory holding = holdings[i];
            (int256 bids, int256 asks) = withOrders ? (holding.bids, holding.asks) : (int256(0), int256(0));
            int256 reducing = withOrders ? holding.reducing : int256(0);
            UnderlyingWord word = _underlying(holding.assetId);
            AssetRisk risk = AssetRisk.wrap(word.risk());
            sums.addSpot(risk, word.price(), word.confidenceBps(), holding.atoms, bids, asks, reducing);
        }
    }

    function _margin(Holdings.Holding[] memory holdings) private view returns (IExchange.Margin memory margin) {
        RiskWord global = _global();
        (margin.isPaid,,,) = _shortfall(holdings, false);
        Atlas.Sums memory sums = _sums(holdings, true);
        (margin.equityAtoms, margin.initialAtoms) = (sums.equity, sums.initial(global));
        sums = _sums(holdings, false);
        margin.endAtoms = sums.requirement(global, global.endPercent());
        margin.maintenanceAtoms = sums.requirement(global, global.maintenancePercent());
    }

    /// @dev Whether an asset may be owed: its pool is open.
    function _isLendable(uint256 assetId) private view returns (bool) {
        return assetId == 0 ? _global().isLendable() : _underlying(assetId).isLendable();
    }

    function _underlying(uint256 assetId) private view returns (UnderlyingWord) {
        return UnderlyingWord.wrap(ExchangeStorage.load(ExchangeStorage.underlyingSlot(assetId)));
    }

    function _global() private view returns (RiskWord) {
        return RiskWord.wrap(ExchangeStorage.load(ExchangeStorage.riskSlot()));
    }
}
