// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "./IExchange.sol";

/// @title The backstop tranche beyond ERC-4626
/// @notice Deposits of the quote token that pay what the insurance fund does not, and get a part of what liquidations pay.
/// @dev Shares leave by request alone: whoever wants to redeem says so, waits, and then has a while to do it. What is asked for
///      stays exposed to losses until it is redeemed, and can meanwhile not be transferred. So of any twelve days a share can
///      leave in two, by whatever number of addresses its owner spreads his. Times are in seconds.
interface IBackstopVault {
    /// @notice An owner has asked to redeem shares; what he asked for before is replaced.
    event RedeemRequested(address indexed owner, uint256 shares, uint256 readyAt, uint256 expiresAt);
    /// @notice An owner has withdrawn his request; the shares can be transferred again.
    event RequestCancelled(address indexed owner, uint256 shares);

    /// @notice The owner has not asked to redeem anything, or has redeemed all of it.
    error NoRequest(address owner);
    /// @notice What the owner asked for can not be redeemed before then [seconds].
    error RequestNotReady(address owner, uint256 readyAt);
    /// @notice What the owner asked for could be redeemed until then; he has to ask again [seconds].
    error RequestExpired(address owner, uint256 expiresAt);
    /// @notice So many accounts are in deficit: nobody leaves before that is over.
    error DeficitPending(uint256 accounts);
    /// @notice Shares that their owner has asked to redeem can not be transferred, the others can.
    error SharesRequested(address owner, uint256 freeShares, uint256 shares);
    /// @notice The token took a fee, so that the exchange credited less than the shares would be worth [token units].
    error CreditedLess(uint256 credited, uint256 assets);

    /// @notice Ask to redeem shares: they can be redeemed for {EXIT_WINDOW}, {COOLDOWN} from now. What was asked for before is
    ///         replaced, and waits anew if it is part of this.
    /// @param shares How many; they can be transferred again once they are redeemed, cancelled or expired.
    /// @return readyAt From when on they can be redeemed [seconds].
    /// @dev Errors: ZeroAmount, ERC20InsufficientBalance.
    function requestRedeem(uint256 shares) external returns (uint256 readyAt);

    /// @notice Withdraw one's request.
    /// @dev Errors: NoRequest.
    function cancelRequest() external;

    /// @notice What an owner has asked to redeem and has not redeemed yet. Zero shares: nothing.
    /// @return shares How many.
    /// @return readyAt From when on he can [seconds].
    /// @return expiresAt From when on he can no longer [seconds].
    function requestOf(address owner) external view returns (uint256 shares, uint256 readyAt, uint256 expiresAt);

    /// @notice What keeps everybody from redeeming.
    /// @return deficits Accounts in deficit; none leaves while there are some.
    /// @return pausedUntil Since a price has moved fast, none leaves before then [seconds].
    function waitsFor() external view returns (uint256 deficits, uint256 pausedUntil);

    /// @notice How long a request waits until it is ready [seconds].
    function COOLDOWN() external view returns (uint256);

    /// @notice How long a request is ready [seconds].
    function EXIT_WINDOW() external view returns (uint256);

    /// @notice The most shares there can be. Only after the tranche has lost everything several times are there anywhere near as
    ///         many: shares are sold ever cheaper then.
    function MAX_SHARES() external view returns (uint256);

    /// @notice The exchange that the tranche backs.
    function exchange() external view returns (IExchange);

    /// @notice The tranche's account of the exchange.
    function accountId() external view returns (uint32);

    /// @notice Token units in an atom: assets go in and out in multiples of it.
    function unitsPerAtom() external view returns (uint256);
}
