"""OB-10 and OB-12: makers in the way, and makers whose money has gone elsewhere."""

from collections.abc import Callable
from itertools import permutations

import pytest

from tests.support.scene import (
    ASK,
    BID,
    ETH_UNIT,
    IOC,
    LOT,
    OPERATOR,
    STRANGER,
    UNIT,
    Scene,
    fee_up,
    notional,
    order,
)
from tests.support.soundness import Books, refused
from tests.support.system import BTC_MARKET, DOLLAR, LAST_SECOND
from worldmarkets.model.interface import Permission, Removal
from worldmarkets.model.records import Filled, Removed

TICK = 20_000
LOTS = 10
PRICE = notional(LOTS, TICK) + fee_up(notional(LOTS, TICK), -100)
"""What ten lots cost a maker, net of his rebate."""


# ------------------------------------------------------------------ in the way


def expired(scene: Scene) -> Removed:
    made = scene.bid(scene.maker, TICK, 3, expiry=scene.system.backend.time).order_id
    return Removed(made, 3, scene.maker, Removal.EXPIRED)


def own(scene: Scene) -> Removed:
    made = scene.bid(scene.taker, TICK, 3).order_id
    return Removed(made, 3, scene.taker, Removal.SELF_TRADE)


def unpaying(scene: Scene) -> Removed:
    account = drained(scene, by_withdrawal)
    made = scene.orders(TICK)[-1][0]
    return Removed(made, LOTS, account, Removal.UNPAYABLE)


def over_budget(scene: Scene) -> Removed:
    scene.system.set_operator(scene.maker, OPERATOR, Permission.PLACE, LAST_SECOND, 0)
    scene.system.set_price(1, 1_990 * DOLLAR)
    made = scene.bid(scene.maker, TICK, 3, sender=OPERATOR).order_id
    return Removed(made, 3, scene.maker, Removal.BUDGET_SPENT)


Obstacle = Callable[[Scene], Removed]
OBSTACLES: dict[str, Obstacle] = {
    "expired": expired,
    "own": own,
    "unpaying": unpaying,
    "over budget": over_budget,
}


@pytest.mark.parametrize("kinds", permutations(OBSTACLES, 2), ids="-".join)
def test_ob_10_makers_in_the_way_are_removed_and_the_taker_fills_behind_them(
    scene: Scene, kinds: tuple[str, str]
) -> None:
    removed = [OBSTACLES[kind](scene) for kind in kinds]
    # Unpaying makers are made at another price, so the order of the queue is that of the kinds.
    scene.system.set_price(1, 1_990 * DOLLAR)
    behind = scene.bid(scene.maker, TICK, 3).order_id
    scene.system.backend.set_time(scene.system.backend.time + 1)
    assert scene.ask(scene.taker, TICK, 3, IOC).filled_lots == 3
    assert scene.records()[:3] == [*removed, Filled(behind, 3, scene.maker, 1, gone=1)]
    Books(scene.system).check()


def test_ob_10_all_kinds_at_once_cost_the_taker_no_more_than_fills(scene: Scene) -> None:
    """Each counts as one of his fills; with as many fills left as there are, he reaches the end."""
    for kind in OBSTACLES.values():
        kind(scene)
    scene.system.set_price(1, 1_990 * DOLLAR)
    scene.bid(scene.maker, TICK, 3)
    scene.system.backend.set_time(scene.system.backend.time + 1)
    assert scene.ask(scene.taker, TICK, 3, IOC, len(OBSTACLES)).filled_lots == 0
    assert scene.ask(scene.taker, TICK, 3, IOC, 1).filled_lots == 3


def test_ob_10_a_taker_with_few_fills_still_clears_the_way_for_the_next(scene: Scene) -> None:
    """Sixty-five dead heads cost two takers, whoever they are; then the book is clean."""
    now = scene.system.backend.time
    quotes = [order(BID, TICK, 1, expiry=now) for _ in range(65)]
    scene.system.batch(scene.maker, (), quotes)
    scene.bid(scene.maker, TICK, 3)
    scene.system.backend.set_time(now + 1)
    pauper = scene.system.create_account(STRANGER)
    assert scene.ask(pauper, TICK, 1, IOC).filled_lots == 0
    assert scene.ask(scene.taker, TICK, 3, IOC, 2).filled_lots == 3


# ------------------------------------------------------------------ money moved out


Path = Callable[[Scene, int, int], None]
"""A way for so many quote atoms to leave an account."""


def by_withdrawal(scene: Scene, account: int, atoms: int) -> None:
    scene.system.withdraw(account, 0, atoms * UNIT)


def by_withdrawal_of_an_operator(scene: Scene, account: int, atoms: int) -> None:
    scene.system.set_operator(account, OPERATOR, Permission.WITHDRAW)
    scene.system.withdraw(account, 0, atoms * UNIT, OPERATOR, sender=OPERATOR)


def by_transfer(scene: Scene, account: int, atoms: int) -> None:
    scene.system.transfer(account, scene.taker, 0, atoms)


def by_transfer_of_an_operator(scene: Scene, account: int, atoms: int) -> None:
    other = scene.new_account(scene.system.owners[account], 1)
    scene.system.set_operator(account, OPERATOR, Permission.TRANSFER)
    scene.system.transfer(account, other, 0, atoms, sender=OPERATOR)


def by_purchase(scene: Scene, account: int, atoms: int) -> None:
    """In the other market, of lots of 0.6 dollars, as many as the atoms pay; the rest leaves."""
    scene.system.fund(scene.maker, 2, 10**9)
    offer = scene.system.place(scene.maker, BTC_MARKET, ASK, 60_000, 10**6).order_id
    lots = atoms * 10**6 // (600_000 * (10**6 + 350))
    paid = lots * 600_000
    scene.system.place(account, BTC_MARKET, BID, 60_000, lots, IOC)
    scene.system.cancel(scene.maker, offer)
    scene.system.withdraw(account, 0, (atoms - paid - fee_up(paid, 350)) * UNIT)


def by_purchase_of_an_operator(scene: Scene, account: int, atoms: int) -> None:
    scene.system.set_operator(account, OPERATOR, Permission.PLACE, LAST_SECOND, 2**60)
    by_purchase(scene, account, atoms)


PATHS: list[Path] = [
    by_withdrawal,
    by_withdrawal_of_an_operator,
    by_transfer,
    by_transfer_of_an_operator,
    by_purchase,
    by_purchase_of_an_operator,
]


def drained(scene: Scene, path: Path, left: int = 0) -> int:
    """An account with a bid of ten lots whose cash has left on a path, but for some atoms.

    While the reference price is so low that no tick is within the band, bids need no cash.
    """
    system = scene.system
    account = scene.new_account(STRANGER, 2 * notional(LOTS, 21_000))
    scene.bid(account, TICK, LOTS)
    system.set_price(1, DOLLAR // 10**5)
    path(scene, account, scene.cash(account) - left)
    system.set_price(1, 2_000 * DOLLAR)
    assert scene.cash(account) == left
    return account


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
@pytest.mark.parametrize("payable", [0, 1, 4, 9, 10])
@pytest.mark.parametrize("short", [0, 1])
def test_ob_12_bid_whose_cash_left_buys_what_it_can_pay(
    scene: Scene, path: Path, payable: int, short: int
) -> None:
    """Enough for so many lots, or an atom less; the taker sells the rest to the next."""
    price = notional(payable, TICK) + fee_up(notional(payable, TICK), -100)
    account = drained(scene, path, max(0, price - short))
    bought = payable - 1 if short and payable else payable
    scene.bid(scene.maker, TICK, LOTS)
    base = scene.base(account)
    assert scene.ask(scene.taker, TICK, LOTS, IOC).filled_lots == LOTS
    assert scene.base(account) == base + bought * LOT
    assert scene.cash(account) >= 0
    assert scene.ledger(account, 1).open_bids == 0


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_ob_12_takers_of_single_lots_never_bring_a_maker_into_debt(
    scene: Scene, path: Path
) -> None:
    account = drained(scene, path, PRICE // 2)
    for _ in range(LOTS):
        scene.ask(scene.taker, TICK, 1, IOC, 1)
        assert scene.cash(account) >= 0
    assert scene.ledger(account, 1).open_bids == 0


@pytest.mark.parametrize("path", PATHS[:4], ids=lambda path: path.__name__)
def test_ob_12_cash_that_bids_need_does_not_leave(scene: Scene, path: Path) -> None:
    """At an honest price each path is refused from the first atom the bids need."""
    needed = notional(LOTS, 21_000)
    account = scene.new_account(STRANGER, needed + 5)
    scene.bid(account, TICK, LOTS)
    with pytest.raises(Exception, match="InsufficientBalance"):
        path(scene, account, 6)
    path(scene, account, 5)
    assert scene.cash(account) == needed


@pytest.mark.parametrize("way", ["withdraw", "transfer", "sell", "operator sells", "amend"])
def test_ob_12_lots_that_asks_need_do_not_leave(scene: Scene, way: str) -> None:
    """Whatever the price: what is offered stays until the offer goes."""
    system = scene.system
    account = scene.new_account(STRANGER, 10**9, LOTS)
    made = scene.ask(account, 20_500, LOTS).order_id
    system.set_operator(account, OPERATOR, Permission.PLACE, LAST_SECOND, 2**60)
    scene.bid(scene.taker, TICK, LOTS)
    need = LOTS * LOT
    errors = {
        "withdraw": (need - 1, need),
        "transfer": (need - 1, need),
        "sell": (need - LOT, need),
        "operator sells": (need - LOT, need),
        "amend": (need, need + LOT),
    }
    ways: dict[str, Callable[[], object]] = {
        "withdraw": lambda: system.withdraw(account, 1, ETH_UNIT),
        "transfer": lambda: system.transfer(account, scene.maker, 1, 1),
        "sell": lambda: scene.ask(account, TICK, 1, IOC),
        "operator sells": lambda: scene.ask(account, TICK, 1, IOC, sender=OPERATOR),
        "amend": lambda: system.amend(account, made, order(ASK, 20_500, LOTS + 1)),
    }
    with refused(system, "InsufficientBalance", account, 1, *errors[way]):
        ways[way]()
    assert scene.bid(scene.maker, 20_500, LOTS, IOC).filled_lots == LOTS


def test_ob_12_maker_drained_in_one_market_is_cut_in_the_other(scene: Scene) -> None:
    """The same cash behind bids of two markets, the second alone covered by its band."""
    system = scene.system
    account = scene.new_account(STRANGER, notional(LOTS, 21_000))
    scene.bid(account, TICK, LOTS)
    system.set_price(1, DOLLAR // 10**5)
    system.place(account, BTC_MARKET, BID, 60_000, 30)
    system.set_price(1, 2_000 * DOLLAR)
    system.fund(scene.taker, 2, 10**6)
    scene.ask(scene.taker, TICK, LOTS, IOC)
    system.place(scene.taker, BTC_MARKET, ASK, 60_000, 30, IOC)
    assert scene.cash(account) >= 0
    assert scene.ledger(account, 1).open_bids == scene.ledger(account, 2).open_bids == 0


def test_ob_12_maker_filled_twice_in_one_batch_takes_the_proceeds_at_once(scene: Scene) -> None:
    """His ask and his bid are met by the same batch; nothing is settled later."""
    account = scene.new_account(STRANGER, notional(1, 21_000), 5)
    scene.ask(account, 20_100, 5)
    scene.bid(account, 19_900, 1)
    places = [order(BID, 20_100, 5, IOC), order(ASK, 19_900, 1, IOC)]
    _, results = scene.system.batch(scene.taker, (), places)
    assert [result.filled_lots for result in results] == [5, 1]
    system = scene.system
    system.withdraw(account, 0, scene.cash(account) * UNIT)
    assert scene.cash(account) == 0
