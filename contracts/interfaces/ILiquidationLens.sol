// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "./IExchange.sol";
import {ILiquidation} from "./ILiquidation.sol";

/// @title Lens of liquidation
/// @notice What an exchange knows of accounts in trouble, readable by eth_call without a library: where accounts stand, what
///         they cost in their auctions, what is locked for them, their plans, and what the funds have.
/// @dev Units and terms are those of {ILiquidation}: quote atoms unless said otherwise, fractions in ppm; E is equity, R_init,
///      R_end and R_maint are requirements, B what is locked. Nothing is kept here and nothing changes. Values are of this
///      moment, at the last marks. Pages and errors are as in {ILens}.
interface ILiquidationLens {
    /// @notice Which accounts are wanted besides those that are flagged or whose orders may not rest.
    enum Level {
        /// @dev None.
        FLAGGED,
        /// @dev E below 0.
        ZERO,
        /// @dev E below R_maint.
        MAINTENANCE,
        /// @dev E below R_end.
        END,
        /// @dev E below R_init.
        INITIAL,
        /// @dev All that owe something or use a perp.
        ALL
    }

    /// @notice What has become of a standby line.
    enum LineState {
        NONE,
        OFFERED,
        ACTIVE
    }

    /// @notice Liquidation as a whole.
    struct State {
        uint32 flaggedAccounts;
        /// @dev Flagged accounts for which the funds have paid.
        uint32 accountsInDeficit;
        /// @dev All bonds.
        uint128 bondAtoms;
        /// @dev Undrawn of all standby lines, those that are only offered included.
        uint128 lineAtoms;
        /// @dev Quote balance of the insurance fund.
        int128 insuranceAtoms;
        /// @dev Account whose quote balance is the backstop; 0 for none.
        uint32 backstopAccountId;
        /// @dev Quote balance of the backstop.
        int128 backstopAtoms;
        /// @dev What the insurance fund has paid to bidders today.
        uint128 biddersInsuranceAtoms;
        /// @dev What the backstop has paid to bidders today.
        uint128 biddersBackstopAtoms;
        /// @dev Until when what is lent, and the backstop, wait as a price has moved; in the past if they do not [seconds].
        uint32 pausedUntil;
    }

    /// @notice What deficits have come to in an asset and its perp.
    struct AssetState {
        uint16 assetId;
        /// @dev Until when profits of its perp wait as its price has moved; in the past if they do not [seconds].
        uint32 pausedUntil;
        /// @dev Part of recognised deficits of its perp that nobody paid; cancelled with profits as they are drawn.
        uint128 shortfallAtoms;
        /// @dev What the insurance fund has paid for its perp today.
        uint128 perpInsuranceAtoms;
        /// @dev What the backstop has paid for its perp today.
        uint128 perpBackstopAtoms;
        /// @dev What the insurance fund has paid for debts in it today.
        uint128 loanInsuranceAtoms;
        /// @dev What the backstop has paid for debts in it today.
        uint128 loanBackstopAtoms;
    }

    /// @notice Where an account stands.
    struct Standing {
        uint32 accountId;
        bool isFlagged;
        /// @dev Whether its orders may rest.
        bool isLive;
        /// @dev Whether the funds have paid for it since it was flagged.
        bool isInDeficit;
        /// @dev Whether it owes nothing and uses no perp: then it is healthy whatever it is worth.
        bool isPaid;
        /// @dev E; also the distance to 0.
        int128 equityAtoms;
        /// @dev R_init, with all resting orders at their worst.
        uint128 initialAtoms;
        /// @dev R_end.
        uint128 endAtoms;
        /// @dev R_maint.
        uint128 maintenanceAtoms;
        /// @dev E − R_init.
        int128 toInitialAtoms;
        /// @dev E − R_end.
        int128 toEndAtoms;
        /// @dev E − R_maint.
        int128 toMaintenanceAtoms;
        /// @dev Cost of getting out of all legs.
        uint128 exitCostAtoms;
        /// @dev Worth of all legs, spot and perp, short ones included.
        uint128 grossAtoms;
        /// @dev B: its bond and what can be drawn of its lines now. Without a flag it can be flagged once E + B < R_maint.
        uint128 lockedAtoms;
        /// @dev What the funds have paid for it and not got back.
        uint128 claimAtoms;
        /// @dev What was drawn of its lines and not repaid.
        uint128 drawnAtoms;
        /// @dev End of the window of its last flag, 0 before the first [seconds].
        uint32 windowEnd;
        /// @dev When the clock of its price started, 0 before the first flag [seconds].
        uint32 clockStart;
        /// @dev Price of the whole account now, negative if whoever takes it is paid; 0, as the next three, unless it is flagged
        ///      and E + B < R_maint. A deficit is recognised before a slice is taken: then all of it is judged anew.
        int128 priceAtoms;
        /// @dev Fee out of that price.
        uint128 feeAtoms;
        /// @dev The least slice [ppm].
        uint32 leastPpm;
        /// @dev The largest slice [ppm].
        uint32 mostPpm;
    }

    /// @notice A standby line.
    struct Line {
        uint32 lenderAccountId;
        LineState state;
        /// @dev Undrawn.
        uint80 lockedAtoms;
        /// @dev Drawn and not repaid.
        uint80 drawnAtoms;
        /// @dev What accepting it costs, while it is offered.
        uint80 feeAtoms;
        /// @dev The last second at which it may be accepted or drawn.
        uint32 expiry;
        /// @dev When its lender may close it, 0 before notice [seconds].
        uint32 closesAt;
    }

    /// @notice What is locked for an account, and what it owes for what was paid for it.
    struct Protection {
        uint80 bondAtoms;
        /// @dev What the insurance fund has paid and not got back.
        uint80 insuranceClaimAtoms;
        /// @dev What the backstop has paid and not got back.
        uint80 backstopClaimAtoms;
        /// @dev Its accepted lines, the oldest first.
        Line[] lines;
    }

    /// @notice A step of a risk plan of which something is left.
    struct Step {
        /// @dev Its place in the plan.
        uint8 index;
        /// @dev The step; its size is what is left of it.
        ILiquidation.PlanStep terms;
        /// @dev Time from which it may be executed [seconds].
        uint32 readyAt;
    }

    /// @notice The exchange that is read.
    function exchange() external view returns (IExchange);

    /// @notice Liquidation as a whole.
    function state() external view returns (State memory);

    /// @notice What deficits have come to in each asset, in the order of their ids.
    /// @param fromId First id wanted.
    /// @param limit Most assets wanted.
    /// @return page The assets.
    /// @return nextId `fromId` of the next page, 0 if there is none.
    /// @dev Errors: ZeroLimit.
    function assets(uint16 fromId, uint256 limit) external view returns (AssetState[] memory page, uint16 nextId);

    /// @notice Where an account stands.
    /// @dev Errors: UnknownAccount.
    function standing(uint32 accountId) external view returns (Standing memory);

    /// @notice Where accounts stand, in the order given. Beyond {standingsLimit} assets and perps together it may take too
    ///         much gas.
    /// @dev Errors: UnknownAccount.
    function standings(uint32[] calldata accountIds) external view returns (Standing[] memory);

    /// @notice Accounts that are flagged, whose orders may not rest, or that are below a level and not paid, in the order of their
    ///         ids. A page may be empty and not the last.
    /// @param fromId First id wanted.
    /// @param limit Most accounts to look at; it looks at no more than use {standingsLimit} assets and perps together.
    /// @param level The level.
    /// @return page Where they stand.
    /// @return nextId `fromId` of the next page, 0 if there is none.
    /// @dev Errors: ZeroLimit.
    function accounts(uint32 fromId, uint256 limit, Level level)
        external
        view
        returns (Standing[] memory page, uint32 nextId);

    /// @notice How many assets and perps, counted for each account that uses them, a page of accounts reads.
    function standingsLimit() external view returns (uint256);

    /// @notice What is locked for an account, and what it owes for what was paid for it.
    /// @dev Errors: UnknownAccount.
    function protection(uint32 accountId) external view returns (Protection memory);

    /// @notice A lender's line for an account; also one that is only offered.
    /// @dev Errors: UnknownAccount.
    function line(uint32 accountId, uint32 lenderAccountId) external view returns (Line memory);

    /// @notice The steps of an account's risk plan of which something is left, in their order.
    /// @dev Errors: UnknownAccount.
    function plan(uint32 accountId) external view returns (Step[] memory);

    /// @notice Whether an account lets the owner of a bidder's account buy its slices within the window.
    /// @dev Errors: UnknownAccount.
    function isLiquidator(uint32 accountId, address liquidator) external view returns (bool);
}
