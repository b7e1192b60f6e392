// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IBackstopVault} from "../interfaces/IBackstopVault.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {LedgerWord, LedgerWordLib} from "../types/LedgerWord.sol";
import {LiquidationWord} from "../types/LiquidationWord.sol";
import {PauseWord} from "../types/PauseWord.sol";
import {TokenWord} from "../types/TokenWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {PriceMoves} from "../oracle/PriceMoves.sol";
import {WordReader} from "../periphery/WordReader.sol";

/// @title Backstop tranche
/// @notice A junior ERC-4626 vault of the quote token. All it has is the quote balance of an account of the exchange that it
///         owns: the exchange takes deficits from it and adds fees to it directly, and both show in the share price.
/// @dev The account only deposits and withdraws, so its balance is custody, never lent and never owed. What anybody else pays
///      into it belongs to all shares. Amounts go in and out in whole atoms: shares bought or redeemed cost and pay whole atoms,
///      rounded against the caller; deposits and withdrawals of fractions are refused by the exchange (FractionalAtoms).
///      One atom against 10^12 virtual shares is what makes inflating the share price unprofitable. Source: ERC4626 of
///      OpenZeppelin. A share has 18 decimals, and a whole one costs a dollar at first.
///      Withdrawals are subject to the exchange's outflow limit. The account is bare, so what was deposited before yesterday
///      leaves whatever the limit, and requests wait longer than that: only fees, and deposits of others where losses have eaten
///      older ones, can meet the limit. {maxWithdraw} and {maxRedeem} do not know of it.
///      In the middle of a call of the exchange its words are told to nobody, and so is no share price: what counts assets then
///      reverts with ReentrancyGuardReentrantCall.
contract BackstopVault is ERC4626, ReentrancyGuardTransient, IBackstopVault {
    using SafeERC20 for IERC20;
    using WordReader for IExchange;

    struct Request {
        uint216 shares;
        uint40 readyAt;
    }

    /// @inheritdoc IBackstopVault
    uint256 public constant COOLDOWN = 10 days;
    /// @inheritdoc IBackstopVault
    uint256 public constant EXIT_WINDOW = 48 hours;
    /// @inheritdoc IBackstopVault
    /// @dev No product of them with atoms, over the virtual shares, overflows: 216 + 79 bits are less than 256 + 39.8.
    uint256 public constant MAX_SHARES = type(uint216).max;

    uint16 private constant _QUOTE = 0;
    /// @dev A quote atom is 1e-6 dollars.
    uint8 private constant _ATOM_DECIMALS = 6;
    uint8 private constant _OFFSET = 12;
    uint256 private constant _VIRTUAL_SHARES = 10 ** _OFFSET;
    uint256 private constant _VIRTUAL_ATOMS = 1;

    /// @inheritdoc IBackstopVault
    IExchange public immutable exchange;
    /// @inheritdoc IBackstopVault
    uint32 public immutable accountId;
    /// @inheritdoc IBackstopVault
    uint256 public immutable unitsPerAtom;

    mapping(address owner => Request) private _requests;

    /// @param exchange_ The exchange to back, whose quote asset is listed.
    /// @dev Errors: InvalidParameter, UnlistedAsset.
    constructor(IExchange exchange_)
        ERC20("World Markets Backstop", "WMB")
        ERC4626(IERC20(_quoteToken(exchange_).token()))
    {
        exchange = exchange_;
        unitsPerAtom = _quoteToken(exchange_).unitsPerAtom();
        accountId = exchange_.createAccount();
        exchange_.activateAsset(accountId, _QUOTE);
    }

    // ------------------------------------------------------------------ requests

    /// @inheritdoc IBackstopVault
    function requestRedeem(uint256 shares) external returns (uint256 readyAt) {
        if (shares == 0) revert IExchangeErrors.ZeroAmount();
        uint256 balance = balanceOf(msg.sender);
        if (shares > balance) revert ERC20InsufficientBalance(msg.sender, balance, shares);
        readyAt = block.timestamp + COOLDOWN;
        // At most the supply; and seconds fit 40 bits for 34,000 years.
        _requests[msg.sender] = Request({shares: uint216(shares), readyAt: uint40(readyAt)});
        emit RedeemRequested(msg.sender, shares, readyAt, readyAt + EXIT_WINDOW);
    }

    /// @inheritdoc IBackstopVault
    function cancelRequest() external {
        uint256 shares = _requests[msg.sender].shares;
        if (shares == 0) revert NoRequest(msg.sender);
        delete _requests[msg.sender];
        emit RequestCancelled(msg.sender, shares);
    }

    /// @inheritdoc IBackstopVault
    function requestOf(address owner) external view returns (uint256 shares, uint256 readyAt, uint256 expiresAt) {
        Request memory request = _requests[owner];
        if (request.shares != 0) (shares, readyAt, expiresAt) = (request.shares, request.readyAt, _expiryOf(request));
    }

    /// @inheritdoc IBackstopVault
    function waitsFor() public view returns (uint256 deficits, uint256 pausedUntil) {
        deficits = LiquidationWord.wrap(exchange.readWord(ExchangeStorage.liquidationSlot())).inDeficit();
        pausedUntil = PauseWord.wrap(exchange.readWord(ExchangeStorage.pauseSlot(PriceMoves.ALL))).until();
    }

    // ------------------------------------------------------------------ ERC-4626

    /// @inheritdoc ERC4626
    /// @dev Errors: those of {redeem}.
    function withdraw(uint256 assets, address receiver, address owner) public override returns (uint256) {
        _checkExit(owner);
        return super.withdraw(assets, receiver, owner);
    }

    /// @inheritdoc ERC4626
    /// @dev The owner's request is used up by as much. Errors: DeficitPending, PriceMoving, NoRequest, RequestNotReady,
    ///      RequestExpired, ERC4626ExceededMaxRedeem, ERC20InsufficientAllowance, ZeroAmount, and those of
    ///      {IExchange.withdraw}.
    function redeem(uint256 shares, address receiver, address owner) public override returns (uint256) {
        _checkExit(owner);
        return super.redeem(shares, receiver, owner);
    }

    /// @inheritdoc ERC4626
    function totalAssets() public view override returns (uint256) {
        return _totalAtoms() * unitsPerAtom;
    }

    /// @inheritdoc ERC4626
    /// @dev As much as the exchange may still hold, and as there may be shares for.
    function maxDeposit(address) public view override returns (uint256) {
        return _roomAtoms() * unitsPerAtom;
    }

    /// @inheritdoc ERC4626
    function maxMint(address) public view override returns (uint256) {
        return _toShares(_roomAtoms(), Math.Rounding.Floor);
    }

    /// @inheritdoc ERC4626
    /// @dev What the owner has asked for, while it is ready; nothing while {waitsFor} something, or if it is worth less than an
    ///      atom.
    function maxRedeem(address owner) public view override returns (uint256) {
        (uint256 deficits, uint256 pausedUntil) = waitsFor();
        if (deficits != 0 || block.timestamp < pausedUntil) return 0;
        Request memory request = _requests[owner];
        if (block.timestamp < request.readyAt || block.timestamp >= _expiryOf(request)) return 0;
        return previewRedeem(request.shares) == 0 ? 0 : request.shares;
    }

    /// @inheritdoc ERC4626
    function decimals() public pure override returns (uint8) {
        return _ATOM_DECIMALS + _OFFSET;
    }

    // ------------------------------------------------------------------ inside

    /// @dev Errors: ZeroAmount, ReentrancyGuardReentrantCall, and those of {_transferIn}.
    function _deposit(address caller, address receiver, uint256 assets, uint256 shares) internal override nonReentrant {
        if (assets == 0 || shares == 0) revert IExchangeErrors.ZeroAmount();
        super._deposit(caller, receiver, assets, shares);
    }

    /// @dev Errors: ZeroAmount, ReentrancyGuardReentrantCall, ERC20InsufficientAllowance, and those of {_transferOut}.
    function _withdraw(address caller, address receiver, address owner, uint256 assets, uint256 shares)
        internal
        override
        nonReentrant
    {
        if (assets == 0 || shares == 0) revert IExchangeErrors.ZeroAmount();
        // No more than what was asked for, which is what both entry points compare with.
        _requests[owner].shares -= uint216(shares);
        super._withdraw(caller, receiver, owner, assets, shares);
    }

    /// @dev Into the account, by way of this contract, which keeps nothing. Errors: CreditedLess, those of
    ///      {IExchange.deposit}, and those of the token.
    function _transferIn(address from, uint256 assets) internal override {
        super._transferIn(from, assets);
        IERC20(asset()).forceApprove(address(exchange), assets);
        uint256 credited = exchange.deposit(accountId, _QUOTE, assets) * unitsPerAtom;
        if (credited != assets) revert CreditedLess(credited, assets);
    }

    /// @dev Straight from the account. Errors: InvalidReceiver, and those of {IExchange.withdraw}.
    function _transferOut(address to, uint256 assets) internal override {
        // What is here belongs to nobody.
        if (to == address(this)) revert IExchangeErrors.InvalidReceiver(to);
        exchange.withdraw(accountId, _QUOTE, assets, to);
    }

    /// @dev Shares that were asked for are only burned, after {_withdraw} has taken them off the request. Errors:
    ///      SharesRequested, ERC20InvalidReceiver.
    function _update(address from, address to, uint256 shares) internal override {
        // They could never leave again.
        if (to == address(this)) revert ERC20InvalidReceiver(to);
        Request memory request = _requests[from];
        if (request.shares != 0 && block.timestamp < _expiryOf(request)) {
            // A balance is at least what was asked for: this very check keeps it so.
            uint256 free = balanceOf(from) - request.shares;
            if (shares > free) revert SharesRequested(from, free, shares);
        }
        super._update(from, to, shares);
    }

    /// @dev Shares of whole atoms: assets and shares are rounded to the same side.
    function _convertToShares(uint256 assets, Math.Rounding rounding) internal view override returns (uint256) {
        return _toShares(Math.mulDiv(assets, 1, unitsPerAtom, rounding), rounding);
    }

    /// @dev Whole atoms of shares.
    function _convertToAssets(uint256 shares, Math.Rounding rounding) internal view override returns (uint256) {
        uint256 all = totalSupply() + _VIRTUAL_SHARES;
        return Math.mulDiv(shares, _totalAtoms() + _VIRTUAL_ATOMS, all, rounding) * unitsPerAtom;
    }

    /// @dev Why an owner may not redeem, if he may not. Errors: see {redeem}.
    function _checkExit(address owner) private view {
        (uint256 deficits, uint256 pausedUntil) = waitsFor();
        if (deficits != 0) revert DeficitPending(deficits);
        if (block.timestamp < pausedUntil) revert IExchangeErrors.PriceMoving(pausedUntil);
        Request memory request = _requests[owner];
        if (request.shares == 0) revert NoRequest(owner);
        if (block.timestamp < request.readyAt) revert RequestNotReady(owner, request.readyAt);
        uint256 expiresAt = _expiryOf(request);
        if (block.timestamp >= expiresAt) revert RequestExpired(owner, expiresAt);
    }

    /// @dev What the account has [quote atoms].
    function _totalAtoms() private view returns (uint256) {
        LedgerWord word = LedgerWord.wrap(exchange.readWord(ExchangeStorage.ledgerSlot(accountId, _QUOTE)));
        return SafeCast.toUint256(word.balance());
    }

    /// @dev How much may be deposited [quote atoms].
    function _roomAtoms() private view returns (uint256) {
        uint256 held = IERC20(asset()).balanceOf(address(exchange)) / unitsPerAtom;
        uint256 supply = totalSupply();
        uint256 most = Math.mulDiv(MAX_SHARES - supply, _totalAtoms() + _VIRTUAL_ATOMS, supply + _VIRTUAL_SHARES);
        return Math.min(Math.saturatingSub(LedgerWordLib.MAX_HELD_ATOMS, held), most);
    }

    function _toShares(uint256 atoms, Math.Rounding rounding) private view returns (uint256) {
        return Math.mulDiv(atoms, totalSupply() + _VIRTUAL_SHARES, _totalAtoms() + _VIRTUAL_ATOMS, rounding);
    }

    function _expiryOf(Request memory request) private pure returns (uint256) {
        return request.readyAt + EXIT_WINDOW;
    }

    /// @dev The token word of the quote asset of an exchange.
    function _quoteToken(IExchange exchange_) private view returns (TokenWord word) {
        if (address(exchange_).code.length == 0) {
            revert IExchangeErrors.InvalidParameter("exchange", uint160(address(exchange_)));
        }
        word = TokenWord.wrap(exchange_.readWord(ExchangeStorage.tokenSlot(_QUOTE)));
        if (!word.isListed()) revert IExchangeErrors.UnlistedAsset(_QUOTE);
    }
}
