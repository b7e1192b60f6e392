"""What the client returns of accounts in trouble: decimals of whole tokens, fractions of one."""

from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.model.liquidation_interface import PlanAction, Trigger
from worldmarkets.model.liquidation_words import LineState


@dataclass(frozen=True)
class LiquidationState:
    """Liquidation as a whole [quote tokens].

    `lines` is what can be drawn of all standby lines, offers included. `insurance` and `backstop`
    are what the funds have, `backstop_account` is None where there is no backstop. Lenders and the
    backstop wait until `paused_until` [seconds] where a price has just moved fast. `shortfalls` of
    perps, by symbol, are parts of deficits that nobody paid: see `PerpMarket.paid_share`.
    """

    flagged: int
    in_deficit: int
    bonds: Decimal
    lines: Decimal
    insurance: Decimal
    backstop_account: int | None
    backstop: Decimal
    paused_until: int
    shortfalls: dict[str, Decimal]


@dataclass(frozen=True)
class Auction:
    """What a flagged account costs now [quote tokens].

    `price` is that of the whole account, negative where whoever takes it is paid; `fee` is part of
    it. Between `least` and `most` of the account is sold at once, as fractions of one. Until
    `window_end` only its plan and chosen liquidators act; the price falls since `clock_start`
    [seconds].
    """

    price: Decimal
    fee: Decimal
    least: Decimal
    most: Decimal
    window_end: int
    clock_start: int

    @property
    def is_for_sale(self) -> bool:
        """Whether slices are sold: not while the account is healthy or protected."""
        return self.most > 0


@dataclass(frozen=True)
class Standing:
    """Where an account stands [quote tokens].

    Its `equity` is what it is worth at the last marks; `initial`, `end` and `maintenance` are what
    it needs to add risk, to end a liquidation, and to be healthy; only the first counts resting
    orders. `locked` is its bond and what can be drawn of its lines. It can be flagged while
    `equity` with `locked` is below `maintenance`, unless it is `is_paid`: owes nothing and uses no
    perp. `exit_cost` is what getting out of all legs costs, `gross` what they are worth, short ones
    included. `claims` is what funds have paid for it, `drawn` what lenders of lines have. Its
    orders may rest while it `is_live`. `auction` is None unless it is flagged.
    """

    account_id: int
    is_flagged: bool
    is_live: bool
    is_in_deficit: bool
    is_paid: bool
    equity: Decimal
    initial: Decimal
    end: Decimal
    maintenance: Decimal
    exit_cost: Decimal
    gross: Decimal
    locked: Decimal
    claims: Decimal
    drawn: Decimal
    auction: Auction | None

    @property
    def to_initial(self) -> Decimal:
        """Equity beyond what adding risk needs, negative if it is not met."""
        return self.equity - self.initial

    @property
    def to_end(self) -> Decimal:
        """Equity beyond where a liquidation ends."""
        return self.equity - self.end

    @property
    def to_maintenance(self) -> Decimal:
        """Equity beyond what is needed to be healthy."""
        return self.equity - self.maintenance

    @property
    def to_flag(self) -> Decimal:
        """What the account may lose before it can be flagged, if requirements stay as they are."""
        return self.to_maintenance + self.locked

    @property
    def is_healthy(self) -> bool:
        """Whether it has what maintenance requires, or needs none."""
        return self.is_paid or self.to_maintenance >= 0


@dataclass(frozen=True)
class Line:
    """A standby line of a lender's account [quote tokens].

    It can be accepted or drawn until `expiry`; its lender may close it from `closes_at` on, None
    before notice [seconds]. `fee` is what accepting it costs, while it is offered.
    """

    lender_account: int
    state: LineState
    locked: Decimal
    drawn: Decimal
    fee: Decimal
    expiry: int
    closes_at: int | None


@dataclass(frozen=True)
class Protection:
    """What is locked for an account, and what the funds have paid for it [quote tokens]."""

    bond: Decimal
    insurance_claim: Decimal
    backstop_claim: Decimal
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Slice:
    """A slice that was taken.

    `fraction` of the portfolio moved, `paid` is what it cost, negative if its bidder was paid, and
    `fee` part of it [quote tokens]; `equity` is what the account is worth after it.
    """

    fraction: Decimal
    paid: Decimal
    fee: Decimal
    equity: Decimal


@dataclass(frozen=True)
class Step:
    """A step of a risk plan; markets and assets by symbol or id.

    Args:
        trigger: What it looks at.
        threshold: Where it fires. HEALTH: equity over maintenance, at least one. PRICE: dollars a
            token. FUNDING: of the mark for 8 hours, of its perp. BORROW_RATE: a year, before
            compounding; of a perp that of the quote asset.
        is_below: Whether it fires at or below the threshold; else at or above it.
        action: REDUCE a perp, SELL what there is of a market's base asset or REPAY what is owed of
            it, or PULL an asset from another account of the owner.
        target: The market it trades in, or the asset it pulls.
        size: The most that it ever does [base tokens, or tokens].
        min_fill: The least that it does at once, while as much is left.
        slippage: How much worse than the mark it may trade, as a fraction.
        cooldown: How long it waits after it has done something [seconds].
        tip: What is paid to whoever executes it, of what it trades or pulls, as a fraction.
        source: Account that it pulls from.
    """

    trigger: Trigger
    threshold: Decimal
    is_below: bool
    action: PlanAction
    target: str | int
    size: Decimal
    min_fill: Decimal = Decimal(0)
    slippage: Decimal = Decimal(0)
    cooldown: int = 0
    tip: Decimal = Decimal(0)
    source: int = 0


@dataclass(frozen=True)
class PlannedStep:
    """A step of an account's plan as it stands: `step.size` is what is left of it.

    `index` is its place in the plan; it waits until `ready_at` [seconds].
    """

    index: int
    step: Step
    ready_at: int
