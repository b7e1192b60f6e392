// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Errors of the exchange
/// @notice Each names a fact, with what was got and then the limit. Whoever sees one: nothing has changed.
interface IExchangeErrors {
    /// @notice No such account.
    error UnknownAccount(uint32 accountId);
    /// @notice The caller does not own the account.
    error NotAccountOwner(uint32 accountId, address caller);
    /// @notice Both ends of a transfer are the same account.
    error SameAccount(uint32 accountId);
    /// @notice There are as many accounts as there can be.
    error TooManyAccounts(uint256 maxAccounts);
    /// @notice The account would use more assets than an account may.
    error TooManyAssets(uint32 accountId, uint256 assets, uint256 maxAssets);

    /// @notice No such asset.
    error UnlistedAsset(uint16 assetId);
    /// @notice An amount of zero.
    error ZeroAmount();
    /// @notice The zero address where someone must receive.
    error ZeroAddress();
    /// @notice Token units that are no whole number of atoms [token units, token units an atom].
    error FractionalAtoms(uint256 tokenUnits, uint256 unitsPerAtom);
    /// @notice The exchange would hold more of an asset than its words can count [atoms].
    error TooMuchHeld(uint16 assetId, uint256 heldAtoms, uint256 maxAtoms);
    /// @notice The balance does not cover what must stay covered [atoms].
    error InsufficientBalance(uint32 accountId, uint16 assetId, int256 balanceAtoms, uint256 requiredAtoms);

    /// @notice No such market.
    error UnknownMarket(uint16 marketId);
    /// @notice No price can be that tick.
    error TickOutOfRange(uint24 tick, uint24 maxTick);
    /// @notice An order or a remainder smaller than the market allows [lots].
    error BelowMinimumSize(uint40 lots, uint24 minLots);
    /// @notice More fills asked for than a transaction may make.
    error TooManyFills(uint8 maxFills, uint8 limit);
    /// @notice The asset has no reference price yet.
    error PriceUnavailable(uint16 assetId);
    /// @notice A price further than the band beyond the reference price, on the side that loses money [ticks].
    error PriceOutsideBand(uint24 tick, uint24 limitTick);
    /// @notice A post-only order that would trade [ticks].
    error WouldCross(uint24 tick, uint24 bestTick);
    /// @notice A fill-or-kill order that cannot be filled whole [lots].
    error NotFilledWhole(uint40 filledLots, uint40 lots);
    /// @notice The level holds as many orders as it can.
    error LevelFull(uint16 marketId, uint24 tick);
    /// @notice The account's open orders in an asset are more than its word can count [atoms].
    error TooMuchOpen(uint32 accountId, uint16 assetId);

    /// @notice No live order has this id.
    error StaleOrder(uint128 orderId);
    /// @notice The order belongs to another account.
    error NotOrderOwner(uint128 orderId, uint32 accountId);
    /// @notice An order can only become smaller where it stands [lots].
    error NotAReduction(uint128 orderId, uint40 newLots, uint40 lots);
    /// @notice The same order twice in one array.
    error DuplicateOrder(uint128 orderId);
    /// @notice Too late [seconds].
    error DeadlinePassed(uint64 deadline, uint256 timestamp);

    /// @notice An entry point only for the exchange itself.
    error NotTheExchange(address caller);
    /// @notice A listing parameter outside its bounds.
    error InvalidParameter(bytes32 name, uint256 value);
    /// @notice The base asset has a market of this kind already.
    error MarketAlreadyListed(uint16 marketId);
    /// @notice A feed gave a price that cannot be used [1e-18 dollars a whole token].
    error InvalidPrice(uint16 assetId, uint256 price);
}
