// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {PoolMath} from "../lending/PoolMath.sol";
import {Pools} from "../lending/Pools.sol";
import {AssetRisk, AssetRiskLib} from "../types/AssetRisk.sol";
import {LedgerWordLib} from "../types/LedgerWord.sol";
import {PoolTermsWordLib} from "../types/PoolTermsWord.sol";
import {RampWord} from "../types/RampWord.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {FlatMargin} from "../risk/FlatMargin.sol";
import {Assets} from "../vault/Assets.sol";

/// @notice Parameters of lending pools and of ATLAS. The exchange delegates to it.
/// @dev The authority is the exchange's own: it is read from slot 0 of whoever runs this code.
contract RiskParameterModule is AccessManaged, ReentrancyGuardTransient {
    /// @notice Shortest time between two changes of an asset's risk, and of that of all assets [seconds].
    uint256 public constant CHANGE_DELAY = 1 days;

    /// @notice How long a new asset takes until it may support debt [seconds].
    uint256 public immutable rampSeconds;

    uint256 private constant _WHOLE_BPS = 10_000;
    /// @dev Whatever a parameter is, it may be raised by a tenth of itself, and two of its units.
    uint256 private constant _RISE_UNITS = 2;
    uint256 private constant _RISE_DIVISOR = 10;
    /// @dev The ramp word of the parameters of all assets together: no asset has this id.
    uint256 private constant _ALL_ASSETS = 0xff;

    /// @param authority_ Authority of the module itself, which holds nothing; the exchange has its own.
    /// @param rampSeconds_ How long a new asset takes until it may support debt [seconds].
    constructor(address authority_, uint256 rampSeconds_) AccessManaged(authority_) {
        rampSeconds = rampSeconds_;
    }

    /// @notice See {IGovernance.setPoolTerms}.
    function setPoolTerms(uint16 assetId, IExchange.PoolTerms calldata terms) external restricted nonReentrant {
        Assets.tokenOf(assetId);
        _checkAtMost("supplyCapAtoms", terms.supplyCapAtoms, LedgerWordLib.MAX_HELD_ATOMS);
        _checkAtMost("borrowCapAtoms", terms.borrowCapAtoms, LedgerWordLib.MAX_HELD_ATOMS);
        _checkAtMost("ceilingPermille", terms.ceilingPermille, 999);
        _checkAtMost("hourlyPermille", terms.hourlyPermille, 999);
        _checkAtMost("reservePermille", terms.reservePermille, 999);
        if (Pools.isOpen(assetId)) {
            uint256 level = Pools.terms(assetId).windowAt(block.timestamp);
            PoolMath.Pool memory pool = Pools.load(assetId);
            pool.reservePermille = terms.reservePermille;
            Pools.store(assetId, pool);
            _storeTerms(assetId, terms, level);
        } else {
            Pools.open(assetId, terms.reservePermille);
            _noteLendable(assetId);
            _storeTerms(assetId, terms, 0);
        }
        emit IExchange.PoolTermsSet(assetId, terms);
    }

    /// @notice See {IGovernance.setAssetRisk}.
    function setAssetRisk(uint16 assetId, IExchange.AssetRiskTerms calldata terms) external restricted nonReentrant {
        Assets.tokenOf(assetId);
        if (assetId == 0) revert IExchangeErrors.InvalidParameter("assetId", 0);
        _checkAtMost("betaMilli", terms.betaMilli, 0xfff);
        _checkAtMost("iotaBps", terms.iotaBps, 0x3fff);
        _checkAtMost("basisBps", terms.basisBps, 0xfff);
        _checkAtMost("spotExitBps", terms.spotExitBps, 0xfff);
        _checkAtMost("perpExitBps", terms.perpExitBps, 0xfff);
        // Else the requirement is not convex.
        if (2 * uint256(terms.iotaBps) < terms.basisBps) {
            revert IExchangeErrors.InvalidParameter("iotaBps", terms.iotaBps);
        }
        uint256 slot = ExchangeStorage.underlyingSlot(assetId);
        UnderlyingWord word = UnderlyingWord.wrap(ExchangeStorage.load(slot));
        RampWord ramp = _passTime(assetId);
        _checkRamp(assetId, ramp, uint256(terms.iotaBps) + terms.spotExitBps);
        // The first setting is free: before it the asset supports no debt, and what is owed of it is covered by as much again.
        if (ramp.changedAt() != 0) _checkRises(assetId, AssetRisk.wrap(word.risk()), terms);
        AssetRisk risk = AssetRiskLib.create(
            terms.betaMilli, terms.iotaBps, terms.basisBps, terms.spotExitBps, terms.perpExitBps, terms.depth
        );
        ExchangeStorage.store(slot, UnderlyingWord.unwrap(word.withRisk(AssetRisk.unwrap(risk))));
        FlatMargin.renew(assetId);
        emit IExchange.AssetRiskSet(assetId, terms);
    }

    /// @notice See {IGovernance.setMarketRisk}.
    function setMarketRisk(IExchange.MarketRiskTerms calldata terms) external restricted nonReentrant {
        _checkAtMost("sigmaBps", terms.sigmaBps, 0xfff);
        _checkAtMost("endPercent", terms.endPercent, 100);
        _checkAtMost("maintenancePercent", terms.maintenancePercent, terms.endPercent);
        uint256 slot = ExchangeStorage.riskSlot();
        RiskWord word = RiskWord.wrap(ExchangeStorage.load(slot));
        // The first setting is free, and no later one: levels of zero are no way around the bounds. Asset 0 stands for all.
        if (_passTime(_ALL_ASSETS).changedAt() != 0) {
            _checkRise(0, "sigmaBps", word.sigmaBps(), terms.sigmaBps);
            _checkRise(0, "endPercent", word.endPercent(), terms.endPercent);
            _checkRise(0, "maintenancePercent", word.maintenancePercent(), terms.maintenancePercent);
        }
        word = word.withLevels(terms.sigmaBps, terms.endPercent, terms.maintenancePercent);
        ExchangeStorage.store(slot, RiskWord.unwrap(word));
        FlatMargin.renewAll();
        emit IExchange.MarketRiskSet(terms);
    }

    /// @dev Note that an asset's pool is open, in the word that the risk engine reads of the asset.
    function _noteLendable(uint256 assetId) private {
        uint256 slot = assetId == 0 ? ExchangeStorage.riskSlot() : ExchangeStorage.underlyingSlot(assetId);
        uint256 word = ExchangeStorage.load(slot);
        if (assetId == 0) word = RiskWord.unwrap(RiskWord.wrap(word).lendable());
        else word = UnderlyingWord.unwrap(UnderlyingWord.wrap(word).lendable());
        ExchangeStorage.store(slot, word);
    }

    /// @dev Check that the last change is long enough ago, and note this one.
    /// @return ramp The word before.
    function _passTime(uint256 assetId) private returns (RampWord ramp) {
        uint256 slot = ExchangeStorage.rampSlot(assetId);
        ramp = RampWord.wrap(ExchangeStorage.load(slot));
        uint256 earliest = ramp.changedAt() == 0 ? 0 : ramp.changedAt() + CHANGE_DELAY;
        // Asset ids are a byte.
        if (block.timestamp < earliest) revert IExchangeErrors.ChangedTooSoon(uint16(assetId), earliest);
        ExchangeStorage.store(slot, RampWord.unwrap(ramp.withChange(block.timestamp)));
    }

    /// @dev All of an asset's worth is taken until its listing is old enough. A part would be no ramp: of a token that
    ///      somebody can make at will, any weight is weight enough.
    function _checkRamp(uint16 assetId, RampWord ramp, uint256 takenBps) private view {
        bool isOld = block.timestamp - ramp.listedAt() >= rampSeconds;
        if (isOld || takenBps >= _WHOLE_BPS) return;
        revert IExchangeErrors.RampExceeded(assetId, "iotaBps", takenBps, _WHOLE_BPS);
    }

    /// @dev No parameter is raised by much at once.
    function _checkRises(uint16 assetId, AssetRisk risk, IExchange.AssetRiskTerms calldata terms) private pure {
        _checkRise(assetId, "betaMilli", risk.beta(), terms.betaMilli);
        // What moves less hedges less.
        _checkRise(assetId, "betaMilli", terms.betaMilli, risk.beta());
        _checkRise(assetId, "iotaBps", risk.iota(), terms.iotaBps);
        _checkRise(assetId, "basisBps", risk.basis(), terms.basisBps);
        _checkRise(assetId, "spotExitBps", risk.spotExit(), terms.spotExitBps);
        _checkRise(assetId, "perpExitBps", risk.perpExit(), terms.perpExitBps);
    }

    function _checkRise(uint16 assetId, bytes32 name, uint256 old, uint256 wanted) private pure {
        uint256 limit = old + old / _RISE_DIVISOR + _RISE_UNITS;
        if (wanted > limit) revert IExchangeErrors.RampExceeded(assetId, name, wanted, limit);
    }

    function _storeTerms(uint256 assetId, IExchange.PoolTerms calldata terms, uint256 level) private {
        Pools.storeTerms(
            assetId,
            PoolTermsWordLib.create(
                    terms.supplyCapAtoms, terms.borrowCapAtoms, terms.ceilingPermille, terms.hourlyPermille
                ).withWindow(level, block.timestamp)
        );
    }

    function _checkAtMost(bytes32 name, uint256 value, uint256 most) private pure {
        if (value > most) revert IExchangeErrors.InvalidParameter(name, value);
    }
}
