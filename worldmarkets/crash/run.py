"""One crash from its tape to its result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from worldmarkets.atlas import RiskSet, load_risk_set
from worldmarkets.crash import checks, closing
from worldmarkets.crash.compare import Rivals
from worldmarkets.crash.path import opening
from worldmarkets.crash.population import (
    DOLLAR,
    PPM,
    Holder,
    Kind,
    deleveraged,
    generated,
    requirement,
)
from worldmarkets.crash.replay import Replay, Sample
from worldmarkets.crash.results import Health, Losses, Result, Setting
from worldmarkets.crash.rivals import Measures
from worldmarkets.crash.sample import SampleResult, run_sample
from worldmarkets.crash.scene import Scene, make_scene
from worldmarkets.crash.straddle import Straddle, StraddleResult
from worldmarkets.crash.tape import Tape
from worldmarkets.model.liquidation import protection

GENERATED, ADL = "generated", "adl"
STRADDLE_DOLLARS = 1_000_000
"""Size of a side of the straddle."""
STRADDLE_ACCOUNTS = 100
"""Portfolios beside it."""
_DEEP = 100
"""How much deeper books are for the straddle: it is to trade at the best price there is."""
_ATTACKER = 0xC0
SAMPLE_MINUTES = 60
"""How much of a crash goes over a node."""


@dataclass(frozen=True)
class Choice:
    """What is run, besides the crash.

    Attributes:
        risk_set: Name of the set of risk parameters.
        population: GENERATED, or ADL with `accounts_file`.
        accounts: How many portfolios.
        seed: Of all chance.
        node_accounts: How many of them go over a node, 0 for none.
        accounts_file: Accounts that were auto-deleveraged.
    """

    risk_set: str
    population: str = GENERATED
    accounts: int = 1_000
    seed: int = 7
    node_accounts: int = 0
    accounts_file: Path | None = None

    def holders(self, tape: Tape, count: int) -> list[Holder]:
        """Return portfolios for the assets of a tape; raises DataFileError."""
        names, chosen = [pair.symbol for pair in tape.pairs], self.load()
        if self.population == ADL and self.accounts_file is not None:
            return deleveraged(self.accounts_file, count, names, chosen, self.seed)
        return generated(count, names, chosen, self.seed)

    def load(self) -> RiskSet:
        """Read the set of risk parameters; raises RiskSetError."""
        return load_risk_set(self.risk_set)


@dataclass(frozen=True)
class Ran:
    """A result, and what a picture is drawn from."""

    result: Result
    tape: Tape
    samples: Sequence[Sample]


def run(tape: Tape, choice: Choice, report: Callable[[int], None] = lambda _: None) -> Ran:
    """Replay a crash, and all that it is compared with.

    Args:
        tape: The crash.
        choice: What is run.
        report: Told of every minute of the main replay that has passed.

    Raises:
        DataFileError, RiskSetError: a file can not be used.
        SampleError: the node did something else than the model.
    """
    scene = make_scene(tape, choice.risk_set, choice.holders(tape, choice.accounts))
    before, rivals = checks.read_before(scene), Rivals(scene)
    replay = Replay(scene, report)
    replay.run()
    acted = scene.plans.acted | scene.payments.filled
    faults = checks.untouched(scene, before, replay.healths.ever | acted)
    health = _health(scene, replay)
    closing.settle(scene)
    faults += [
        *checks.funds_add_up(scene, before),
        *checks.shortfalls_add_up(scene),
        *checks.invariants(scene),
        *scene.payments.faults,
        *scene.plans.faults,
    ]
    result = Result(
        _setting(scene, tape, choice, before),
        health,
        scene.payments.slices,
        len(scene.payments.sliced_accounts),
        _losses(scene),
        _measures(scene),
        rivals.run(replay.steps),
        scene.plans.finish(scene.payments.sliced_accounts),
        run_straddle(tape, choice),
        _sample(tape, choice),
        faults,
    )
    return Ran(result, tape, replay.samples)


def run_straddle(tape: Tape, choice: Choice) -> StraddleResult:
    """Hold a straddle of the first asset through a crash, beside a few portfolios."""
    scene = make_scene(tape, choice.risk_set, choice.holders(tape, STRADDLE_ACCOUNTS))
    scene.held = tuple(_DEEP * held for held in scene.held)
    names = [pair.symbol for pair in tape.pairs]
    known, prices = scene.desk.underlyings[0], opening(tape.minutes[0].candles)
    needed = requirement(Kind.LONG, 0, names, choice.load(), STRADDLE_DOLLARS)
    lots = STRADDLE_DOLLARS * DOLLAR // known.lot_atoms(prices[0])
    margin_ppm = needed * PPM // (STRADDLE_DOLLARS * DOLLAR)
    straddle = Straddle(scene.desk, known, lots, margin_ppm, _ATTACKER, scene.watch)
    straddle.begin(prices)
    Replay(scene, actors=[straddle]).run()
    closing.settle(scene)
    return straddle.result()


def _sample(tape: Tape, choice: Choice) -> SampleResult | None:
    if not choice.node_accounts:
        return None
    holders = choice.holders(tape, choice.node_accounts)
    return run_sample(tape.worst(SAMPLE_MINUTES), choice.risk_set, holders)


def _setting(scene: Scene, tape: Tape, choice: Choice, before: checks.Before) -> Setting:
    first, last = tape.minutes[0].candles, tape.minutes[-1].candles
    moves, worst = {}, {}
    for place, pair in enumerate(tape.pairs):
        candles = [minute.candles[place] for minute in tape.minutes]
        extreme = min(one.low for one in candles) if tape.falls else max(c.high for c in candles)
        moves[pair.symbol] = int((last[place].close / first[place].open - 1) * PPM)
        worst[pair.symbol] = int((extreme / first[place].open - 1) * PPM)
    return Setting(
        tape.name,
        choice.risk_set,
        choice.population,
        choice.seed,
        len(tape.minutes),
        len(scene.portfolios),
        sum(scene.held),
        before.insurance + before.backstop,
        moves,
        worst,
    )


def _health(scene: Scene, replay: Replay) -> Health:
    found = replay.healths
    return Health(
        len(scene.portfolios) - len(found.ever),
        len(found.ever),
        found.crossings,
        found.gaps,
        found.below_zero,
        len(scene.payments.flagged),
        len(scene.keeper.flagged),
        scene.payments.removed,
    )


def _losses(scene: Scene) -> Losses:
    paid = scene.payments
    perps = {known.perp.market_id: known.perp.symbol for known in scene.desk.underlyings}
    return Losses(
        paid.deficits,
        paid.bidders,
        len(paid.bankrupt),
        paid.recognised,
        sum(_left(scene, account_id) for account_id in paid.bankrupt),
        paid.repaid_insurance,
        paid.repaid_backstop,
        paid.drawn_lines,
        paid.repaid_lines,
        {perps[market]: atoms for market, atoms in paid.shortfalls.items()},
        {perps[market]: atoms for market, atoms in paid.cancelled.items()},
        len(paid.cut),
        paid.drawn,
        {scene.desk.assets[asset].symbol: atoms for asset, atoms in paid.pool_losses.items()},
    )


def _left(scene: Scene, account_id: int) -> int:
    """Return what an account is worth to its owner [quote atoms]."""
    owed = protection.owed_atoms(scene.desk.state, account_id)
    return max(0, scene.keeper.standings.of(account_id).equity - owed)


def _measures(scene: Scene) -> Measures:
    """Return what slices have done, in the words of the other ways to liquidate.

    Of losses, bonds are the owner's own: they are margin there.
    """
    paid, bought = scene.payments, scene.liquidators.bought
    both = (paid.deficits, paid.bidders)
    repaid = paid.repaid_insurance + paid.repaid_backstop
    cut = sum(one.shortfall + one.lenders for one in both)
    return Measures(
        accounts=len(paid.sliced_accounts),
        closed=bought.gross,
        needless=bought.needless,
        costs=bought.given_up - paid.fees,
        deficits=sum(one.total - one.bonds for one in both),
        fund_paid=sum(one.insurance + one.backstop for one in both) - repaid,
        fund_earned=paid.fees,
        cut=cut,
    )
