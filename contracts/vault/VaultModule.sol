// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {LedgerWord, LedgerWordLib} from "../types/LedgerWord.sol";
import {TokenWord} from "../types/TokenWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {RiskCheck} from "../risk/RiskCheck.sol";
import {Accounts} from "./Accounts.sol";
import {Assets} from "./Assets.sol";

/// @notice Accounts, deposits, withdrawals and transfers. The exchange delegates to it.
contract VaultModule is ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    IRiskEngine private immutable _riskEngine;

    /// @param riskEngine The exchange's risk engine.
    constructor(IRiskEngine riskEngine) {
        _riskEngine = riskEngine;
    }

    /// @notice See {IExchange.createAccount}.
    function createAccount() external nonReentrant returns (uint32 accountId) {
        accountId = Accounts.create(msg.sender);
        emit IExchange.AccountCreated(accountId, msg.sender);
    }

    /// @notice See {IExchange.deposit}.
    function deposit(uint32 accountId, uint16 assetId, uint256 tokenUnits)
        external
        nonReentrant
        returns (uint256 atoms)
    {
        Accounts.ofOwner(accountId, msg.sender);
        TokenWord tokenWord = Assets.tokenOf(assetId);
        if (tokenUnits == 0) revert IExchangeErrors.ZeroAmount();
        IERC20 token = IERC20(tokenWord.token());

        // What arrived is what counts. Nothing else can be credited meanwhile: the guard is up.
        uint256 heldBefore = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), tokenUnits);
        uint256 held = token.balanceOf(address(this));
        atoms = _toAtoms(held - heldBefore, tokenWord.unitsPerAtom());
        uint256 heldAtoms = held / tokenWord.unitsPerAtom();
        if (heldAtoms > LedgerWordLib.MAX_HELD_ATOMS) {
            revert IExchangeErrors.TooMuchHeld(assetId, heldAtoms, LedgerWordLib.MAX_HELD_ATOMS);
        }
        Accounts.use(accountId, assetId);
        emit IExchange.Deposited(accountId, assetId, atoms, _credit(accountId, assetId, atoms));
    }

    /// @notice See {IExchange.withdraw}.
    function withdraw(uint32 accountId, uint16 assetId, uint256 tokenUnits, address to) external nonReentrant {
        Accounts.ofOwner(accountId, msg.sender);
        TokenWord tokenWord = Assets.tokenOf(assetId);
        if (to == address(0)) revert IExchangeErrors.ZeroAddress();
        uint256 atoms = _toAtoms(tokenUnits, tokenWord.unitsPerAtom());
        int256 balance = _debit(accountId, assetId, atoms);
        RiskCheck.check(_riskEngine, accountId);
        emit IExchange.Withdrawn(accountId, assetId, to, atoms, balance);
        IERC20(tokenWord.token()).safeTransfer(to, tokenUnits);
    }

    /// @notice See {IExchange.transfer}.
    function transfer(uint32 fromAccountId, uint32 toAccountId, uint16 assetId, uint256 atoms) external nonReentrant {
        Accounts.ofOwner(fromAccountId, msg.sender);
        Accounts.ofOwner(toAccountId, msg.sender);
        if (fromAccountId == toAccountId) revert IExchangeErrors.SameAccount(fromAccountId);
        Assets.tokenOf(assetId);
        if (atoms == 0) revert IExchangeErrors.ZeroAmount();
        int256 fromBalance = _debit(fromAccountId, assetId, atoms);
        Accounts.use(toAccountId, assetId);
        int256 toBalance = _credit(toAccountId, assetId, atoms);
        RiskCheck.check(_riskEngine, fromAccountId);
        emit IExchange.Transferred(fromAccountId, toAccountId, assetId, atoms, fromBalance, toBalance);
    }

    /// @dev Atoms of an amount of token units, which must be whole.
    function _toAtoms(uint256 tokenUnits, uint256 unitsPerAtom) private pure returns (uint256 atoms) {
        if (tokenUnits == 0) revert IExchangeErrors.ZeroAmount();
        if (tokenUnits % unitsPerAtom != 0) revert IExchangeErrors.FractionalAtoms(tokenUnits, unitsPerAtom);
        return tokenUnits / unitsPerAtom;
    }

    function _credit(uint256 accountId, uint256 assetId, uint256 atoms) private returns (int256 balance) {
        uint256 slot = ExchangeStorage.ledgerSlot(accountId, assetId);
        // Atoms are part of what the exchange holds, which is below 2^79.
        LedgerWord ledger = LedgerWord.wrap(ExchangeStorage.load(slot)).add(int256(atoms)).touched();
        ExchangeStorage.store(slot, LedgerWord.unwrap(ledger));
        return ledger.balance();
    }

    /// @dev Take atoms from a balance that has them. A base asset of which nothing is left, open orders included, is no
    ///      longer in use; the quote asset stays in use, as every market pays into it.
    function _debit(uint32 accountId, uint16 assetId, uint256 atoms) private returns (int256 balance) {
        uint256 slot = ExchangeStorage.ledgerSlot(accountId, assetId);
        LedgerWord ledger = LedgerWord.wrap(ExchangeStorage.load(slot));
        balance = ledger.balance();
        // Compared as unsigned, so that no amount is too large for the comparison.
        if (balance < 0 || atoms > uint256(balance)) {
            revert IExchangeErrors.InsufficientBalance(accountId, assetId, balance, atoms);
        }
        ledger = ledger.add(-int256(atoms));
        ExchangeStorage.store(slot, LedgerWord.unwrap(ledger));
        if (ledger.isEmpty() && assetId != 0) {
            Accounts.store(accountId, Accounts.load(accountId).withoutAsset(assetId));
        }
        return ledger.balance();
    }
}
