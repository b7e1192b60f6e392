"""What those who trade with borrowed money do: decisions only, no chain."""

from dataclasses import dataclass

_SLICES = 8
"""In how many orders a position is opened, and brought down again."""
_CLOSING = 100
"""From when a position is brought down to when the rest of the debt is repaid [1/1000]."""
_KEPT_PERCENT = 80
"""Who lowers his risk brings his requirement down to this part of his equity [percent]."""
_LARGEST_REACH_BPS = 25
_COST_BPS = 6
"""What an order costs beyond its reach: fee and rounding [basis points]."""
_BPS = 10_000


@dataclass(frozen=True)
class LeverPlan:
    """Somebody who trades with more than he has. Times are in thousandths of the whole.

    Attributes:
        name: What he is called.
        dollars: What he brings in.
        leverage_percent: What he buys with it in all, negative if he sells short, of what he has.
        credit_percent: What he takes out on credit where there is no market for him to trade in,
            of what he brings in.
        opens: From when on he opens his position.
        opened: Until when.
        closes: From when on he sells enough to halve his debt; the rest he repays with tokens he
            has elsewhere. None if he stays to the end.
        is_stubborn: Whether he lowers his risk only below maintenance, not already when he may add
            no more.
    """

    name: str
    dollars: int
    leverage_percent: int
    credit_percent: int
    opens: int
    opened: int
    closes: int | None = None
    is_stubborn: bool = False

    @property
    def is_short(self) -> bool:
        """Whether he owes the asset instead of dollars."""
        return self.leverage_percent < 0

    def debt_dollars(self, *, in_wallet: bool) -> int:
        """Return what he comes to owe [dollars]."""
        if in_wallet:
            return self.dollars * self.credit_percent // 100
        percent = -self.leverage_percent if self.is_short else self.leverage_percent - 100
        return self.dollars * percent // 100


LEVERED = (
    LeverPlan("levered long", 300_000, 400, 60, opens=50, opened=250, closes=650),
    LeverPlan("short", 400_000, -200, 60, opens=100, opened=300),
    LeverPlan("stretched long", 60_000, 1_050, 88, opens=150, opened=350, is_stubborn=True),
)
"""One repays before the end, two stay; one goes as far as he may."""


@dataclass(frozen=True)
class Situation:
    """How somebody stands at the newest price. Money is in quote atoms.

    Attributes:
        done: What has passed of the whole time [1/1000].
        equity: What he has less what he owes.
        initial: What he needs to add risk.
        maintenance: What he needs to be left alone.
        is_paid: Whether he owes nothing.
        size: His position, or his debt where he does not trade; never negative [lots].
        debt: What he owes [lots at the newest price].
        goal: The size he wants to open [lots].
        goal_debt: What he owes then [lots].
    """

    done: int
    equity: int
    initial: int
    maintenance: int
    is_paid: bool
    size: int
    debt: int
    goal: int
    goal_debt: int

    @property
    def may_add(self) -> bool:
        """Whether he meets the initial requirement."""
        return self.is_paid or self.equity >= self.initial

    @property
    def is_maintained(self) -> bool:
        """Whether he meets the maintenance requirement."""
        return self.is_paid or self.equity >= self.maintenance


@dataclass(frozen=True)
class Grow:
    """Open more of the position [lots]."""

    lots: int


@dataclass(frozen=True)
class Shrink:
    """Take some of the position back, to lower one's risk or because it is time [lots]."""

    lots: int
    is_forced: bool


@dataclass(frozen=True)
class RepayAll:
    """Repay all that is left of a debt with tokens from elsewhere."""


Decision = Grow | Shrink | RepayAll


def decide(plan: LeverPlan, now: Situation, *, may_open: bool) -> Decision | None:
    """Return what somebody does in a situation, None if nothing.

    Args:
        plan: What he is up to.
        now: How he stands.
        may_open: Whether he still opens: not any more once he was done or had to take back.
    """
    fits = now.is_maintained if plan.is_stubborn else now.may_add
    if not fits:
        return Shrink(excess(now), is_forced=True) if now.size else None
    if plan.closes is not None and now.done >= plan.closes:
        return _close(plan.closes, now)
    missing = now.goal - now.size
    if may_open and now.may_add and plan.opens <= now.done <= plan.opened and missing > 0:
        return Grow(min(missing, -(-now.goal // _SLICES)))
    return None


def excess(now: Situation) -> int:
    """Return by how much a position is too large for the equity, all of it below zero [lots]."""
    if now.equity <= 0 or now.initial == 0:
        return now.size
    kept = now.size * now.equity * _KEPT_PERCENT // (now.initial * 100)
    return max(0, now.size - kept)


def reach_bps(equity: int, worth: int) -> int:
    """Return how far from the reference price who lowers his risk may trade [basis points].

    A trade must leave no less equity for each dollar at risk: what it costs is at most the share
    that equity has of the position. Negative if equity is too small for any cost: then only a price
    better than the reference will do.

    Args:
        equity: What he has less what he owes [quote atoms].
        worth: The position [quote atoms].
    """
    share = equity * _BPS // max(1, worth)
    return max(-_COST_BPS, min(_LARGEST_REACH_BPS, share - _COST_BPS))


def _close(closes: int, now: Situation) -> Decision | None:
    if now.debt == 0:
        return None
    if now.done >= closes + _CLOSING:
        return RepayAll()
    left = now.debt - now.goal_debt // 2
    return Shrink(min(left, -(-now.goal // _SLICES)), is_forced=False) if left > 0 else None
