"""Attacks on perps: marks, funding, unsettled profit, hedges stripped, and losers settled early."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import pytest

from tests.support.abi import Reverted
from tests.support.backend import rolled_back, user_address
from tests.support.perps import ETH_LOTS, MARGIN, MARK, PerpScene, make_perp_scene, required
from tests.support.scene import (
    ASK,
    BID,
    DOLLARS,
    ETH_UNIT,
    IOC,
    LOT,
    STRANGER,
    UNIT,
    order,
)
from tests.support.soundness import exchange_storage, refused
from tests.support.system import (
    BTC_PERP,
    DOLLAR,
    ETH_MARKET,
    ETH_PERP,
    ETH_PERP_TERMS,
    Side,
    System,
)
from worldmarkets.model import slots
from worldmarkets.model.interface import OrderRequest
from worldmarkets.model.perp_words import Q24, MarkWord, SampleWord

IMPACT = 10_000
"""Lots whose average price makes the premium."""
EDGE = 950
"""Ticks from the index to just within the band."""
MALLORY, MORTIMER, MORGAN = (user_address(0x666 + number) for number in range(3))
TEN_ETH = 10 * ETH_LOTS


@dataclass(frozen=True)
class Reading:
    """What a market has come to."""

    mark: MarkWord
    samples: SampleWord


def reading(perps: PerpScene) -> Reading:
    return Reading(perps.mark(), perps.samples())


def poke(perps: PerpScene) -> None:
    perps.system.poke_markets(ETH_PERP, sender=STRANGER)


# --------------------------------------------------------------- ORA-4: signs and rhythms


@pytest.fixture
def neutral(system: System) -> PerpScene:
    """A perp without interest, whose rate is the premium alone."""
    return make_perp_scene(system, replace(ETH_PERP_TERMS, interest=0, clamp=0))


def quote(perps: PerpScene, sign: int) -> None:
    """A book at 0.9 and 1.1 percent to one side of the index, the better one of impact size."""
    inner, outer = MARK + sign * 180, MARK + sign * 220
    near, far = (perps.perp_bid, perps.perp_ask) if sign > 0 else (perps.perp_ask, perps.perp_bid)
    near(perps.maker, inner, IMPACT)
    far(perps.taker, outer, IMPACT)


def follow(perps: PerpScene, every: int, until: int) -> SampleWord:
    """Poke at a rhythm, and once more a second after the end, which lets the last part count."""
    poke(perps)
    for _ in range(until // every):
        perps.wait(every)
        poke(perps)
    perps.wait(1)
    poke(perps)
    return perps.samples()


@pytest.mark.parametrize("sign", [1, -1])
def test_ora_4_averages_do_not_depend_on_the_rhythm_of_pokes(neutral: PerpScene, sign: int) -> None:
    quote(neutral, sign)
    found = []
    for every in (300, 100, 60, 10, 1):
        with rolled_back(neutral.system.backend):
            found.append((300 // every, follow(neutral, every, 300)))
    _, first = found[0]
    assert sign * first.mid_average > 8 * 10**9
    assert sign * first.premium_average > 7 * 10**8
    for steps, samples in found[1:]:
        # Each step is rounded towards the sample.
        assert 0 <= sign * (samples.mid_average - first.mid_average) <= steps
        assert 0 <= sign * (samples.premium_average - first.premium_average) <= steps


def test_ora_4_premium_below_the_index_mirrors_one_above(neutral: PerpScene) -> None:
    found: dict[int, Reading] = {}
    for sign in (1, -1):
        with rolled_back(neutral.system.backend):
            quote(neutral, sign)
            follow(neutral, 60, 600)
            found[sign] = reading(neutral)
    above, below = found[1].samples, found[-1].samples
    assert above.premium_average == -below.premium_average > 0
    assert above.mid_average == -below.mid_average > 0
    assert found[1].mark.rate == -found[-1].mark.rate > 0
    # It is paid on the mark, and the two marks are three tenths of a percent apart.
    up, down = found[1].mark.funding, found[-1].mark.funding
    assert up > 0 > down
    assert abs(up + down) * 300 < up


@pytest.mark.parametrize("sign", [1, -1])
def test_ora_4_mark_follows_the_rate_with_its_sign(perps: PerpScene, sign: int) -> None:
    """The rate is the middle one of three: the mark is on its side of the index."""
    rate = sign * 200_000
    now = perps.system.backend.time
    samples = SampleWord(mid_average=sign * 10**10, book_counted=sign * 10**5)
    perps.set_word(slots.sample(ETH_PERP), samples)
    perps.set_word(slots.mark(ETH_PERP), replace(perps.mark(), rate=rate, until=now + 300))
    poke(perps)
    assert perps.mark().mark == MARK * Q24 * (10**8 + rate) // 10**8


@pytest.mark.parametrize("sign", [1, -1])
def test_fund_1_what_one_side_pays_the_other_gets(neutral: PerpScene, sign: int) -> None:
    neutral.trade(neutral.long_account, neutral.short_account, ETH_LOTS)
    accounts = (neutral.long_account, neutral.short_account)
    quote(neutral, sign)
    before = [neutral.unsettled_units(account) for account in accounts]
    follow(neutral, 60, 600)
    word = replace(neutral.mark(), mark=MARK * Q24)
    neutral.set_word(slots.mark(ETH_PERP), word)
    paid = [
        neutral.unsettled_units(account) - was
        for account, was in zip(accounts, before, strict=True)
    ]
    assert paid[0] == -paid[1] == -ETH_LOTS * (word.funding >> 16)
    assert sign * paid[0] < 0


# --------------------------------------------------------------- ORA-5: quotes for a moment


def push(perps: PerpScene, sign: int) -> None:
    """Quotes as far from the index as the band lets them, at the moment of a poke alone."""
    side = BID if sign > 0 else ASK
    tick = MARK + sign * EDGE
    placed = perps.system.place(perps.taker, ETH_PERP, side, tick, IMPACT)
    poke(perps)
    perps.system.cancel(perps.taker, placed.order_id)


def trade_far_away(perps: PerpScene, sign: int) -> None:
    """A trade of two accounts with each other near the edge of the band."""
    tick = MARK + sign * EDGE
    perps.perp_ask(perps.long_account, tick, 10)
    assert perps.perp_bid(perps.short_account, tick, 10).filled_lots == 10


Attack = Callable[[PerpScene, int], None]


def nothing(perps: PerpScene, sign: int) -> None:
    """Nobody attacks."""


def poke_again(perps: PerpScene, sign: int) -> None:
    """Another honest poke, at the moment at which others attack."""
    perps.wait(1)
    poke(perps)


def push_once(perps: PerpScene, sign: int) -> None:
    """A second after the honest poke."""
    perps.wait(1)
    push(perps, sign)


def push_twice(perps: PerpScene, sign: int) -> None:
    """A second after the honest poke, and again long after."""
    push_once(perps, sign)
    perps.wait(20)
    poke(perps)
    perps.wait(1)
    push(perps, sign)


def push_both_ways(perps: PerpScene, sign: int) -> None:
    """To one side, and a second later to the other."""
    push_once(perps, sign)
    push_once(perps, -sign)


def hour(perps: PerpScene, attack: Attack, sign: int, honest_premium: int = 0) -> Reading:
    """An hour of honest pokes, one a minute, each followed by an attack; the price is steady."""
    if honest_premium:
        perps.perp_bid(perps.maker, MARK + honest_premium, IMPACT)
    start = perps.system.backend.time
    for minute in range(61):
        perps.system.backend.set_time(start + 60 * minute)
        perps.refresh()
        poke(perps)
        attack(perps, sign)
    perps.system.backend.set_time(start + 3_660)
    perps.refresh()
    poke(perps)
    return reading(perps)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("attack", [push_once, push_twice, push_both_ways])
def test_ora_5_quotes_pushed_and_pulled_earn_nothing(
    perps: PerpScene, attack: Attack, sign: int
) -> None:
    perps.trade(perps.long_account, perps.short_account, ETH_LOTS)
    with rolled_back(perps.system.backend):
        honest = hour(perps, nothing, sign)
    attacked = hour(perps, attack, sign)
    assert attacked.samples.premium_average == honest.samples.premium_average == 0
    assert attacked.samples.mid_average == honest.samples.mid_average == 0
    assert (attacked.mark.mark, attacked.mark.rate) == (honest.mark.mark, honest.mark.rate)
    # Each poke rounds what has accrued towards zero [2^-40 ticks].
    assert 0 <= honest.mark.funding - attacked.mark.funding <= 4 * 61


def test_ora_5_pushing_beyond_an_honest_premium_adds_nothing_to_it(perps: PerpScene) -> None:
    """Two tenths of a percent are honest. Of two samples the smaller one counts."""
    with rolled_back(perps.system.backend):
        honest = hour(perps, poke_again, 1, honest_premium=40)
    attacked = hour(perps, push_once, 1, honest_premium=40)
    assert honest.samples.premium_average > 200_000 * 10_000 * 60 // 100
    assert attacked.samples.premium_average == honest.samples.premium_average
    assert attacked.mark == honest.mark


@pytest.mark.parametrize("sign", [1, -1])
def test_ora_5_mark_is_moved_by_no_trade_and_no_quote_of_the_same_second(
    perps: PerpScene, sign: int
) -> None:
    poke(perps)
    perps.wait(30)
    perps.refresh()
    poke(perps)
    before = perps.mark()
    trade_far_away(perps, sign)
    push(perps, sign)
    perps.refresh()
    assert perps.mark() == before
    # Nor by the sample that sees them first: it counts for nothing alone.
    perps.wait(1)
    trade_far_away(perps, sign)
    push(perps, sign)
    assert (perps.mark().mark, perps.mark().rate) == (before.mark, before.rate)
    perps.wait(30)
    poke(perps)
    assert (perps.mark().mark, perps.mark().rate) == (before.mark, before.rate)


# --------------------------------------------------------------- MRG-1: the Mango script


@dataclass
class Gang:
    """Accounts of one attacker under several names, and what he has put in and taken out."""

    perps: PerpScene
    accounts: list[int] = field(default_factory=list)
    put_in: int = 0
    taken_out: int = 0

    def join(self, owner: str, cash: int) -> int:
        account = self.perps.trader(owner, cash)
        self.accounts.append(account)
        self.put_in += cash
        return account

    def settle_all(self) -> None:
        """Losers first, so that winners find what there is."""
        for account in sorted(self.accounts, key=self.perps.unsettled):
            self.perps.system.settle(account, ETH_PERP)

    def take_all_out(self) -> None:
        """Withdraw from each account as much as goes, on credit if that goes."""
        for account in self.accounts:
            atoms = self.most(account)
            if atoms:
                self.perps.system.borrow(account, 0, atoms * UNIT)
                self.taken_out += atoms

    def most(self, account: int) -> int:
        """The most that an account may take out."""
        low, high = 0, 10 * MARGIN * len(self.accounts)
        while low < high:
            middle = (low + high + 1) // 2
            with rolled_back(self.perps.system.backend):
                low, high = (middle, high) if self.passes(account, middle) else (low, middle - 1)
        return low

    def passes(self, account: int, atoms: int) -> bool:
        return tried(lambda: self.perps.system.borrow(account, 0, atoms * UNIT))


def tried(action: Callable[[], object]) -> bool:
    """Whether an action passes that margin alone may refuse."""
    try:
        action()
    except Reverted as error:
        if error.name not in {"UnsettledProfit", "BelowInitialMargin"}:
            raise
        return False
    return True


@pytest.fixture
def gang(perps: PerpScene) -> Gang:
    """A long and a short of 80 ETH, as much as their cash allows, at 2,000 dollars."""
    gang = Gang(perps)
    long, short = gang.join(MALLORY, MARGIN), gang.join(MORTIMER, MARGIN)
    gang.join(MORGAN, MARGIN)
    perps.trade(long, short, 80 * ETH_LOTS)
    return gang


def lose_to_a_friend(gang: Gang) -> bool:
    """The winner buys dear from the third account or sells cheap to it, in both markets.

    Whether any of it passed.
    """
    perps, (long, short, friend) = gang.perps, gang.accounts
    index = perps.mark().mark // Q24
    won_by_long = index > MARK
    winner, side = (long, BID) if won_by_long else (short, ASK)
    tick = index * 104 // 100 if won_by_long else index * 96 // 100
    perps.system.fund(friend, 1, 10 * LOT * ETH_UNIT)
    gang.put_in += 10 * index * 100
    passed = False
    for market, lots in ((ETH_PERP, ETH_LOTS), (ETH_MARKET, 10)):
        offer = partial(perps.system.place, friend, market, Side(1 - side), tick, lots)
        take = partial(perps.system.place, winner, market, side, tick, lots, IOC)
        passed |= tried(offer) and tried(take)
    return passed


PATHS = {
    "pumped 24 times": (48_000,),
    "pumped in steps": (2_180, 2_390, 2_620, 2_880, 3_160),
    "pumped and back": (48_000, 2_000),
    "dumped": (1_850, 1_500, 600),
    "dumped and pumped": (600, 48_000),
    "up and down": (2_190, 1_990, 2_180, 1_980, 2_170),
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("friendly", [False, True])
def test_mrg_1_nobody_takes_out_more_than_was_put_in(
    gang: Gang, path: tuple[int, ...], friendly: bool
) -> None:
    perps, has_lost = gang.perps, False
    lent = perps.totals()
    for dollars in path:
        perps.wait(10)
        perps.move_index(dollars)
        gang.take_all_out()
        perps.pass_pause()
        gang.settle_all()
        if friendly:
            has_lost |= lose_to_a_friend(gang)
            gang.settle_all()
        gang.take_all_out()
        assert gang.taken_out <= gang.put_in
    assert has_lost == friendly
    # What was given to the friend as spot may secure a loan; nothing else does.
    assert friendly or perps.totals() == lent


def test_mrg_1_profit_of_a_pump_is_neither_borrowed_against_nor_withdrawn(gang: Gang) -> None:
    """80 ETH are worth 24 times as much; of the two million dollars nothing is paid."""
    perps, (winner, loser, _) = gang.perps, gang.accounts
    perps.move_index(48_000)
    margin = perps.margin(winner)
    assert margin.equity_atoms > 3_000_000 * DOLLARS
    assert margin.settled_atoms == MARGIN
    needed = required(80 * ETH_LOTS, 48_000)
    with refused(perps.system, "UnsettledProfit", winner, MARGIN - 1, needed):
        perps.system.withdraw(winner, 0, UNIT)
    # A debt is rounded up.
    with refused(perps.system, "UnsettledProfit", winner, -MARGIN - 1, needed):
        perps.system.borrow(winner, 0, 2 * MARGIN * UNIT)
    perps.bid(perps.maker, 480_000, 1)
    perps.ask(perps.maker, 480_001, 1_000)
    with pytest.raises(Reverted, match="UnsettledProfit"):
        perps.bid(winner, 480_001, 1_000, IOC)
    # What the loser has is all that there is to draw.
    assert perps.system.settle(loser, ETH_PERP) == -MARGIN
    perps.pass_pause()
    assert perps.system.settle(winner, ETH_PERP) == MARGIN


def test_profit_not_settled_is_not_carried_out_by_a_maker(system: System) -> None:
    """In another perp, into whose pool honest losers have paid: the order is removed, unfilled.

    Its owner has won 70,400 dollars from an account that can not pay, and offers four per cent of
    600,000 dollars to an accomplice.
    """
    perps = make_perp_scene(system)
    terms = replace(
        ETH_PERP_TERMS, atoms_per_lot=1_000, maker_ppm=0, position_cap_lots=2**25,
        open_interest_cap_lots=2**30,
    )  # fmt: skip
    system.list_perp_market(2, terms)
    honest = [perps.trader(user_address(0x40 + n), 100 * MARGIN) for n in range(2)]
    thief = perps.trader(MALLORY, 10 * MARGIN)
    tick = perps.mark(BTC_PERP).mark // Q24
    system.place(honest[0], BTC_PERP, ASK, tick, 1_000_000)
    system.place(honest[1], BTC_PERP, BID, tick, 1_000_000, IOC)
    system.set_price(2, 58_000 * DOLLAR)
    system.settle(honest[1], BTC_PERP)
    winner = perps.long_account
    perps.trade(winner, perps.short_account, 80 * ETH_LOTS)
    for dollars in (2_190, 2_400, 2_630, 2_880):
        perps.wait(10)
        perps.move_index(dollars)
    perps.refresh()
    before = perps.margin(winner)
    tick = perps.mark(BTC_PERP).mark // Q24
    system.place(winner, BTC_PERP, BID, tick * 104 // 100, 1_000_000)
    assert system.place(thief, BTC_PERP, ASK, tick * 104 // 100, 1_000_000, IOC).filled_lots == 0
    assert perps.margin(winner).settled_atoms == before.settled_atoms
    assert perps.orders(tick * 104 // 100, BTC_PERP) == []


# --------------------------------------------------------------- MRG-3: margin of a winner


@pytest.mark.parametrize("rise", [2_050, 2_150])
@pytest.mark.parametrize("draws", [False, True])
@pytest.mark.parametrize("fall_bps", [100, 450, 800, 1_500])
@pytest.mark.parametrize("side", [BID, ASK])
def test_mrg_3_deficit_after_a_withdrawal_is_within_what_the_requirement_covers(
    perps: PerpScene, rise: int, draws: bool, fall_bps: int, side: Side
) -> None:
    """Ten ETH, withdrawn to the limit from a winner, with his profit drawn or not."""
    gang = Gang(perps)
    winner = gang.join(MALLORY, MARGIN)
    other = perps.trader(MORTIMER, 10 * MARGIN)
    gain = rise - 2_000 if side is BID else 2_000 - rise
    perps.trade(*((winner, other) if side is BID else (other, winner)), TEN_ETH)
    perps.move_index(2_000 + gain)
    if draws:
        perps.system.settle(other, ETH_PERP)
        perps.pass_pause()
        perps.system.settle(winner, ETH_PERP)
    gang.take_all_out()
    price = 2_000 + gain
    margin = perps.margin(winner)
    assert margin.settled_atoms >= margin.initial_atoms >= required(TEN_ETH, price)
    # It moves against him.
    sign = -1 if side is BID else 1
    later = price + sign * price * fall_bps // 10_000
    perps.move_index(later)
    lost = 10 * abs(later - price) * DOLLARS
    equity = perps.margin(winner).equity_atoms
    assert equity >= required(TEN_ETH, price) - lost
    if fall_bps <= 450:
        # And enough is left to pay for getting out.
        assert equity >= 10 * price * DOLLARS * 50 // 10_000


# --------------------------------------------------------------- MRG-5: a hedge stripped


@pytest.fixture
def hedged(perps: PerpScene) -> int:
    """An account with ten ETH of spot, bought on credit, and ten ETH short; 700 dollars of equity.

    The hedge needs 600 dollars, either leg alone 1,000.
    """
    account = perps.trader(MALLORY, 714 * DOLLARS)
    perps.ask(perps.maker, MARK, TEN_ETH)
    perps.perp_bid(perps.taker, MARK, TEN_ETH)
    legs = [
        order(BID, MARK, TEN_ETH, IOC),
        order(ASK, MARK, TEN_ETH, IOC, market=ETH_PERP),
    ]
    _, results = perps.system.batch(account, (), legs)
    assert [result.filled_lots for result in results] == [TEN_ETH, TEN_ETH]
    assert perps.margin(account).initial_atoms == 600 * DOLLARS
    # Both stand ready to let it close.
    perps.bid(perps.maker, MARK, TEN_ETH)
    perps.perp_ask(perps.taker, MARK, TEN_ETH)
    return account


CLOSE_PERP = order(BID, MARK, TEN_ETH, IOC, market=ETH_PERP, reduce_only=True)
CLOSE_SPOT = order(ASK, MARK, TEN_ETH, IOC, reduce_only=True)


@pytest.mark.parametrize("leg", [CLOSE_PERP, CLOSE_SPOT], ids=["perp", "spot"])
@pytest.mark.parametrize("poor", [False, True])
def test_mrg_5_one_leg_of_a_hedge_is_not_closed_as_reduce_only(
    perps: PerpScene, hedged: int, leg: OrderRequest, poor: bool
) -> None:
    """Neither while the hedge is well covered, nor when it is below what it needs."""
    if poor:
        lose_equity(perps, hedged, 200 * DOLLARS)
    before = exchange_storage(perps.system)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        perps.system.place_order(hedged, leg)
    assert exchange_storage(perps.system) == before


def lose_equity(perps: PerpScene, account: int, atoms: int) -> None:
    """Let an account owe so much more."""
    perps.set_equity(account, perps.margin(account).equity_atoms - atoms)


@pytest.mark.parametrize("tick", [MARK - 1, MARK - 100])
def test_mrg_5_resting_order_that_would_strip_a_hedge_is_refused(
    perps: PerpScene, hedged: int, tick: int
) -> None:
    lose_equity(perps, hedged, 200 * DOLLARS)
    leg = order(BID, tick, TEN_ETH, market=ETH_PERP, reduce_only=True)
    before = exchange_storage(perps.system)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        perps.system.place_order(hedged, leg)
    assert exchange_storage(perps.system) == before


def test_mrg_5_both_legs_of_a_hedge_close_together(perps: PerpScene, hedged: int) -> None:
    lose_equity(perps, hedged, 200 * DOLLARS)
    _, results = perps.system.batch(hedged, (), [CLOSE_PERP, CLOSE_SPOT])
    assert [result.filled_lots for result in results] == [TEN_ETH, TEN_ETH]
    assert perps.position(hedged).size == perps.base(hedged) == 0


@pytest.mark.parametrize("lots", [1_000, 10_000, 15_000])
def test_mrg_5_leg_larger_than_its_hedge_is_reduced(
    perps: PerpScene, hedged: int, lots: int
) -> None:
    """Twenty ETH short against ten: as that de-risks, it passes."""
    perps.system.fund(hedged, 0, 2_000 * DOLLARS * UNIT)
    perps.perp_bid(perps.taker, MARK - 1, TEN_ETH)
    assert perps.perp_ask(hedged, MARK - 1, TEN_ETH, IOC).filled_lots == TEN_ETH
    perps.perp_ask(perps.taker, MARK, TEN_ETH)
    lose_equity(perps, hedged, perps.margin(hedged).equity_atoms - 500 * DOLLARS)
    before = perps.margin(hedged)
    assert before.equity_atoms < before.initial_atoms == 1_600 * DOLLARS
    assert perps.perp_bid(hedged, MARK, lots, IOC, reduce_only=True).filled_lots == lots
    assert perps.margin(hedged).initial_atoms < before.initial_atoms


# --------------------------------------------------------------- LIQ-K: a loser settled early


@pytest.mark.parametrize("cash", [0, 1, 50 * DOLLARS, 5_000 * DOLLARS])
@pytest.mark.parametrize("owes", [False, True])
@pytest.mark.parametrize("lends", [False, True])
def test_liq_k_stranger_who_settles_a_loser_makes_no_debt(
    perps: PerpScene, cash: int, owes: bool, lends: bool
) -> None:
    """At every price on the way down: only positive cash moves, and lenders stand as before."""
    loser, system = perps.long_account, perps.system
    perps.trade(loser, perps.short_account, TEN_ETH)
    system.fund(loser, 1, TEN_ETH * LOT * ETH_UNIT)
    perps.take_cash(loser, MARGIN - cash)
    if lends:
        system.set_lent(loser, 0)
    if owes:
        system.borrow(loser, 0, (cash + 100 * DOLLARS) * UNIT)
    for dollars in (1_950, 1_850, 1_750, 1_400, 900):
        perps.move_index(dollars)
        owed, supplied = perps.totals().borrow_shares, perps.totals().supply_shares
        had, margin = perps.atoms(loser), perps.margin(loser)
        moved = system.settle(loser, ETH_PERP, sender=STRANGER)
        assert -max(had, 0) <= moved <= 0
        assert perps.atoms(loser) >= min(had, 0)
        totals = perps.totals()
        assert totals.borrow_shares == owed
        assert totals.supply_shares <= supplied
        assert lends or totals.supply_shares == supplied
        # He neither gains nor loses by it, to an atom against him.
        later = perps.margin(loser)
        assert -1 <= later.equity_atoms - margin.equity_atoms <= 0
        assert later.initial_atoms == margin.initial_atoms
    assert perps.base(loser) == TEN_ETH * LOT


def test_liq_k_loss_that_cash_does_not_cover_stays_with_the_position(perps: PerpScene) -> None:
    """It is a perp's loss still, not a loan: the winner waits for it, no lender does."""
    loser, winner = perps.long_account, perps.short_account
    perps.trade(loser, winner, TEN_ETH)
    perps.take_cash(loser, MARGIN - 600 * DOLLARS)
    perps.move_index(1_850)
    lent = perps.totals()
    assert perps.system.settle(loser, ETH_PERP, sender=STRANGER) == -600 * DOLLARS
    for _ in range(2):
        assert perps.system.settle(loser, ETH_PERP, sender=STRANGER) == 0
    assert perps.unsettled(loser) == -(1_500 - 600) * DOLLARS - 7 * DOLLARS
    assert perps.totals() == lent
    perps.pass_pause()
    assert perps.system.settle(winner, ETH_PERP, sender=STRANGER) == 600 * DOLLARS
