"""Which positions are settled, in which order."""

from worldmarkets.keepers import PerpPool, Settling, SettlingRules, Unsettled, plan

RULES = SettlingRules(least_atoms=100, most=10)
ETHER, BITCOIN = 513, 514
EMPTY = {ETHER: PerpPool(0, 0), BITCOIN: PerpPool(0, 0)}


def loss(account: int, atoms: int, paid: int | None = None, market: int = ETHER) -> Unsettled:
    return Unsettled(account, market, -atoms, -atoms if paid is None else -paid)


def profit(account: int, atoms: int, market: int = ETHER) -> Unsettled:
    return Unsettled(account, market, atoms, 0)


def test_plan_settles_losers_first_the_largest_first() -> None:
    found = [profit(1, 500), loss(2, 300), loss(3, 400)]
    assert plan(RULES, found, EMPTY) == [
        Settling(3, ETHER, -400),
        Settling(2, ETHER, -300),
        Settling(1, ETHER, 500),
    ]


def test_plan_pays_winners_what_losers_and_pool_have() -> None:
    pools = {ETHER: PerpPool(150, 0), BITCOIN: PerpPool(10_000, 0)}
    found = [loss(1, 300), profit(2, 320), profit(3, 250), profit(4, 110)]
    assert plan(RULES, found, pools)[1:] == [Settling(2, ETHER, 320), Settling(3, ETHER, 130)]


def test_plan_leaves_what_is_too_small() -> None:
    found = [loss(1, 99), loss(2, 100), profit(3, 99), profit(4, 100)]
    assert plan(RULES, found, EMPTY) == [Settling(2, ETHER, -100), Settling(4, ETHER, 100)]


def test_plan_leaves_losers_without_cash() -> None:
    """What they can not pay would have to be borrowed."""
    assert plan(RULES, [loss(1, 5_000, paid=0), loss(2, 5_000, paid=99)], EMPTY) == []
    assert plan(RULES, [loss(1, 5_000, paid=120)], EMPTY) == [Settling(1, ETHER, -120)]


def test_plan_leaves_winners_of_a_shortfall_and_settles_its_losers() -> None:
    pools = {ETHER: PerpPool(10_000, 1), BITCOIN: PerpPool(10_000, 0)}
    found = [profit(1, 500), loss(2, 300), profit(3, 200, BITCOIN)]
    assert plan(RULES, found, pools) == [Settling(2, ETHER, -300), Settling(3, BITCOIN, 200)]


def test_plan_keeps_markets_apart() -> None:
    found = [loss(1, 300, market=BITCOIN), profit(2, 300)]
    assert plan(RULES, found, EMPTY) == [Settling(1, BITCOIN, -300)]


def test_plan_counts_on_no_loser_beyond_the_most() -> None:
    rules = SettlingRules(least_atoms=100, most=2)
    found = [loss(1, 300), loss(2, 200), loss(3, 150), profit(4, 1_000)]
    assert plan(rules, found, EMPTY) == [Settling(1, ETHER, -300), Settling(2, ETHER, -200)]
    one = SettlingRules(least_atoms=100, most=3)
    assert plan(one, found[:2] + found[3:], EMPTY)[2] == Settling(4, ETHER, 500)


def test_plan_does_not_depend_on_the_order_of_what_was_found() -> None:
    found = [profit(1, 500), loss(2, 300), loss(3, 300), profit(4, 500)]
    assert plan(RULES, found, EMPTY) == plan(RULES, reversed(found), EMPTY)
