"""Seasons against plain lists of deposits, and the limit against its rule over many days."""

from random import Random

import pytest

from tests.model.setting import LISTER, QUOTE, add_user, make_exchange
from worldmarkets.model import Exchange, balances
from worldmarkets.model.errors import InsufficientBalance, OutflowLimitReached
from worldmarkets.model.outflows import season_at

OWNER, RICH = 0x11, 0x22
DAY = 86_400
ATOM = 10**12


@pytest.fixture
def exchange() -> Exchange:
    exchange = make_exchange()
    exchange.set_outflow_limit(LISTER, 0, 10**6)
    return exchange


@pytest.mark.parametrize("seed", range(3))
def test_season_random_flow_equals_a_list_of_deposits(exchange: Exchange, seed: int) -> None:
    """Every deposit with its day; withdrawals of a bare account take the oldest first."""
    random = Random(f"seasons {seed}")
    account = add_user(exchange, OWNER, dollars=0, tokens=0)
    add_user(exchange, RICH)
    token = exchange.tokens[QUOTE]
    token.draw(OWNER, 10**40)
    deposits: list[list[int]] = []
    for _ in range(300):
        exchange.time += random.choice([0, 0, 0, DAY // 3, DAY, 3 * DAY])
        day, atoms = exchange.time // DAY, random.randrange(1, 1_000)
        if random.random() < 0.6:
            exchange.deposit(OWNER, account, 0, atoms * ATOM)
            deposits.append([day, atoms])
        elif sum(left for _, left in deposits) >= atoms:
            exchange.withdraw(OWNER, account, 0, atoms * ATOM, OWNER)
            for entry in deposits:
                taken = min(entry[1], atoms)
                entry[1], atoms = entry[1] - taken, atoms - taken
        season = season_at(exchange.state, account, 0, exchange.time)
        assert season.today == sum(left for made, left in deposits if made == day)
        assert season.yesterday == sum(left for made, left in deposits if made == day - 1)
        assert season.seasoned == sum(left for made, left in deposits if made < day - 1)


@pytest.mark.parametrize("seed", range(3))
def test_withdraw_what_was_never_deposited_is_bounded_however_it_is_split(seed: int) -> None:
    """Whoever a fault makes rich gets out the limit of a day, and what has faded since."""
    random = Random(f"outflow {seed}")
    exchange = make_exchange()
    rich = add_user(exchange, RICH, dollars=10**6, tokens=0)
    thief = add_user(exchange, OWNER, dollars=1, tokens=0)
    exchange.time += 30 * DAY
    held, start = 10**12 + 10**6, exchange.time
    balances.add(exchange.state, rich, 0, -held // 2)
    balances.add(exchange.state, thief, 0, held // 2)
    exchange.withdraw(OWNER, thief, 0, 10**6 * ATOM, OWNER)
    out, limit = 0, (held - 10**6) * 250_000 // 10**6
    for _ in range(200):
        exchange.time += random.choice([0, 1, 60, 3_600])
        atoms = random.choice([1, limit // 7, limit, limit * (exchange.time - start) // DAY])
        try:
            exchange.withdraw(OWNER, thief, 0, max(atoms, 1) * ATOM, OWNER)
        except (OutflowLimitReached, InsufficientBalance):
            continue
        out += max(atoms, 1)
        assert out <= limit + limit * (exchange.time - start) // DAY
    assert out > limit
