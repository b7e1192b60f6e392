// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {AssetRisk} from "../types/AssetRisk.sol";
import {OrderChange} from "../types/OrderChange.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Pools} from "../lending/Pools.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Assets} from "../vault/Assets.sol";
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
        if (Holdings.arePlainlyPaid(accountId)) return;
        _check(accountId, Holdings.read(accountId), false);
    }

    /// @inheritdoc IRiskEngine
    function checkOutgoing(uint32 accountId) external view {
        _check(accountId, Holdings.read(accountId), true);
    }

    /// @inheritdoc IRiskEngine
    function checkPaid(uint32 accountId) external view {
        if (Holdings.arePlainlyPaid(accountId)) return;
        (bool isPaid, uint256 assetId, int256 atoms, uint256 required) = _shortfall(Holdings.read(accountId), false);
        // Asset ids are below 44.
        if (!isPaid) revert IExchangeErrors.InsufficientBalance(accountId, uint16(assetId), atoms, required);
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
        (Atlas.Sums memory later, Atlas.Sums memory before) =
            (_sums(holdings, false, true), _sums(earlier, false, true));
        (uint256 required, uint256 requiredBefore) = (later.initial(global), before.initial(global));
        if (Atlas.isDeRisking(before.equity, requiredBefore, later.equity, required)) return;
        // Nothing was traded, and all that rests now can only reduce.
        if (onlyReduces && required <= requiredBefore && later.equity >= before.equity) return;
        _check(accountId, Holdings.read(accountId), false);
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
        Atlas.Sums memory later = _sums(holdings, false, true);
        uint256 kept = later.requirement(global, global.maintenancePercent()) + later.freeBand();
        // Requirements are below 2^130.
        if (later.equity >= int256(kept)) return true;
        Atlas.Sums memory before = _sums(Holdings.read(accountId), false, true);
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

    /// @dev Pass if an account needs no margin, or has its initial requirement at current prices.
    /// @param leaves Whether value leaves: then it must have it at the slow prices, too.
    function _check(uint32 accountId, Holdings.Holding[] memory holdings, bool leaves) private view {
        if (_isPaid(accountId, holdings)) return;
        _checkPrices(holdings);
        _checkInitial(accountId, _sums(holdings, false, true));
        if (leaves) _checkInitial(accountId, _sums(holdings, true, true));
    }

    function _checkInitial(uint32 accountId, Atlas.Sums memory sums) private view {
        uint256 required = sums.initial(_global());
        // Requirements are below 2^130.
        if (sums.equity < int256(required)) {
            revert IExchangeErrors.BelowInitialMargin(accountId, sums.equity, required);
        }
    }

    /// @dev Whether an account needs no margin. What it falls short of must have a pool to borrow it from.
    function _isPaid(uint32 accountId, Holdings.Holding[] memory holdings) private view returns (bool) {
        (bool isPaid, uint256 assetId, int256 atoms, uint256 required) = _shortfall(holdings, true);
        if (isPaid || Pools.isOpen(assetId)) return isPaid;
        // Asset ids are below 44.
        revert IExchangeErrors.InsufficientBalance(accountId, uint16(assetId), atoms, required);
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
                if (isPaid || !Pools.isOpen(holding.assetId)) {
                    (isPaid, assetId, atoms, required) = (false, holding.assetId, holding.atoms, needed);
                    if (!passesPools || !Pools.isOpen(assetId)) return (false, assetId, atoms, required);
                }
            }
        }
    }

    /// @dev Sums of ATLAS over an account's assets.
    function _sums(Holdings.Holding[] memory holdings, bool atSlowPrices, bool withOrders)
        private
        view
        returns (Atlas.Sums memory sums)
    {
        sums.equity = holdings[0].atoms;
        for (uint256 i = 1; i < holdings.length; ++i) {
            Holdings.Holding memory holding = holdings[i];
            (int256 bids, int256 asks) = withOrders ? (holding.bids, holding.asks) : (int256(0), int256(0));
            int256 reducing = withOrders ? holding.reducing : int256(0);
            UnderlyingWord word = _underlying(holding.assetId);
            uint256 price = atSlowPrices ? word.slowPrice() : word.price();
            AssetRisk risk = AssetRisk.wrap(word.risk());
            sums.addSpot(risk, price, word.confidenceBps(), holding.atoms, bids, asks, reducing);
        }
    }

    /// @dev Where risk is added, the prices of all that is held, owed or ordered must be new, confirmed and certain.
    function _checkPrices(Holdings.Holding[] memory holdings) private view {
        uint256 oldest = block.timestamp - MAX_PRICE_AGE;
        for (uint256 i = 1; i < holdings.length; ++i) {
            Holdings.Holding memory holding = holdings[i];
            if (holding.atoms == 0 && holding.bids == 0 && holding.asks == 0) continue;
            UnderlyingWord word = _underlying(holding.assetId);
            // Asset ids are below 44.
            uint16 assetId = uint16(holding.assetId);
            if (word.time() < oldest) revert IExchangeErrors.StalePrice(assetId, word.time(), oldest);
            if (word.isUnconfirmed()) revert IExchangeErrors.PriceUnconfirmed(assetId);
            uint256 confidence = word.confidenceBps();
            if (confidence < MIN_CONFIDENCE_BPS) {
                revert IExchangeErrors.LowConfidence(assetId, confidence, MIN_CONFIDENCE_BPS);
            }
        }
    }

    function _margin(Holdings.Holding[] memory holdings) private view returns (IExchange.Margin memory margin) {
        RiskWord global = _global();
        (margin.isPaid,,,) = _shortfall(holdings, false);
        Atlas.Sums memory sums = _sums(holdings, false, true);
        (margin.equityAtoms, margin.initialAtoms) = (sums.equity, sums.initial(global));
        sums = _sums(holdings, false, false);
        margin.endAtoms = sums.requirement(global, global.endPercent());
        margin.maintenanceAtoms = sums.requirement(global, global.maintenancePercent());
    }

    function _underlying(uint256 assetId) private view returns (UnderlyingWord) {
        return UnderlyingWord.wrap(ExchangeStorage.load(ExchangeStorage.underlyingSlot(assetId)));
    }

    function _global() private view returns (RiskWord) {
        return RiskWord.wrap(ExchangeStorage.load(ExchangeStorage.riskSlot()));
    }
}
