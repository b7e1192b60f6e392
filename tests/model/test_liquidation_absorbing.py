"""How a bidder's balance of any kind takes over custody, supply shares or debt."""

import pytest

from tests.model.perps import fund, make_perps, open_pool
from worldmarkets.model import Exchange, balances, pools, slots
from worldmarkets.model.liquidation.absorbing import absorb
from worldmarkets.model.pools import Pool
from worldmarkets.model.rates import WAD
from worldmarkets.model.words import LedgerWord, PoolIndexWord, PoolTotalsWord

ASSET = 1
OTHER = 0x77
TOKEN = 10**8
SUPPLY_INDEX, BORROW_INDEX = 3 * WAD // 2, 5 * WAD // 4
"""A supply share is one and a half atoms, a borrow share one and a quarter."""
CASH = 7
"""All the cash of the pool: nothing can be taken out of it."""


@pytest.fixture
def exchange() -> Exchange:
    """A pool of tokens of which nearly all is borrowed, and an account."""
    made = make_perps()
    open_pool(made, ASSET, 100 * TOKEN)
    state = made.state
    state.time = made.time
    index = PoolIndexWord(SUPPLY_INDEX, BORROW_INDEX, made.time, 0, 10**9)
    state.store(slots.pool_index(ASSET), index)
    totals = PoolTotalsWord(10**12, 13 * 10**11, CASH, 100, touched=1)
    state.store(slots.pool_totals(ASSET), totals)
    return made


def holder(exchange: Exchange, **word: int) -> int:
    account = fund(exchange, OTHER, 0)
    exchange.state.store(slots.ledger(account, ASSET), LedgerWord(touched=1, **word))
    exchange.state.time = exchange.time
    return account


def pool_of(exchange: Exchange) -> Pool:
    return pools.read(exchange.state, ASSET)


def taken(exchange: Exchange, account: int, amount: int, *, lent: bool) -> LedgerWord:
    """The account's word after it has absorbed something."""
    absorb(exchange.state, account, ASSET, amount, lent=lent)
    return balances.load(exchange.state, account, ASSET)


# ---------------------------------------------------------------------- custody


@pytest.mark.parametrize("frozen", [0, 1])
def test_custody_into_custody_is_added(exchange: Exchange, frozen: int) -> None:
    account = holder(exchange, balance=5, open_asks=3, frozen=frozen)
    word = taken(exchange, account, 9, lent=False)
    assert word == LedgerWord(balance=14, open_asks=3, frozen=frozen, touched=1)


def test_custody_into_a_lent_balance_is_lent(exchange: Exchange) -> None:
    account, before = holder(exchange, balance=10, lent=1), pool_of(exchange)
    assert taken(exchange, account, 9, lent=False) == LedgerWord(balance=16, lent=1, touched=1)
    after = pool_of(exchange)
    assert (after.cash - before.cash, after.supply_shares - before.supply_shares) == (9, 6)


def test_custody_into_a_debt_repays_it_first(exchange: Exchange) -> None:
    account, before = holder(exchange, balance=-8), pool_of(exchange)
    assert taken(exchange, account, 15, lent=False).balance == 5
    after = pool_of(exchange)
    assert (after.cash - before.cash, before.borrow_shares - after.borrow_shares) == (10, 8)


def test_custody_without_a_pool_is_added() -> None:
    exchange = make_perps()
    account = holder(exchange, balance=5)
    assert taken(exchange, account, 9, lent=False).balance == 14
    assert taken(exchange, account, 9, lent=True).balance == 23
    assert taken(exchange, account, -3, lent=False) == LedgerWord(balance=20, touched=1)


# ---------------------------------------------------------------------- supply shares


def test_supply_into_nothing_that_is_lent_leaves_the_pool_alone(exchange: Exchange) -> None:
    account, words = holder(exchange, lent=1), pool_words(exchange)
    assert taken(exchange, account, 12, lent=True) == LedgerWord(balance=12, lent=1, touched=1)
    assert pool_words(exchange) == words


@pytest.mark.parametrize("has", [0, 10])
def test_supply_into_custody_is_paid_out_as_far_as_the_pool_has_all_of_it(
    exchange: Exchange, has: int
) -> None:
    """Five shares are seven atoms, all that the pool has."""
    account, before = holder(exchange, balance=has), pool_of(exchange)
    assert taken(exchange, account, 5, lent=True) == LedgerWord(balance=has + 7, touched=1)
    after = pool_of(exchange)
    assert after.cash == 0
    assert before.supply_shares - after.supply_shares == 5


def test_supply_into_nothing_that_the_pool_has_not_is_lent(exchange: Exchange) -> None:
    account, before = holder(exchange), pool_of(exchange)
    assert taken(exchange, account, 6, lent=True) == LedgerWord(balance=6, lent=1, touched=1)
    after = pool_of(exchange)
    assert (after.cash, after.supply_shares) == (before.cash, before.supply_shares)


def pool_words(exchange: Exchange) -> list[int]:
    slots_of = (slots.pool_index, slots.pool_totals, slots.pool_terms)
    return [exchange.state.load_raw(slot(ASSET)) for slot in slots_of]


def test_supply_into_a_lent_balance_is_added_and_leaves_the_pool_alone(exchange: Exchange) -> None:
    account, words = holder(exchange, balance=5, lent=1), pool_words(exchange)
    assert taken(exchange, account, 12, lent=True) == LedgerWord(balance=17, lent=1, touched=1)
    assert pool_words(exchange) == words


def test_supply_into_custody_that_the_pool_has_not_lends_all_of_it(exchange: Exchange) -> None:
    account, before = holder(exchange, balance=10), pool_of(exchange)
    # Ten atoms are six shares, rounded down.
    assert taken(exchange, account, 12, lent=True) == LedgerWord(balance=18, lent=1, touched=1)
    after = pool_of(exchange)
    assert (after.cash - before.cash, after.supply_shares - before.supply_shares) == (10, 6)


def test_supply_into_a_larger_debt_repays_it_in_part(exchange: Exchange) -> None:
    account, before = holder(exchange, balance=-100), pool_of(exchange)
    # Eleven shares are 16 atoms, which are twelve borrow shares.
    assert taken(exchange, account, 11, lent=True) == LedgerWord(balance=-88, touched=1)
    after = pool_of(exchange)
    assert after.cash == before.cash == CASH
    assert before.supply_shares - after.supply_shares == 11
    assert before.borrow_shares - after.borrow_shares == 12


def test_supply_into_a_smaller_debt_repays_it_and_the_rest_is_lent(exchange: Exchange) -> None:
    account, before = holder(exchange, balance=-9), pool_of(exchange)
    # Nine borrow shares are twelve atoms, rounded up, and those eight shares.
    assert taken(exchange, account, 100, lent=True) == LedgerWord(balance=92, lent=1, touched=1)
    after = pool_of(exchange)
    assert after.cash == CASH
    assert before.supply_shares - after.supply_shares == 8
    assert before.borrow_shares - after.borrow_shares == 9


def test_supply_into_a_debt_leaves_custody_if_the_pool_has_the_rest(exchange: Exchange) -> None:
    account, before = holder(exchange, balance=-9), pool_of(exchange)
    # Eight shares go for the debt, four are six atoms.
    assert taken(exchange, account, 12, lent=True) == LedgerWord(balance=6, touched=1)
    after = pool_of(exchange)
    assert before.cash - after.cash == 6
    assert before.supply_shares - after.supply_shares == 12


def test_supply_into_a_debt_rounds_the_shares_that_go_up(exchange: Exchange) -> None:
    account = holder(exchange, balance=-8)
    # Ten atoms are six and two thirds of a share.
    assert taken(exchange, account, 100, lent=True).balance == 93


def test_supply_that_is_exactly_a_debt_leaves_nothing_and_the_flag_as_it_was(
    exchange: Exchange,
) -> None:
    for lent in (0, 1):
        account = holder(exchange, balance=-12, lent=lent)
        # Ten shares are 15 atoms, as are twelve borrow shares.
        word = taken(exchange, account, 10, lent=True)
        assert word == LedgerWord(balance=0, lent=lent, touched=1)


def test_supply_worth_nothing_repays_nothing_and_is_gone(exchange: Exchange) -> None:
    index = PoolIndexWord(WAD // 2, BORROW_INDEX, exchange.time, 0, 10**9)
    exchange.state.store(slots.pool_index(ASSET), index)
    account, before = holder(exchange, balance=-9), pool_of(exchange)
    assert taken(exchange, account, 1, lent=True).balance == -9
    assert before.supply_shares - pool_of(exchange).supply_shares == 1


# ---------------------------------------------------------------------- debt


@pytest.mark.parametrize("lent", [0, 1])
def test_debt_into_nothing_or_debt_is_added_and_leaves_the_pool_alone(
    exchange: Exchange, lent: int
) -> None:
    words = pool_words(exchange)
    for has in (0, -5):
        account = holder(exchange, balance=has, lent=lent)
        word = taken(exchange, account, -12, lent=False)
        assert word == LedgerWord(balance=has - 12, lent=lent, touched=1)
    assert pool_words(exchange) == words


def test_debt_into_more_custody_is_repaid(exchange: Exchange) -> None:
    account, before = holder(exchange, balance=100), pool_of(exchange)
    # Nine borrow shares are twelve atoms, rounded up.
    assert taken(exchange, account, -9, lent=False) == LedgerWord(balance=88, touched=1)
    after = pool_of(exchange)
    assert after.cash - before.cash == 12
    assert before.borrow_shares - after.borrow_shares == 9


def test_debt_into_as_much_custody_leaves_nothing(exchange: Exchange) -> None:
    account = holder(exchange, balance=12)
    assert taken(exchange, account, -9, lent=False) == LedgerWord(touched=1)


def test_debt_into_less_custody_is_repaid_in_part(exchange: Exchange) -> None:
    account, before = holder(exchange, balance=6), pool_of(exchange)
    # Six atoms are four borrow shares, rounded down.
    assert taken(exchange, account, -9, lent=False) == LedgerWord(balance=-5, touched=1)
    after = pool_of(exchange)
    assert after.cash - before.cash == 6
    assert before.borrow_shares - after.borrow_shares == 4


def test_debt_into_more_lent_is_repaid_without_cash(exchange: Exchange) -> None:
    account, before = holder(exchange, balance=100, lent=1), pool_of(exchange)
    word = taken(exchange, account, -9, lent=False)
    assert word == LedgerWord(balance=92, lent=1, touched=1)
    after = pool_of(exchange)
    assert after.cash == CASH
    assert before.supply_shares - after.supply_shares == 8
    assert before.borrow_shares - after.borrow_shares == 9


def test_debt_into_less_lent_takes_all_of_it(exchange: Exchange) -> None:
    account, before = holder(exchange, balance=5, lent=1), pool_of(exchange)
    # Five shares are seven atoms, which are five borrow shares.
    word = taken(exchange, account, -9, lent=False)
    assert word == LedgerWord(balance=-4, lent=1, touched=1)
    after = pool_of(exchange)
    assert after.cash == CASH
    assert before.supply_shares - after.supply_shares == 5
    assert before.borrow_shares - after.borrow_shares == 5


def test_debt_into_as_much_lent_leaves_nothing(exchange: Exchange) -> None:
    account = holder(exchange, balance=10, lent=1)
    assert taken(exchange, account, -12, lent=False) == LedgerWord(lent=1, touched=1)


def test_window_of_the_pool_stays_where_shares_change_hands(exchange: Exchange) -> None:
    """Repaying in shares makes no room to borrow anew; repaying by custody does."""
    terms = pools.load_terms(exchange.state, ASSET)
    level = 2**30
    slot = slots.pool_terms(ASSET)
    word = terms.pack() & ~((1 << 64) - 1 << 192) | level << 192 | exchange.time << 224
    exchange.state.store_raw(slot, word)
    taken(exchange, holder(exchange, balance=-(10**11)), 10**10, lent=True)
    taken(exchange, holder(exchange, balance=10**10), -(10**9), lent=False)
    assert pools.load_terms(exchange.state, ASSET).window == level
    taken(exchange, holder(exchange, balance=-(10**11)), 10**10, lent=False)
    assert pools.load_terms(exchange.state, ASSET).window < level
