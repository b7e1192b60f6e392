"""The flat margin: its fields and its comparison against formulas in fractions, and that whatever
it lets pass meets the requirement itself."""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.words import words_of
from tests.support.harness import Harness
from tests.support.properties import unsigned
from worldmarkets.atlas.margin import equity, initial_requirement
from worldmarkets.model import holdings, risk, slots
from worldmarkets.model.perp_words import Q24, MarkWord, PositionWord, wrapped
from worldmarkets.model.perps import flat_margin
from worldmarkets.model.reference import market_risk
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    AccountWord,
    BookWord,
    LedgerWord,
    RiskWord,
    UnderlyingWord,
    perp_market,
    spot_market,
)

ACCOUNT, ASSET = 7, 1
DEPTH_UNIT = 10**10
"""Quote atoms in a unit of depth and of the limit."""
LARGEST_BALANCE = 2**95 - 1
LATEST = 2**32 - 1
FLAT = Fraction(1, 10_000)


@pytest.fixture(scope="module")
def flat() -> Harness:
    return Harness("FlatMarginHarness")


@pytest.fixture(scope="module")
def books() -> Harness:
    return Harness("BookWordHarness")


@pytest.fixture(scope="module")
def small() -> Harness:
    return Harness("SmallWordsHarness")


# --------------------------------------------------------------- words


@given(words_of(BookWord), unsigned(32), unsigned(16), unsigned(16), unsigned(64))
def test_flat_margin_is_where_a_spot_market_has_the_atoms_of_a_lot(
    books: Harness, book: BookWord, until: int, bps: int, limit: int, lot: int
) -> None:
    word = books.read("withFlatMargin", book.pack(), until, bps, limit)
    assert word == book.with_flat_margin(until, bps, limit).pack()
    later = BookWord.unpack(word)
    assert replace(later, atoms_per_lot=book.atoms_per_lot) == book
    assert books.read("flatMargin", word) == (until, bps, limit)
    assert (later.flat_until, later.flat_bps, later.flat_limit) == (until, bps, limit)
    assert books.read("openPerLot", replace(book, atoms_per_lot=lot).pack(), False) == lot
    assert books.read("openPerLot", word, True) == 1


@given(words_of(AccountWord), st.integers(0, 43), st.integers(0, 43))
def test_account_uses_only_what_it_says(
    small: Harness, account: AccountWord, asset: int, other: int
) -> None:
    market = perp_market(asset)
    only = replace(account, live=1, assets=1, perps=1 << asset)
    assert small.read("accountUsesOnly", only.pack(), market)
    for word in (
        replace(only, live=0),
        replace(only, assets=0),
        replace(only, perps=0),
        replace(only, assets=1 | 2 << other % 43),
        replace(only, perps=1 << asset | 1 << (asset + 1 + other) % 44),
    ):
        assert small.read("accountUsesOnly", word.pack(), market) == (word == only)
    only = replace(only, assets=1 | 1 << asset, perps=0)
    assert small.read("accountUsesOnly", only.pack(), spot_market(asset))
    exact = account.live and account.assets == 1 and account.perps == 1 << asset
    assert small.read("accountUsesOnly", account.pack(), market) == bool(exact)


# --------------------------------------------------------------- the fields


def rate_of(underlying: UnderlyingWord, market: RiskWord) -> int:
    """The rate in basis points: shock, exit, an eighth of what the size term may at most add of
    both, and what the price is not sure of; each rounded up."""
    own = underlying.iota_bps + underlying.perp_exit_bps
    shock = ceil(Fraction(market.sigma_bps * underlying.beta_milli, 1_000))
    return shock + own + ceil(Fraction(own, 8)) + 10_000 - underlying.confidence_bps


UNDERLYINGS = st.builds(
    lambda word, confidence: replace(word, confidence_bps=confidence),
    words_of(UnderlyingWord),
    st.sampled_from((0, 8_999, 9_000, 10_000)) | st.integers(9_000, 10_000),
)
RISKS = st.builds(
    lambda sigma, peg: RiskWord(sigma, 80, 60, peg),
    unsigned(12),
    st.sampled_from((0, 1, 9_899, 9_900, 10_000, 65_535)),
)
LARGEST = UnderlyingWord(
    confidence_bps=9_000,
    time=1,
    beta_milli=4_095,
    iota_bps=16_383,
    perp_exit_bps=4_095,
    depth=65_535,
)


@given(words_of(BookWord), UNDERLYINGS, RISKS)
@example(BookWord(), LARGEST, RiskWord(sigma_bps=4_095))
@example(BookWord(), replace(LARGEST, confidence_bps=8_999), RiskWord())
@example(BookWord(), replace(LARGEST, unconfirmed=1), RiskWord())
@example(BookWord(), replace(LARGEST, depth=7, time=LATEST - 61), RiskWord(peg_bps=9_900))
@example(BookWord(), replace(LARGEST, depth=8, time=LATEST - 60), RiskWord(peg_bps=9_899))
@example(BookWord(), replace(LARGEST, depth=0, time=LATEST - 59), RiskWord(1, peg_bps=65_535))
@example(BookWord(), UnderlyingWord(confidence_bps=10_000), RiskWord())
def test_flat_margin_is_renewed_from_price_and_risk(
    flat: Harness, book: BookWord, underlying: UnderlyingWord, market: RiskWord
) -> None:
    word = flat.call("renewed", book.pack(), underlying.pack(), market.pack())
    good = not underlying.unconfirmed and underlying.confidence_bps >= 9_000
    good = good and (market.peg_bps == 0 or market.peg_bps >= 9_900)
    until = min(underlying.time + 60, LATEST) if good else 0
    limit = underlying.depth // 8 if underlying.depth else 65_535
    assert word == book.with_flat_margin(until, rate_of(underlying, market), limit).pack()

    state = State({slots.underlying(ASSET): underlying.pack(), slots.risk(): market.pack()})
    assert flat_margin.renewed(state, book, ASSET).pack() == word


def test_largest_parameters_have_a_rate_that_fits() -> None:
    """Of a price of no confidence, too, for which it does not count."""
    least = replace(LARGEST, confidence_bps=0)
    assert rate_of(least, RiskWord(sigma_bps=4_095)) == 49_808 < 2**16


# --------------------------------------------------------------- the comparison


@dataclass(frozen=True)
class Terms:
    """Worth of a position at its worst and of its orders, rounded up, and its profit or loss,
    rounded down [quote atoms]."""

    worth: int
    orders: int
    profit: int

    def needed(self, bps: int) -> Fraction:
        """Rate, free band, and an atom for each of four roundings [quote atoms]."""
        return (bps * self.worth + 50 * self.orders) * FLAT + 4

    def settled(self, cash: int) -> int:
        """Cash with a loss paid and a profit left out [quote atoms]."""
        return cash + min(0, self.profit)


def terms_of(mark: MarkWord, position: PositionWord, now: int) -> Terms:
    """What the words of a position and its market come to."""
    lot = Fraction(mark.mark * mark.tick_value, Q24)
    lots = max(position.size + position.open_bids, position.open_asks - position.size)
    units = wrapped(position.size * (mark.mark - funding_of(mark, now)) + position.cash)
    return Terms(
        ceil(lots * lot),
        ceil((position.open_bids + position.open_asks) * lot),
        floor(Fraction(units * mark.tick_value, Q24)),
    )


def funding_of(mark: MarkWord, now: int) -> int:
    """The funding index, rounded down [2^-24 ticks]."""
    seconds = max(0, min(now, mark.until) - mark.time)
    grown = mark.mark * 2**16 * abs(mark.rate) * seconds // (28_800 * 10**8)
    return mark.funding + (grown if mark.rate > 0 else -grown) >> 16


def covers(flat: Harness, cash: int, book: BookWord, mark: MarkWord, held: PositionWord) -> bool:
    answer = flat.read("covers", cash, book.pack(), mark.pack(), held.pack())
    assert isinstance(answer, bool)
    return answer


def marks(now: int) -> st.SearchStrategy[MarkWord]:
    """Mark words whose rate has run for some time and may still."""
    return st.builds(
        MarkWord,
        st.integers(1, 2**48 - 1) | st.integers(1, 2**32),
        st.integers(-(2**79), 2**79 - 1) | st.integers(-(2**50), 2**50),
        st.integers(-4_000_000, 4_000_000),
        st.integers(now - 400, now),
        st.sampled_from((0, now - 1, now, now + 1)) | st.integers(now - 400, now + 300),
        st.integers(1, 2**32 - 1) | st.integers(1, 1_000),
        st.integers(0, 255),
    )


def positions() -> st.SearchStrategy[PositionWord]:
    """Positions and orders of both signs, small and as large as they can be."""
    open_lots = st.just(0) | st.integers(0, 10_000) | st.integers(0, 2**40 - 1)
    return st.builds(
        PositionWord,
        open_bids=open_lots,
        size=st.integers(-10_000, 10_000) | st.integers(-(2**35), 2**35 - 1),
        open_asks=open_lots,
        cash=st.just(0) | st.integers(-(2**60), 2**60) | st.integers(-(2**95), 2**95 - 1),
    )


NOW = 1_800_000_000
"""The second of the harness, whatever it is, is set to this."""
CLOSE = st.integers(-8, 8)


@st.composite
def cases(draw: st.DrawFn) -> tuple[int, BookWord, MarkWord, PositionWord]:
    """Words and cash such that each of the three comparisons is often at its border."""
    mark, held = draw(marks(NOW)), draw(positions())
    bps = draw(unsigned(16))
    terms = terms_of(mark, held, NOW)
    near = draw(st.integers(-1, 1)) + terms.worth // DEPTH_UNIT
    limit = draw(st.sampled_from((near, 65_535)) | unsigned(16))
    until = draw(st.sampled_from((0, NOW - 1, NOW, NOW + 1, LATEST)))
    book = draw(words_of(BookWord)).with_flat_margin(until, bps, max(0, min(limit, 65_535)))
    cash = ceil(terms.needed(bps)) - min(0, terms.profit) + draw(CLOSE)
    return max(-(2**127), min(cash, 2**127 - 1)), book, mark, held


TICK = MarkWord(Q24, tick_value=1)
"""A mark at which a lot is worth an atom."""
HALF_TICK = replace(TICK, mark=Q24 // 2)


def book_of(until: int = NOW, bps: int = 1_000, limit: int = 1) -> BookWord:
    return BookWord().with_flat_margin(until, bps, limit)


@given(cases())
@example((104, book_of(), TICK, PositionWord(size=1_000)))
@example((103, book_of(), TICK, PositionWord(size=1_000)))
@example((104, book_of(until=NOW - 1), TICK, PositionWord(size=1_000)))
@example((4, book_of(until=0), TICK, PositionWord()))
@example((10**9 + 4, book_of(), TICK, PositionWord(size=10**10)))
@example((10**9 + 5, book_of(), TICK, PositionWord(size=10**10 + 1)))
@example((10**9 + 4, book_of(), TICK, PositionWord(size=-(10**10))))
# A worth of half an atom is a whole one: a rate of all of it and four.
@example((5, book_of(bps=10_000), HALF_TICK, PositionWord(size=1)))
@example((4, book_of(bps=10_000), HALF_TICK, PositionWord(size=1)))
# So is that of an order.
@example((5, book_of(bps=0), HALF_TICK, PositionWord(open_bids=1)))
@example((4, book_of(bps=0), HALF_TICK, PositionWord(open_bids=1)))
# A tenth of 1,000 and half a percent of 2,000 open; of a larger side that adds, of one that turns.
@example((114, book_of(), TICK, PositionWord(open_bids=1_000, open_asks=1_000)))
@example((113, book_of(), TICK, PositionWord(open_bids=1_000, open_asks=1_000)))
@example((209, book_of(), TICK, PositionWord(size=1_000, open_bids=1_000)))
@example((119, book_of(), TICK, PositionWord(size=1_000, open_asks=2_100)))
# A loss of half an atom is one, and no profit helps.
@example((105, book_of(), TICK, PositionWord(size=1_000, cash=-1_000 * Q24 - Q24 // 2)))
@example((104, book_of(), TICK, PositionWord(size=1_000, cash=-1_000 * Q24 - Q24 // 2)))
@example((103, book_of(), TICK, PositionWord(size=1_000, cash=Q24)))
# Cash left of a closed position is a loss without any funding.
@example((5, book_of(), replace(TICK, funding=1 << 45), PositionWord(cash=-Q24)))
@example((3, book_of(), replace(TICK, funding=1 << 45), PositionWord(cash=-Q24)))
@example((-1, book_of(), TICK, PositionWord()))
def test_covers_is_what_the_formula_says(
    flat: Harness, case: tuple[int, BookWord, MarkWord, PositionWord]
) -> None:
    cash, book, mark, held = case
    terms = terms_of(mark, held, NOW)
    expected = book.flat_until >= NOW and terms.worth <= book.flat_limit * DEPTH_UNIT
    expected = expected and terms.settled(cash) >= terms.needed(book.flat_bps)
    flat.backend.set_time(NOW)
    assert covers(flat, cash, book, mark, held) == expected


# --------------------------------------------------------------- soundness


@dataclass(frozen=True)
class Judged:
    """An account that is live and uses cash and one perp, and all words that judge it."""

    underlying: UnderlyingWord
    market: RiskWord
    mark: MarkWord
    position: PositionWord

    def state(self, cash: int) -> State:
        """The model's words, with the flat margin that belongs to them."""
        account = AccountWord(owner=1, live=1, assets=1, perps=1 << ASSET)
        state = State()
        state.time = NOW
        for slot, word in (
            (slots.account(ACCOUNT), account),
            (slots.ledger(ACCOUNT, 0), LedgerWord(balance=cash, touched=1)),
            (slots.position(ACCOUNT, ASSET), self.position),
            (slots.mark(perp_market(ASSET)), self.mark),
            (slots.underlying(ASSET), self.underlying),
            (slots.risk(), self.market),
        ):
            state.store(slot, word)
        state.store(slots.book(perp_market(ASSET)), flat_margin.renewed(state, BookWord(), ASSET))
        return state

    @property
    def required(self) -> int:
        """The initial requirement [quote atoms]."""
        state = self.state(0)
        return initial_requirement(risk.portfolio_of(state, ACCOUNT), market_risk(state))


@st.composite
def accounts(draw: st.DrawFn) -> tuple[Judged, int]:
    """An account that may pass, its worth often at what the rate holds for, and cash that is near
    what the flat margin or the requirement asks for."""
    iota = draw(st.integers(0, 16_383) | st.integers(0, 300))
    underlying = UnderlyingWord(
        price=draw(st.integers(1, 2**55)),
        confidence_bps=draw(st.just(10_000) | st.integers(8_999, 10_000)),
        time=NOW - draw(st.sampled_from((0, 60)) | st.integers(0, 61)),
        beta_milli=draw(unsigned(12) | st.integers(900, 1_100)),
        iota_bps=iota,
        basis_bps=draw(st.integers(0, min(4_095, 2 * iota))),
        spot_exit_bps=draw(unsigned(12)),
        perp_exit_bps=draw(unsigned(12) | st.integers(0, 100)),
        depth=draw(st.sampled_from((0, 1, 7, 8, 9, 16, 65_535)) | unsigned(16)),
        unconfirmed=int(draw(st.integers(0, 15)) == 15),
    )
    peg = draw(st.sampled_from((0, 9_900, 10_000)) | st.integers(9_899, 10_100))
    market = RiskWord(draw(unsigned(12) | st.integers(100, 1_000)), 80, 60, peg)
    mark, position = draw(marks(NOW)), draw(positions())
    if draw(st.booleans()):
        position = replace(
            position, open_bids=0, open_asks=0, size=_at_limit(draw, underlying, mark)
        )
    judged = Judged(underlying, market, mark, position)
    terms = terms_of(mark, position, NOW)
    asked = draw(
        st.sampled_from((judged.required, ceil(terms.needed(rate_of(underlying, market)))))
    )
    cash = asked - min(0, terms.profit) + draw(CLOSE)
    return judged, max(0, min(cash, LARGEST_BALANCE))


def _at_limit(draw: st.DrawFn, underlying: UnderlyingWord, mark: MarkWord) -> int:
    """A size of about the largest worth that the rate holds for."""
    atoms = (underlying.depth // 8 or 65_535) * DEPTH_UNIT
    lots = atoms * Q24 // (mark.mark * mark.tick_value) + draw(st.integers(-1, 1))
    return max(-(2**35), min(lots * draw(st.sampled_from((1, -1))), 2**35 - 1))


PLAIN = UnderlyingWord(1, 1, 10_000, NOW, 1_000, 150, 200, 50, 50)
"""A price of now; 3 % of the market with the risk below, 1.5 % and 0.5 % of its own."""
CALM = RiskWord(300, 80, 60, 10_000)
BARE = replace(PLAIN, iota_bps=0, basis_bps=0, perp_exit_bps=0)
"""Of which the flat margin is what is required, but for roundings: 3 % of the market."""
MILLION = 10**6
BOUGHT = PositionWord(size=MILLION, cash=-MILLION * Q24)
"""A million lots, bought at the mark."""
WIDEST = Judged(
    replace(LARGEST, price=1, time=NOW, depth=8),
    RiskWord(4_095, 80, 60),
    HALF_TICK,
    PositionWord(size=1),
)
"""Of which half an atom, taken for a whole one, needs more than five."""
TINY = Judged(
    replace(PLAIN, confidence_bps=9_999, depth=8), CALM, replace(TICK, mark=1), PositionWord(1)
)
"""An order of next to nothing: each of the four terms of its requirement is rounded up to one."""


@given(accounts())
@example((Judged(PLAIN, CALM, TICK, PositionWord(size=1_000_000)), 50_000 + 2_500 + 4))
@example((Judged(replace(PLAIN, time=NOW - 60), CALM, TICK, PositionWord(size=1_000)), 10**6))
@example((Judged(replace(PLAIN, time=NOW - 61), CALM, TICK, PositionWord(size=1_000)), 10**6))
@example((Judged(replace(PLAIN, unconfirmed=1), CALM, TICK, PositionWord(size=1_000)), 10**6))
@example((Judged(replace(PLAIN, confidence_bps=8_999), CALM, TICK, PositionWord(size=1)), 10**6))
@example((Judged(PLAIN, replace(CALM, peg_bps=9_899), TICK, PositionWord(size=1_000)), 10**6))
@example((Judged(BARE, CALM, TICK, PositionWord(open_asks=MILLION)), 5_004))
@example((Judged(BARE, CALM, TICK, PositionWord(open_asks=MILLION)), 30_004))
@example((Judged(BARE, CALM, TICK, PositionWord(size=-MILLION)), 20_000))
@example((Judged(BARE, CALM, TICK, replace(BOUGHT, cash=BOUGHT.cash - 20_000 * Q24)), 40_000))
@example((Judged(BARE, CALM, replace(TICK, funding=1 << 40), BOUGHT), 40_000))
@example((WIDEST, 4))
@example((TINY, 3))
@example((TINY, 4))
@example((TINY, 5))
def test_what_passes_meets_the_requirement_at_a_good_price(
    flat: Harness, case: tuple[Judged, int]
) -> None:
    judged, cash = case
    state = judged.state(cash)
    book = state.load(BookWord, slots.book(perp_market(ASSET)))
    flat.backend.set_time(NOW)
    if not covers(flat, cash, book, judged.mark, judged.position):
        return
    held = holdings.read(state, ACCOUNT)
    portfolio, market = holdings.portfolio(state, held), market_risk(state)
    required = initial_requirement(portfolio, market)
    settled = equity(portfolio, profits=False)
    assert equity(portfolio) >= settled >= required >= holdings.free_band(state, held)
    assert market.peg_factor_bps == 10_000
    assert NOW - judged.underlying.time <= 60
    assert judged.underlying.confidence_bps >= 9_000
    assert not judged.underlying.unconfirmed
    risk.check(state, ACCOUNT, must_be_covered=True)


@pytest.mark.parametrize("sign", [1, -1])
def test_usual_account_passes_with_an_eighth_of_its_own_shock_more(
    flat: Harness, sign: int
) -> None:
    """So the flat margin is of use: a position of 1,000,000 atoms that needs 50,000."""
    judged = Judged(PLAIN, CALM, TICK, PositionWord(size=sign * 10**6, cash=-sign * 10**6 * Q24))
    assert judged.required == 50_000
    book = judged.state(0).load(BookWord, slots.book(perp_market(ASSET)))
    flat.backend.set_time(NOW)
    for cash, passes in ((52_504, True), (52_503, False)):
        assert covers(flat, cash, book, judged.mark, judged.position) == passes
