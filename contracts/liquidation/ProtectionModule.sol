// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {LiquidationWord} from "../types/LiquidationWord.sol";
import {ProtectionWord} from "../types/ProtectionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {RiskCheck} from "../risk/RiskCheck.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";
import {Claims} from "./Claims.sol";
import {Funds} from "./Funds.sol";
import {Lines} from "./Lines.sol";
import {Locking} from "./Locking.sol";
import {Protections} from "./Protections.sol";

/// @notice Bonds, standby lines, claims, and whom an account lets buy its slices first. The exchange delegates to it.
contract ProtectionModule is AccessManaged, ReentrancyGuardTransient {
    IRiskEngine private immutable _riskEngine;

    /// @param riskEngine The exchange's risk engine.
    /// @param authority_ The exchange's authority over roles.
    constructor(IRiskEngine riskEngine, address authority_) AccessManaged(authority_) {
        _riskEngine = riskEngine;
    }

    /// @notice See {ILiquidation.lockBond}.
    function lockBond(uint32 accountId, uint256 atoms) external nonReentrant {
        AccountWord account = Locking.ofLiveOwner(accountId, msg.sender);
        if (atoms == 0) revert IExchangeErrors.ZeroAmount();
        ProtectionWord word = Protections.load(accountId);
        Locking.checkLeast(word.bond() + atoms);
        int256 balance = Locking.take(accountId, atoms);
        Protections.store(accountId, word.withBond(word.bond() + atoms));
        Accounts.store(accountId, account.protected());
        // Atoms are part of what the exchange holds.
        Funds.store(Funds.load().withBonds(int256(atoms)));
        RiskCheck.checkOutgoing(_riskEngine, accountId, false);
        emit ILiquidation.BondSet(accountId, word.bond() + atoms, balance);
    }

    /// @notice See {ILiquidation.releaseBond}.
    function releaseBond(uint32 accountId, uint256 atoms) external nonReentrant {
        Locking.ofLiveOwner(accountId, msg.sender);
        if (atoms == 0) revert IExchangeErrors.ZeroAmount();
        ProtectionWord word = Protections.load(accountId);
        if (atoms > word.bond()) revert IExchangeErrors.InsufficientBond(accountId, word.bond(), atoms);
        uint256 rest = word.bond() - atoms;
        if (rest != 0) Locking.checkLeast(rest);
        RiskCheck.checkInitial(_riskEngine, accountId);
        Protections.store(accountId, word.withBond(rest));
        Funds.store(Funds.load().withBonds(-int256(atoms)));
        int256 balance = Balances.add(accountId, 0, int256(atoms));
        emit ILiquidation.BondSet(accountId, rest, balance);
    }

    /// @notice See {ILiquidation.offerLine}.
    function offerLine(uint32 lenderAccountId, uint32 accountId, uint256 atoms, uint256 feeAtoms, uint32 expiry)
        external
        nonReentrant
    {
        Lines.offer(lenderAccountId, accountId, atoms, feeAtoms, expiry);
        RiskCheck.checkOutgoing(_riskEngine, lenderAccountId, false);
    }

    /// @notice See {ILiquidation.acceptLine}.
    function acceptLine(uint32 accountId, uint32 lenderAccountId, uint256 maxFeeAtoms) external nonReentrant {
        Lines.accept(accountId, lenderAccountId, maxFeeAtoms);
        RiskCheck.checkOutgoing(_riskEngine, accountId, false);
    }

    /// @notice See {ILiquidation.giveNotice}.
    function giveNotice(uint32 accountId, uint32 lenderAccountId) external nonReentrant {
        Lines.giveNotice(accountId, lenderAccountId);
    }

    /// @notice See {ILiquidation.closeLine}.
    function closeLine(uint32 accountId, uint32 lenderAccountId) external nonReentrant {
        Lines.close(accountId, lenderAccountId);
    }

    /// @notice See {ILiquidation.drawLine}.
    function drawLine(uint32 accountId, uint32 lenderAccountId) external nonReentrant returns (uint256 atoms) {
        return Lines.draw(accountId, lenderAccountId);
    }

    /// @notice See {ILiquidation.repayClaims}.
    function repayClaims(uint32 accountId) external nonReentrant returns (uint256 atoms) {
        return Claims.repay(accountId);
    }

    /// @notice See {ILiquidation.setLiquidator}.
    function setLiquidator(uint32 accountId, address liquidator, bool chosen) external nonReentrant {
        Accounts.ofOwner(accountId, msg.sender);
        if (liquidator == address(0)) revert IExchangeErrors.ZeroAddress();
        // Bit 0 says whether, bit 1 keeps a used word from ever being zero.
        ExchangeStorage.store(ExchangeStorage.liquidatorSlot(accountId, liquidator), chosen ? 3 : 2);
        emit ILiquidation.LiquidatorSet(accountId, liquidator, chosen);
    }

    /// @notice See {ILiquidation.setBackstop}.
    function setBackstop(uint32 accountId) external restricted nonReentrant {
        if (Accounts.load(accountId).owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
        LiquidationWord word = Funds.load();
        // A fund that backed itself would pay twice.
        if (word.backstop() != 0 || accountId == Accounts.INSURANCE) {
            revert IExchangeErrors.InvalidParameter("accountId", accountId);
        }
        Accounts.useAny(accountId, 0);
        Funds.store(word.withBackstop(accountId));
        emit ILiquidation.BackstopSet(accountId);
    }
}
