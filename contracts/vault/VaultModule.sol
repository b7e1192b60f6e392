// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {IWrappedNative} from "../interfaces/IWrappedNative.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {LedgerWordLib} from "../types/LedgerWord.sol";
import {OperatorWordLib} from "../types/OperatorWord.sol";
import {TokenWord} from "../types/TokenWord.sol";
import {Pools} from "../lending/Pools.sol";
import {RiskCheck} from "../risk/RiskCheck.sol";
import {Accounts} from "./Accounts.sol";
import {Assets} from "./Assets.sol";
import {Balances} from "./Balances.sol";
import {Operators} from "./Operators.sol";
import {Outflows} from "./Outflows.sol";
import {Transfers} from "./Transfers.sol";

/// @notice Accounts, deposits, withdrawals and transfers. The exchange delegates to it.
contract VaultModule is ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using Address for address payable;

    IRiskEngine private immutable _riskEngine;
    address private immutable _wrappedNative;

    /// @param riskEngine The exchange's risk engine.
    /// @param wrappedNative Wrapped native token; zero where there is none.
    constructor(IRiskEngine riskEngine, address wrappedNative) {
        _riskEngine = riskEngine;
        _wrappedNative = wrappedNative;
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
        return _deposit(accountId, assetId, tokenUnits);
    }

    /// @notice See {IExchange.depositWithPermit}.
    function depositWithPermit(
        uint32 accountId,
        uint16 assetId,
        uint256 tokenUnits,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant returns (uint256 atoms) {
        address token = Assets.tokenOf(assetId).token();
        try IERC20Permit(token).permit(msg.sender, address(this), tokenUnits, deadline, v, r, s) {} catch {}
        // Whether the permit was used just now, or by someone else before, or was not needed: this is what counts.
        uint256 allowance = IERC20(token).allowance(msg.sender, address(this));
        if (allowance < tokenUnits) revert IExchangeErrors.InvalidPermit(assetId, msg.sender, allowance);
        return _deposit(accountId, assetId, tokenUnits);
    }

    /// @notice See {IExchange.depositNative}.
    function depositNative(uint32 accountId, uint16 assetId) external payable nonReentrant returns (uint256 atoms) {
        TokenWord tokenWord = _wrappedToken(assetId);
        uint256 heldBefore = IERC20(tokenWord.token()).balanceOf(address(this));
        IWrappedNative(tokenWord.token()).deposit{value: msg.value}();
        return _credit(accountId, assetId, tokenWord, heldBefore);
    }

    /// @notice See {IExchange.withdraw}.
    function withdraw(uint32 accountId, uint16 assetId, uint256 tokenUnits, address to) external nonReentrant {
        TokenWord tokenWord = Assets.tokenOf(assetId);
        _withdraw(accountId, assetId, tokenWord, tokenUnits, to, false);
        IERC20(tokenWord.token()).safeTransfer(to, tokenUnits);
    }

    /// @notice See {IExchange.borrow}.
    function borrow(uint32 accountId, uint16 assetId, uint256 tokenUnits, address to) external nonReentrant {
        TokenWord tokenWord = Assets.tokenOf(assetId);
        Operators.authorise(accountId, msg.sender, OperatorWordLib.LEND);
        if (!Pools.isOpen(assetId)) revert IExchangeErrors.PoolNotOpen(assetId);
        _activate(accountId, assetId);
        _withdraw(accountId, assetId, tokenWord, tokenUnits, to, true);
        IERC20(tokenWord.token()).safeTransfer(to, tokenUnits);
    }

    /// @notice See {IExchange.repay}.
    function repay(uint32 accountId, uint16 assetId, uint256 tokenUnits) external nonReentrant returns (uint256 atoms) {
        TokenWord tokenWord = Assets.tokenOf(assetId);
        if (Accounts.load(accountId).owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
        int256 balance = Balances.atomsOf(accountId, assetId);
        if (balance >= 0) revert IExchangeErrors.NothingOwed(accountId, assetId);
        // Debts are below 2^96 atoms and units an atom below 2^64.
        uint256 owedUnits = uint256(-balance) * tokenWord.unitsPerAtom();
        return _deposit(accountId, assetId, tokenUnits < owedUnits ? tokenUnits : owedUnits);
    }

    /// @notice See {IExchange.withdrawNative}.
    function withdrawNative(uint32 accountId, uint16 assetId, uint256 tokenUnits, address payable to)
        external
        nonReentrant
    {
        TokenWord tokenWord = _wrappedToken(assetId);
        _withdraw(accountId, assetId, tokenWord, tokenUnits, to, false);
        IWrappedNative(tokenWord.token()).withdraw(tokenUnits);
        to.sendValue(tokenUnits);
    }

    /// @notice See {IExchange.transfer}.
    function transfer(uint32 fromAccountId, uint32 toAccountId, uint16 assetId, uint256 atoms) external nonReentrant {
        AccountWord to = Accounts.load(toAccountId);
        address owner = Accounts.load(fromAccountId).owner();
        uint256 permission = to.owner() == owner ? OperatorWordLib.TRANSFER : OperatorWordLib.WITHDRAW;
        Operators.authorise(fromAccountId, msg.sender, permission);
        if (to.owner() == address(0)) revert IExchangeErrors.UnknownAccount(toAccountId);
        if (fromAccountId == toAccountId) revert IExchangeErrors.SameAccount(fromAccountId);
        Assets.tokenOf(assetId);
        if (atoms == 0) revert IExchangeErrors.ZeroAmount();
        int256 fromBalance = _subtract(fromAccountId, assetId, atoms, false);
        _activate(toAccountId, assetId);
        int256 toBalance = Transfers.give(toAccountId, assetId, atoms);
        int256 moved = int256(atoms);
        Outflows.move(fromAccountId, toAccountId, assetId, atoms, fromBalance + moved, toBalance - moved);
        _checkOutgoing(fromAccountId);
        emit IExchange.Transferred(fromAccountId, toAccountId, assetId, atoms, fromBalance, toBalance);
    }

    /// @dev Pull tokens from the caller and credit what arrived.
    function _deposit(uint32 accountId, uint16 assetId, uint256 tokenUnits) private returns (uint256 atoms) {
        TokenWord tokenWord = Assets.tokenOf(assetId);
        if (tokenUnits == 0) revert IExchangeErrors.ZeroAmount();
        IERC20 token = IERC20(tokenWord.token());
        uint256 heldBefore = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), tokenUnits);
        return _credit(accountId, assetId, tokenWord, heldBefore);
    }

    /// @dev Credit what has arrived since; nothing else can have been credited meanwhile: the guard is up.
    function _credit(uint32 accountId, uint16 assetId, TokenWord tokenWord, uint256 heldBefore)
        private
        returns (uint256 atoms)
    {
        uint256 unitsPerAtom = tokenWord.unitsPerAtom();
        uint256 held = IERC20(tokenWord.token()).balanceOf(address(this));
        atoms = _toAtoms(held > heldBefore ? held - heldBefore : 0, unitsPerAtom);
        uint256 heldAtoms = held / unitsPerAtom;
        if (heldAtoms > LedgerWordLib.MAX_HELD_ATOMS) {
            revert IExchangeErrors.TooMuchHeld(assetId, heldAtoms, LedgerWordLib.MAX_HELD_ATOMS);
        }
        _activate(accountId, assetId);
        int256 balance = Transfers.give(accountId, assetId, atoms);
        Outflows.enter(accountId, assetId, atoms, balance - int256(atoms));
        emit IExchange.Deposited(accountId, assetId, atoms, balance);
    }

    /// @dev All of a withdrawal but the transfer of tokens, which comes last.
    function _withdraw(
        uint32 accountId,
        uint16 assetId,
        TokenWord tokenWord,
        uint256 tokenUnits,
        address to,
        bool onCredit
    ) private {
        address owner = Accounts.load(accountId).owner();
        uint256 permissions =
            to == owner ? OperatorWordLib.WITHDRAW_TO_OWNER | OperatorWordLib.WITHDRAW : OperatorWordLib.WITHDRAW;
        Operators.checkAny(accountId, msg.sender, permissions);
        if (to == address(0)) revert IExchangeErrors.ZeroAddress();
        // Neither gives back what is sent to it; the wrapped token would even wrap it for the exchange.
        if (to == address(this) || to == tokenWord.token()) revert IExchangeErrors.InvalidReceiver(to);
        uint256 unitsPerAtom = tokenWord.unitsPerAtom();
        uint256 atoms = _toAtoms(tokenUnits, unitsPerAtom);
        bool isBare = Accounts.isBare(accountId);
        int256 balance = _subtract(accountId, assetId, atoms, onCredit);
        uint256 heldAtoms = IERC20(tokenWord.token()).balanceOf(address(this)) / unitsPerAtom;
        Outflows.leave(accountId, assetId, atoms, isBare, balance + int256(atoms), heldAtoms);
        _checkOutgoing(accountId);
        emit IExchange.Withdrawn(accountId, assetId, to, atoms, balance);
    }

    /// @dev The check after value has left an account. An operator who may not borrow leaves one that is covered, or
    ///      resting orders whose cover he takes would borrow for him.
    function _checkOutgoing(uint32 accountId) private {
        bool mayBorrow = Accounts.load(accountId).owner() == msg.sender
            || Operators.allows(accountId, msg.sender, OperatorWordLib.LEND);
        RiskCheck.checkOutgoing(_riskEngine, accountId, !mayBorrow);
    }

    /// @dev The token word of an asset that is the wrapped native token.
    function _wrappedToken(uint16 assetId) private view returns (TokenWord tokenWord) {
        tokenWord = Assets.tokenOf(assetId);
        if (tokenWord.token() != _wrappedNative) revert IExchangeErrors.NotWrappedNative(assetId);
    }

    /// @dev Make an account use an asset, if it does not and the caller may.
    function _activate(uint32 accountId, uint16 assetId) private {
        AccountWord account = Accounts.load(accountId);
        if (account.owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
        Operators.activate(accountId, account, assetId, msg.sender);
    }

    /// @dev Atoms of an amount of token units, which must be whole.
    function _toAtoms(uint256 tokenUnits, uint256 unitsPerAtom) private pure returns (uint256 atoms) {
        if (tokenUnits == 0) revert IExchangeErrors.ZeroAmount();
        if (tokenUnits % unitsPerAtom != 0) revert IExchangeErrors.FractionalAtoms(tokenUnits, unitsPerAtom);
        return tokenUnits / unitsPerAtom;
    }

    /// @dev Take atoms from a balance that has them, or on credit.
    function _subtract(uint32 accountId, uint16 assetId, uint256 atoms, bool onCredit)
        private
        returns (int256 balance)
    {
        if (!onCredit) {
            balance = Balances.atomsOf(accountId, assetId);
            // Compared as unsigned, so that no amount is too large for the comparison.
            if (balance < 0 || atoms > uint256(balance)) {
                revert IExchangeErrors.InsufficientBalance(accountId, assetId, balance, atoms);
            }
        }
        // On credit, what the exchange does not hold is refused by the pool; no token has more units than fit.
        if (atoms > LedgerWordLib.MAX_HELD_ATOMS) {
            (uint256 most,) = Balances.reach(accountId, assetId);
            revert IExchangeErrors.InsufficientLiquidity(assetId, atoms, most);
        }
        return Transfers.take(accountId, assetId, atoms);
    }
}
