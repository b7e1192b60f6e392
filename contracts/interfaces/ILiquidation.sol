// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Liquidation, and control of one's own risk
/// @notice Entry points of the exchange for accounts in trouble, at the exchange's own address.
/// @dev Let E be an account's equity at the marks, unsettled results of perps included, R_maint and R_end its requirements without
///      resting orders, and B what was locked for it before it was flagged: its bond and undrawn standby lines. An account is
///      *healthy* if E ≥ R_maint, or if it owes nothing and uses no perp. It can be flagged once E + B < R_maint; then its resting
///      orders are dead, and slices of its whole portfolio are auctioned until E ≥ R_end. E + B < 0 is a *deficit*, paid at
///      once down the waterfall: bond, lines, insurance fund, backstop, and at last by those who are owed profit of its perps
///      or lend what it owes. Units: quote atoms unless said otherwise; fractions are in ppm. See docs/liquidation.md.
interface ILiquidation {
    /// @notice When a step of a plan may be executed.
    enum Trigger {
        /// @dev E in ten-thousandths of R_maint.
        HEALTH,
        /// @dev Price of the asset that the step is about, of an atom [1e-18 dollars].
        PRICE,
        /// @dev Funding rate of the perp that the step is about [1e-8 for 8 hours].
        FUNDING,
        /// @dev Borrow rate of the asset that the step is about [1e-16 a second].
        BORROW_RATE
    }

    /// @notice What a step of a plan does.
    enum PlanAction {
        /// @dev Trade a position of a perp towards zero [lots].
        REDUCE,
        /// @dev Sell a base asset on its spot market [lots].
        SELL,
        /// @dev Buy a base asset that is owed on its spot market [lots].
        REPAY,
        /// @dev Transfer an asset from another account of the owner [atoms].
        PULL
    }

    /// @notice A step of a risk plan.
    struct PlanStep {
        Trigger trigger;
        /// @dev Whether it fires at or below the threshold; else at or above it.
        bool isBelow;
        /// @dev In the unit of the trigger; of HEALTH at least 10,000.
        int88 threshold;
        PlanAction action;
        /// @dev Market that it trades in, or asset that it pulls.
        uint16 targetId;
        /// @dev The most that it ever does [lots or atoms].
        uint80 size;
        /// @dev The least that it does at once, unless less is left [lots or atoms].
        uint80 minFill;
        /// @dev How much worse than the mark it may trade, at most 2,000 [basis points].
        uint16 slippageBps;
        /// @dev How long it waits after it has done something [seconds].
        uint24 cooldownSeconds;
        /// @dev What whoever executes it is paid of the notional it trades or pulls, at most 5,000 [ppm].
        uint16 tipPpm;
        /// @dev Account that it pulls from.
        uint32 sourceAccountId;
    }

    /// @notice What a slice came to.
    struct SliceResult {
        /// @dev Part of the portfolio that moved [ppm].
        uint32 fractionPpm;
        /// @dev What the bidder paid; negative if he was paid.
        int256 paidAtoms;
        /// @dev Part of it for insurance fund and backstop.
        uint256 feeAtoms;
    }

    /// @notice An account has been flagged: until `windowEnd` only its plan and its chosen liquidators act [seconds].
    event Flagged(uint32 indexed accountId, int256 equityAtoms, uint256 maintenanceAtoms, uint256 windowEnd);
    /// @notice The flag of an account has been cleared.
    event FlagCleared(uint32 indexed accountId, int256 equityAtoms, uint256 endAtoms);
    /// @notice The price of an account's slices falls anew from then on [seconds].
    event AuctionRestarted(uint32 indexed accountId, uint256 clockStart);
    /// @notice Orders of an account may rest again.
    event AccountThawed(uint32 indexed accountId);
    /// @notice A slice of an account has moved to another. `paidAtoms` is negative if its bidder was paid.
    event SliceTaken(
        uint32 indexed accountId,
        uint32 indexed bidderAccountId,
        uint32 fractionPpm,
        int256 paidAtoms,
        uint256 feeAtoms,
        int256 equityAtoms
    );
    /// @notice What a deficit, or what a bidder had to be paid, was taken from. `insuranceAtoms` counts what the insurance fund paid in
    ///         the asset that was owed, valued; `lossAtoms` is what lenders lost, valued.
    event DeficitPaid(
        uint32 indexed accountId,
        uint256 deficitAtoms,
        uint256 bondAtoms,
        uint256 lineAtoms,
        uint256 insuranceAtoms,
        uint256 backstopAtoms,
        uint256 shortfallAtoms,
        uint256 lossAtoms
    );
    /// @notice A part of a deficit that nobody paid is cancelled with profits of a perp as they are drawn.
    event ShortfallAdded(uint16 indexed marketId, uint32 indexed accountId, uint256 atoms, uint256 shortfallAtoms);
    /// @notice Lenders of an asset have lost a debt: atoms forgiven [atoms], and the supply index after it [1e-18].
    event PoolLoss(uint16 indexed assetId, uint32 indexed accountId, uint256 atoms, uint256 supplyIndex);
    /// @notice Funds have got back what they paid for an account.
    event ClaimRepaid(uint32 indexed accountId, uint256 insuranceAtoms, uint256 backstopAtoms);
    /// @notice An account's bond has changed.
    event BondSet(uint32 indexed accountId, uint256 bondAtoms, int256 balanceAtoms);
    /// @notice A lender has locked a standby line for an account that it may accept.
    event LineOffered(
        uint32 indexed accountId, uint32 indexed lenderAccountId, uint256 atoms, uint256 feeAtoms, uint32 expiry
    );
    /// @notice An account has accepted a standby line and paid its fee.
    event LineAccepted(uint32 indexed accountId, uint32 indexed lenderAccountId, uint256 atoms, uint256 feeAtoms);
    /// @notice A lender may take his line back from `closesAt` on [seconds].
    event LineNoticed(uint32 indexed accountId, uint32 indexed lenderAccountId, uint32 closesAt);
    /// @notice A standby line has been paid into its account.
    event LineDrawn(uint32 indexed accountId, uint32 indexed lenderAccountId, uint256 atoms, uint256 drawnAtoms);
    /// @notice What was left of a standby line has gone back to its lender.
    event LineClosed(uint32 indexed accountId, uint32 indexed lenderAccountId, uint256 atoms);
    /// @notice An account has paid back a part of a drawn line.
    event LineRepaid(uint32 indexed accountId, uint32 indexed lenderAccountId, uint256 atoms, uint256 drawnAtoms);
    /// @notice An account lets an address buy its slices within the window, or no longer.
    event LiquidatorSet(uint32 indexed accountId, address indexed liquidator, bool chosen);
    /// @notice An account has another risk plan.
    event PlanSet(uint32 indexed accountId, PlanStep[] steps);
    /// @notice A step of a plan has been executed: what it traded or pulled, what is left of it, and the tip.
    event StepExecuted(uint32 indexed accountId, uint8 indexed step, uint256 done, uint256 left, uint256 tipAtoms);
    /// @notice Profit draws of the perp of an asset wait until then, as do lenders and the backstop [seconds].
    event PriceMoved(uint16 indexed assetId, uint256 pausedUntil);
    /// @notice The account whose quote balance is the backstop.
    event BackstopSet(uint32 indexed accountId);

    /// @notice Flag an account that is neither healthy nor protected. By anyone. Its resting orders are dead from now on; a
    ///         deficit is recognised.
    /// @dev Errors: UnknownAccount, AlreadyFlagged, AccountHealthy.
    function flagAccount(uint32 accountId) external;

    /// @notice Look at an account that is flagged or whose orders may not rest. By anyone. At E ≥ R_end the flag is cleared; while
    ///         E + B ≥ R_maint the price clock starts anew; a deficit is recognised. Without flag, claim and dead orders, its
    ///         orders may rest again.
    /// @return isFlagged Whether it is flagged afterwards.
    /// @return isLive Whether its orders may rest.
    /// @dev Errors: UnknownAccount; NotFlagged if its orders may rest already.
    function reviewAccount(uint32 accountId) external returns (bool isFlagged, bool isLive);

    /// @notice Remove dead orders of an account from the book. By anyone. Orders that are gone already are skipped.
    /// @return lots Lots removed of each.
    /// @dev Errors: NotFlagged if its orders may rest; NotOrderOwner; DuplicateOrder.
    function forceCancel(uint32 accountId, uint128[] calldata orderIds) external returns (uint40[] memory lots);

    /// @notice Buy a slice of a flagged account, which while a price waits for its confirmation must not be healthy at that one either: the same fraction of every balance, lent as lent and debt as debt, and of every
    ///         position by whole lots. Within the window by the owner of a chosen liquidator's account, then by anyone.
    /// @param accountId Account that is auctioned.
    /// @param bidderAccountId Account that takes the slice, of another owner. The caller owns it, or may place, lend and borrow
    ///        for it.
    /// @param fractionPpm Wanted part; cut to what brings the account to R_end, or to the least slice if that is more [ppm].
    /// @param maxPaidAtoms The most that is paid; negative: the least that must be got.
    /// @dev Errors: those of authorisation; SameOwner, NotFlagged, WindowOpen, AccountHealthy, SliceTooSmall, PaidTooMuch,
    ///      PositionCapReached, TooManyAssets; those of borrowing; BelowInitialMargin, UnsettledProfit of the bidder.
    function takeSlice(uint32 accountId, uint32 bidderAccountId, uint32 fractionPpm, int256 maxPaidAtoms)
        external
        returns (SliceResult memory result);

    /// @notice Pay back, out of an account's quote balance and of no more than it has beyond R_init, what funds have paid for it, and
    ///         then what was drawn of lines. By anyone.
    /// @return atoms What was paid back.
    /// @dev Errors: UnknownAccount.
    function repayClaims(uint32 accountId) external returns (uint256 atoms);

    /// @notice Lock quote atoms of an account as its first loss. By its owner; what is left must suffice as for a withdrawal.
    /// @dev Errors: those of authorisation; AccountFrozen, ZeroAmount, BelowLeastProtection, InsufficientBalance; those of the check.
    function lockBond(uint32 accountId, uint256 atoms) external;

    /// @notice Return bond atoms to the account's balance, while E ≥ R_init without them. By its owner.
    /// @dev Errors: those of authorisation; AccountFrozen, ZeroAmount, InsufficientBond, BelowLeastProtection; those of the check.
    function releaseBond(uint32 accountId, uint256 atoms) external;

    /// @notice Lock quote atoms of a lender's account as a standby line that another account may accept. By the lender's owner.
    /// @param feeAtoms What the account pays when it accepts.
    /// @param expiry Until when it can be accepted and drawn [seconds].
    /// @dev Errors: those of authorisation; UnknownAccount, SameAccount, AccountFrozen, BelowLeastProtection, LineExists,
    ///      LineExpired, InsufficientBalance; those of the check.
    function offerLine(uint32 lenderAccountId, uint32 accountId, uint256 atoms, uint256 feeAtoms, uint32 expiry)
        external;

    /// @notice Accept a line that was offered, and pay its fee. By the owner of the account that it is for.
    /// @dev Errors: those of authorisation; AccountFrozen, NoSuchLine, LineExpired, TooManyLines, PaidTooMuch,
    ///      InsufficientBalance; those of the check.
    function acceptLine(uint32 accountId, uint32 lenderAccountId, uint256 maxFeeAtoms) external;

    /// @notice Give notice of a line: an hour later it may be closed. By the lender's owner, while the account is healthy.
    /// @dev Errors: those of authorisation; NoSuchLine, AccountUnhealthy.
    function giveNotice(uint32 accountId, uint32 lenderAccountId) external;

    /// @notice Return what is undrawn of a line to its lender: an offer at any time; else after its expiry, or an hour after notice
    ///         while the account is healthy. By the lender's owner.
    /// @dev Errors: those of authorisation; NoSuchLine, LineCommitted, PriceMoving, AccountUnhealthy.
    function closeLine(uint32 accountId, uint32 lenderAccountId) external;

    /// @notice Pay as much of a line into an account with E < R_maint as brings it to R_end, or all of it. By anyone.
    /// @return atoms What was drawn.
    /// @dev Errors: NoSuchLine, LineExpired, AccountHealthy.
    function drawLine(uint32 accountId, uint32 lenderAccountId) external returns (uint256 atoms);

    /// @notice Let an address, or no longer, buy slices of an account within the window. By the account's owner.
    /// @dev Errors: those of authorisation; ZeroAddress.
    function setLiquidator(uint32 accountId, address liquidator, bool chosen) external;

    /// @notice Replace the risk plan of an account. By its owner.
    /// @param steps At most 8; none to have no plan.
    /// @dev Errors: those of authorisation; TooManySteps, InvalidStep.
    function setPlan(uint32 accountId, PlanStep[] calldata steps) external;

    /// @notice Execute a step of an account's plan whose trigger has fired. By anyone, who gets the tip.
    /// @param step Index of the step.
    /// @param amount The most that it is to do [lots or atoms].
    /// @param tipAccountId Account that gets the tip; 0 for no tip.
    /// @return done What it did [lots or atoms].
    /// @return tipAtoms The tip.
    /// @dev Errors: UnknownAccount, NoSuchStep, CoolingDown, TriggerNotMet, FillTooSmall, InvalidStep of a pull from an account of
    ///      somebody else, SameAccount and AssetNotActivated of the tip, PriceUnavailable, StalePrice, PriceUnconfirmed; those of a
    ///      transfer; those of the check. See docs/plans.md.
    function executeStep(uint32 accountId, uint8 step, uint80 amount, uint32 tipAccountId)
        external
        returns (uint256 done, uint256 tipAtoms);

    /// @notice Make an account's quote balance the backstop. Restricted to the listing role, once.
    /// @dev Errors: AccessManagedUnauthorized, UnknownAccount, InvalidParameter.
    function setBackstop(uint32 accountId) external;
}
