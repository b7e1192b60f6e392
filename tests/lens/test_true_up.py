"""What settling would pay, told from words, is what the model's settlement pays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lens.support import deploy_perp_lens
from tests.lens.written_perps import ETH_PERP, OWNER, Q24, TICK_VALUE, WrittenPerps
from tests.support.backend import rolled_back
from tests.support.system import System
from worldmarkets.client.perplens import PerpLens
from worldmarkets.client.perplens_views import TrueUp
from worldmarkets.model import slots
from worldmarkets.model.perp_words import PerpPoolWord, PositionWord, wrapped
from worldmarkets.model.perps import settlement
from worldmarkets.model.words import PoolIndexWord, PoolTotalsWord

ACCOUNT = 9
DOLLAR = 10**6
ONE = 10**18


@pytest.fixture
def written(system: System) -> WrittenPerps:
    """A perp at a mark of 20,000 ticks, 2,000 dollars, and an account with 1,000 dollars."""
    written = WrittenPerps(system)
    written.list_perp(1)
    written.account(ACCOUNT, 1, cash=1_000 * DOLLAR)
    return written


def hold(written: WrittenPerps, size: int, ticks_made: int) -> None:
    """Hold lots opened with F at zero, on which each has made so many ticks."""
    cash = -size * 20_000 * Q24 + abs(size) * ticks_made * Q24
    written.position(ACCOUNT, 1, PositionWord(size=size, cash=cash, touched=1))


def pool(written: WrittenPerps, cash: int, shortfall: int = 0) -> None:
    written.write(slots.perp_pool(ETH_PERP), PerpPoolWord(cash, shortfall, touched=1))


def open_pool(written: WrittenPerps, cash: int) -> None:
    """Open the quote asset's pool; a share is two atoms."""
    time = written.system.backend.time
    written.write(slots.pool_index(0), PoolIndexWord(2 * ONE, 2 * ONE, time=time))
    written.write(slots.pool_totals(0), PoolTotalsWord(10**12, 0, cash=cash))


def true_up(perp_lens: PerpLens) -> TrueUp:
    (found,) = perp_lens.true_up(ACCOUNT)
    return found


@pytest.mark.parametrize("size", [300, -300])
@pytest.mark.parametrize(
    ("there", "paid"), [(10**9, 300_000), (300_000, 300_000), (299_999, 299_999), (0, 0)]
)
def test_true_up_of_a_profit_draws_what_the_pool_has(
    written: WrittenPerps, perp_lens: PerpLens, size: int, there: int, paid: int
) -> None:
    hold(written, size, 10)
    pool(written, there)
    assert true_up(perp_lens) == TrueUp(ETH_PERP, 300_000, 0, 300_000, paid, 0)


@pytest.mark.parametrize(
    ("there", "shortfall", "paid", "cancelled"),
    [
        # A third of what is drawn is paid, rounded down.
        (1_000_000, 2_000_000, 100_000, 200_000),
        (1_000_000, 2_000_001, 99_999, 200_001),
        # More than both: all of both.
        (100_000, 50_000, 100_000, 50_000),
        (0, 500_000, 0, 300_000),
    ],
)
def test_true_up_of_a_profit_in_a_shortfall_is_paid_in_part(
    written: WrittenPerps,
    perp_lens: PerpLens,
    there: int,
    shortfall: int,
    paid: int,
    cancelled: int,
) -> None:
    hold(written, 300, 10)
    pool(written, there, shortfall)
    found = true_up(perp_lens)
    assert (found.profit_atoms, found.paid_atoms, found.cancelled_atoms) == (
        300_000,
        paid,
        cancelled,
    )


@pytest.mark.parametrize(
    ("cash", "paid"), [(10**9, 300_000), (300_000, 300_000), (299_999, 299_999), (0, 0), (-5, 0)]
)
def test_true_up_of_a_loss_takes_positive_cash_alone(
    written: WrittenPerps, perp_lens: PerpLens, cash: int, paid: int
) -> None:
    hold(written, -300, -10)
    written.account(ACCOUNT, 1, cash=cash)
    pool(written, 0, shortfall=7)
    assert true_up(perp_lens) == TrueUp(ETH_PERP, -300_000, 0, -300_000, -paid, 0)


@pytest.mark.parametrize(("there", "paid"), [(10**9, 300_000), (250_001, 250_001), (0, 0)])
def test_true_up_of_a_loss_takes_of_what_is_lent_what_the_pool_has(
    written: WrittenPerps, perp_lens: PerpLens, there: int, paid: int
) -> None:
    hold(written, 300, -10)
    written.account(ACCOUNT, 1, cash=250_000_000, lent=1)
    open_pool(written, there)
    assert true_up(perp_lens).paid_atoms == -paid


@pytest.mark.parametrize("lent", [0, 1])
def test_true_up_of_a_loss_takes_nothing_from_who_owes(
    written: WrittenPerps, perp_lens: PerpLens, lent: int
) -> None:
    hold(written, 300, -10)
    written.account(ACCOUNT, 1, cash=-5, lent=lent)
    open_pool(written, 10**9)
    assert true_up(perp_lens).paid_atoms == 0


def test_true_up_of_a_loss_rounds_it_up(written: WrittenPerps, perp_lens: PerpLens) -> None:
    written.position(ACCOUNT, 1, PositionWord(cash=-1, touched=1))
    assert true_up(perp_lens) == TrueUp(ETH_PERP, -1, 0, -1, -1, 0)


def test_true_up_of_nothing_is_nothing(written: WrittenPerps, perp_lens: PerpLens) -> None:
    assert true_up(perp_lens) == TrueUp(ETH_PERP, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("size", [300, -300])
@pytest.mark.parametrize("moved", [3, -3])
def test_true_up_tells_funding_of_the_open_lots_from_the_rest(
    written: WrittenPerps, perp_lens: PerpLens, size: int, moved: int
) -> None:
    """F has moved three ticks since the lots were opened at 20,010, at an F of 5.5 ticks."""
    opened = 5 * Q24 + Q24 // 2
    index = opened + moved * Q24
    written.write(slots.mark(ETH_PERP), written.mark(20_000 * Q24, index * 2**16))
    cash = -size * (20_010 * Q24 - opened)
    entry = opened >> 14
    written.position(ACCOUNT, 1, PositionWord(size=size, funding_entry=entry, cash=cash))
    found = true_up(perp_lens)
    assert found.funding_atoms == -size * moved * TICK_VALUE
    assert found.price_atoms == -size * 10 * TICK_VALUE
    assert found.profit_atoms == found.funding_atoms + found.price_atoms


@pytest.mark.parametrize(("size", "atoms"), [(1, 0), (-1, 0), (11, -1), (-11, 1)])
def test_true_up_rounds_funding_towards_zero(
    written: WrittenPerps, perp_lens: PerpLens, size: int, atoms: int
) -> None:
    """A 2^-10 tick of one lot is a tenth of an atom."""
    written.write(slots.mark(ETH_PERP), written.mark(20_000 * Q24, 2**30))
    written.position(ACCOUNT, 1, PositionWord(size=size))
    assert true_up(perp_lens).funding_atoms == atoms


def test_true_up_counts_funding_across_the_end_of_its_field(
    written: WrittenPerps, perp_lens: PerpLens
) -> None:
    index = 2**24 * Q24 + 2 * Q24
    written.write(slots.mark(ETH_PERP), written.mark(20_000 * Q24, index * 2**16))
    entry = 2**34 - 3 * 2**10
    written.position(ACCOUNT, 1, PositionWord(size=10, funding_entry=entry))
    assert true_up(perp_lens).funding_atoms == -10 * 5 * TICK_VALUE


def test_true_up_of_several_tells_each_by_itself(
    written: WrittenPerps, perp_lens: PerpLens
) -> None:
    written.list_perp(2)
    written.account(ACCOUNT, 1, 2, cash=500_000)
    hold(written, 300, -10)
    word = PositionWord(size=-400, cash=(20_000 - 10) * 400 * Q24, touched=1)
    written.position(ACCOUNT, 2, word)
    first, second = perp_lens.true_up(ACCOUNT)
    assert (first.paid_atoms, second.paid_atoms) == (-300_000, -400_000)


SIZES = st.integers(-(15 * 2**31), 15 * 2**31)
UNITS = st.integers(-(2**60), 2**60)
AMOUNTS = st.one_of(st.just(0), st.integers(0, 2**62))


@given(
    size=SIZES,
    units=UNITS,
    mark=st.integers(1, 2**48 - 1),
    funding=st.integers(-(2**78), 2**78),
    rate=st.integers(-4_000_000, 4_000_000),
    age=st.integers(0, 400),
    there=AMOUNTS,
    shortfall=AMOUNTS,
    cash=st.integers(-(2**62), 2**62),
)
def test_true_up_is_what_settlement_pays(
    deployed_system: System,
    *,
    size: int,
    units: int,
    mark: int,
    funding: int,
    rate: int,
    age: int,
    there: int,
    shortfall: int,
    cash: int,
) -> None:
    with rolled_back(deployed_system.backend):
        written = WrittenPerps(deployed_system)
        written.list_perp(1, written.mark(mark, funding, rate, age))
        written.account(ACCOUNT, 1, cash=cash)
        pool(written, there, shortfall)
        booked = wrapped(units - size * (mark - (funding >> 16)))
        position = PositionWord(size=size, funding_entry=(funding >> 30) % 2**34, cash=booked)
        written.position(ACCOUNT, 1, position)
        found = true_up(deploy_perp_lens(deployed_system))
        written.state.time = deployed_system.backend.time
        settled = settlement.settle(written.state, OWNER, ACCOUNT, ETH_PERP)
        paid = (settled.atoms, settled.cancelled_atoms) if settled else (0, 0)
    assert (found.paid_atoms, found.cancelled_atoms) == paid
    assert found.profit_atoms == found.funding_atoms + found.price_atoms
    if age == 0 or rate == 0:
        assert found.profit_atoms == units * TICK_VALUE // Q24
        assert found.funding_atoms == 0
