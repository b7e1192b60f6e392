"""OB-5 and OB-12 with margin: makers filled in every state between their initial requirement and
nothing, and makers whose accounts can no longer stand a fill."""

from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.abi import Reverted
from tests.support.backend import rolled_back, user_address
from tests.support.lending import (
    BORROWER,
    LendingScene,
    make_lending_scene,
)
from tests.support.scene import (
    ASK,
    BID,
    DOLLARS,
    IOC,
    LOT,
    OPERATOR,
    STRANGER,
    UNIT,
    fee_up,
    notional,
    order,
)
from tests.support.soundness import assert_sound
from tests.support.system import ETH_MARKET, LAST_SECOND, System
from worldmarkets.model.interface import Permission, PoolTerms, Removal, SelfTrade
from worldmarkets.model.records import Removed

TEN_ETH = notional(10_000, 20_000)
BEYOND_BID = 20_500
"""2.5 % above the mark: a fill there needs a check of the maker."""
BEYOND_ASK = 19_500


def removals(lending: LendingScene) -> list[tuple[int, int, int]]:
    """Account, lots and reason of the orders removed in the last transaction."""
    return [
        (record.account, record.lots, record.reason)
        for record in lending.records()
        if isinstance(record, Removed)
    ]


def levered(lending: LendingScene, equity_atoms: int) -> int:
    """An account that is long 10 ETH with a bid of 1,000 lots 2.5 % above the mark; later its cash
    is cut so that its equity is what is given."""
    account = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    lending.bid(account, BEYOND_BID, 1_000)
    lending.set_equity(account, equity_atoms)
    return account


# --------------------------------------------------------------- states


def kept(lots_long: int, lots_left: int) -> int:
    """Maintenance of a position with the rest of a bid at its worst, and its free band."""
    worth = notional(lots_long + lots_left, 20_000)
    return worth * 32 // 1_000 + notional(lots_left, 20_000) * 5 // 1_000


@pytest.mark.parametrize("short", [0, 1])
def test_ob_12_beyond_the_free_band_maintenance_is_needed_after_the_fill_to_the_atom(
    lending: LendingScene, short: int
) -> None:
    """Maintenance: 3.2 % of 11,000 lots, all 1,000 filled 2.5 % above the mark."""
    cost = notional(1_000, BEYOND_BID) - fee_up(notional(1_000, BEYOND_BID), 100)
    loss = cost - notional(1_000, 20_000)
    account = levered(lending, kept(11_000, 0) + loss - short)
    result = lending.ask(lending.taker, BEYOND_BID, 1_000, IOC)
    if short:
        assert result.filled_lots == 0
        assert removals(lending) == [(account, 1_000, Removal.BELOW_MARGIN)]
        assert lending.ledger(account, 1).open_bids == 0
    else:
        assert result.filled_lots == 1_000
        margin = lending.margin(account)
        assert margin.equity_atoms == margin.maintenance_atoms


@pytest.mark.parametrize("short", [0, 1])
def test_ob_12_beyond_the_free_band_what_remains_counts_at_its_worst(
    lending: LendingScene, short: int
) -> None:
    cost = notional(400, BEYOND_BID) - fee_up(notional(400, BEYOND_BID), 100)
    loss = cost - notional(400, 20_000)
    account = levered(lending, kept(10_400, 600) + loss - short)
    result = lending.ask(lending.taker, BEYOND_BID, 400, IOC)
    assert result.filled_lots == (0 if short else 400)
    if short:
        assert removals(lending) == [(account, 1_000, Removal.BELOW_MARGIN)]


@pytest.mark.parametrize("equity", [2_000, 1_000, 640, 639, 1, 0, -1, -500])
def test_ob_12_within_the_free_band_a_maker_is_filled_in_every_state(
    lending: LendingScene, equity: int
) -> None:
    """From initial margin down to less than nothing: his margin was reserved, he stays."""
    account = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    lending.bid(account, 20_050, 1_000)
    lending.set_equity(account, equity * DOLLARS)
    result = lending.ask(lending.taker, 20_050, 1_000, IOC)
    assert result.filled_lots == 1_000
    cost = notional(1_000, 20_050) - fee_up(notional(1_000, 20_050), 100)
    assert lending.margin(account).equity_atoms == equity * DOLLARS - cost + 2_000 * DOLLARS


@pytest.mark.parametrize("equity", [640, 1, 0, -500])
def test_ob_12_a_maker_in_trouble_may_still_close_at_the_mark(
    lending: LendingScene, equity: int
) -> None:
    """His ask at the mark lowers his risk: it fills whatever his state."""
    account = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    lending.ask(account, 20_000, 5_000)
    lending.set_equity(account, equity * DOLLARS)
    assert lending.bid(lending.taker, 20_000, 5_000, IOC).filled_lots == 5_000


@pytest.mark.parametrize(
    ("equity", "fills"), [(999, True), (500, True), (400, False), (0, False), (-1, False)]
)
def test_ob_12_a_maker_in_trouble_may_not_close_far_below_the_mark_but_by_the_rule(
    lending: LendingScene, equity: int, fills: bool
) -> None:
    """5,000 lots sold 2.5 % below the mark cost 250 dollars. With 999 the account has its
    maintenance afterwards; with 500 of 1,050 its coverage rises, with 400 it would fall; with
    nothing it would lose equity."""
    account = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    lending.ask(account, BEYOND_ASK, 5_000)
    lending.set_equity(account, equity * DOLLARS)
    result = lending.bid(lending.taker, BEYOND_ASK, 5_000, IOC)
    assert result.filled_lots == (5_000 if fills else 0)
    if not fills:
        assert removals(lending) == [(account, 5_000, Removal.BELOW_MARGIN)]


def test_ob_12_a_maker_who_pays_from_what_he_has_needs_no_margin(lending: LendingScene) -> None:
    account = lending.new_account(BORROWER, 2_200 * DOLLARS)
    lending.bid(account, BEYOND_BID, 1_000)
    assert lending.ask(lending.taker, BEYOND_BID, 1_000, IOC).filled_lots == 1_000
    assert lending.margin(account).is_paid


def test_ob_12_a_maker_judged_at_an_old_price_stops_nobody(lending: LendingScene) -> None:
    """No price is needed of makers: stale or waiting, the last one counts."""
    account = levered(lending, 3_000 * DOLLARS)
    lending.wait(3_600)
    lending.system.post_price(1, 4_000 * 10**18)
    lending.system.poke(1)
    assert lending.ask(lending.taker, BEYOND_BID, 100, IOC).filled_lots == 100
    assert lending.base(account) == 10_100 * LOT


# --------------------------------------------------------------- bounds


def failing_makers(lending: LendingScene, number: int) -> list[int]:
    """Accounts with a bid each, 2.5 % above the mark, that could not stand its fill."""
    accounts = []
    for i in range(number):
        account = lending.new_account(user_address(0x900 + i), 150 * DOLLARS)
        lending.bid(account, BEYOND_BID, 1_000)
        lending.system.withdraw(account, 0, 40 * DOLLARS * UNIT)
        accounts.append(account)
    return accounts


def test_ob_5_at_most_eight_checks_a_take_then_matching_stops(lending: LendingScene) -> None:
    """Ten bids whose accounts fail: eight leave the book, the rest of the order is returned, and
    the next take gets through to the maker behind them."""
    accounts = failing_makers(lending, 10)
    lending.bid(lending.maker, 20_400, 1_000)
    result = lending.ask(lending.taker, 20_400, 1_000)
    assert (result.filled_lots, result.resting_lots) == (0, 0)
    assert removals(lending) == [(account, 1_000, Removal.BELOW_MARGIN) for account in accounts[:8]]
    result = lending.ask(lending.taker, 20_400, 1_000)
    assert result.filled_lots == 1_000
    assert removals(lending) == [(account, 1_000, Removal.BELOW_MARGIN) for account in accounts[8:]]


def test_ob_5_eight_fills_beyond_the_free_band_a_take(lending: LendingScene) -> None:
    """Makers who pass are checked too; an order of 64 fills stops after eight of them."""
    system = lending.system
    system.batch(lending.maker, (), [order(BID, BEYOND_BID, 10)] * 12)
    result = lending.ask(lending.taker, BEYOND_BID, 120, IOC)
    assert result.filled_lots == 80
    assert lending.ask(lending.taker, BEYOND_BID, 120, IOC).filled_lots == 40


def test_ob_5_each_order_of_a_batch_has_eight_checks(lending: LendingScene) -> None:
    system = lending.system
    system.batch(lending.maker, (), [order(BID, BEYOND_BID, 10)] * 20)
    _, results = system.batch(lending.taker, (), [order(ASK, BEYOND_BID, 200, IOC)] * 2)
    assert [result.filled_lots for result in results] == [80, 80]


def test_ob_5_within_the_free_band_64_fills_a_take(lending: LendingScene) -> None:
    system = lending.system
    system.batch(lending.maker, (), [order(BID, 20_050, 10)] * 64)
    assert lending.ask(lending.taker, 20_050, 640, IOC).filled_lots == 640


# --------------------------------------------------------------- takers with nothing


def test_ob_5_a_taker_who_can_pay_nothing_removes_nobody(lending: LendingScene) -> None:
    """Orders of operators, with an expiry, or that only reduce are not taken for dead ones by an
    order that trades no lots."""
    system = lending.system
    system.set_pool_terms(0, PoolTerms(2**70, 0, 999, 999, 100))
    system.set_operator(lending.maker, OPERATOR, 3, daily_loss_atoms=10**12)
    lending.ask(lending.maker, 20_000, 10, sender=OPERATOR)
    lending.ask(lending.maker, 20_000, 10, expiry=LAST_SECOND)
    lending.ask(lending.maker, 20_000, 10, reduce_only=True)
    before = lending.orders(20_000)
    broke = lending.new_account(STRANGER)
    for _ in range(4):
        assert lending.bid(broke, 20_000, 10, IOC).filled_lots == 0
        assert lending.records() == []
    assert lending.orders(20_000) == before
    assert len(before) == 3


@pytest.mark.parametrize("mode", list(SelfTrade))
def test_ob_5_a_taker_who_can_pay_nothing_leaves_his_own_orders(
    lending: LendingScene, mode: SelfTrade
) -> None:
    lending.system.set_pool_terms(0, PoolTerms(2**70, 0, 999, 999, 100))
    account = lending.new_account(STRANGER, lots=10)
    lending.ask(account, 20_000, 10)
    assert lending.bid(account, 20_000, 10, IOC, self_trade=mode).filled_lots == 0
    assert len(lending.orders(20_000)) == 1


@pytest.mark.parametrize("mode", list(SelfTrade))
def test_self_trade_modes_with_debts_move_no_value(lending: LendingScene, mode: SelfTrade) -> None:
    """Two accounts of one owner, both in debt, meet: no fill, no debt, no fee."""
    first = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    second = lending.short(BORROWER, 3_000 * DOLLARS, 10_000)
    before = [lending.margin(account).equity_atoms for account in (first, second)]
    lending.ask(first, 20_000, 1_000)
    assert lending.bid(second, 20_000, 1_500, IOC, self_trade=mode).filled_lots == 0
    assert [lending.margin(account).equity_atoms for account in (first, second)] == before
    lots = {SelfTrade.CANCEL_MAKER: 0, SelfTrade.CANCEL_TAKER: 1_000}.get(mode, 0)
    assert lending.ledger(first, 1).open_asks == lots * LOT


# --------------------------------------------------------------- anything


@dataclass(frozen=True)
class Kind:
    """A maker as drawn: what he lends, has, asks for and how."""

    lent: tuple[bool, bool]
    cash_dollars: int
    ticks_behind: int
    lots: int
    operated: bool
    expires: bool


MAKERS = st.lists(
    st.builds(
        Kind,
        st.tuples(st.booleans(), st.booleans()),
        st.integers(0, 600),
        st.integers(-60, 100),
        st.integers(1, 3_000),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@given(
    MAKERS,
    st.booleans(),
    st.integers(500, 1_000),
    st.sampled_from((0, 500, 1_000, 2_000, 999_999)),
    st.integers(1_700, 2_300),
)
def test_ob_5_no_maker_stops_a_taker_who_pays_from_what_he_has(
    deployed_system: System,
    makers: list[Kind],
    is_ask: bool,
    used_permille: int,
    cap_dollars: int,
    new_price: int,
) -> None:
    """Makers of all kinds, lent or owing, in every state, with the pool nearly empty, its cap
    reached and the price elsewhere: the take goes through, and all words add up."""
    owners = dict(deployed_system.owners)
    with rolled_back(deployed_system.backend):
        lending = make_lending_scene(deployed_system)
        for number, kind in enumerate(makers):
            place_maker(lending, user_address(0xA00 + number), is_ask, kind)
        use_up(lending, used_permille, is_ask)
        lending.system.set_pool_terms(0, PoolTerms(1, cap_dollars * DOLLARS, 999, 999, 100))
        lending.wait(86_400)
        lending.system.set_price(1, new_price * 10**18)
        limit = lending.book().highest_bid if is_ask else lending.book().lowest_ask
        side = BID if is_ask else ASK
        lending.system.place(lending.taker, ETH_MARKET, side, limit, 5_000, IOC)
        assert_sound(lending.system)
    deployed_system.owners = owners


def place_maker(lending: LendingScene, owner: str, is_ask: bool, kind: Kind) -> None:
    """A maker of the kind drawn, if his margin lets him."""
    system = lending.system
    account = lending.new_account(owner, (kind.cash_dollars + 1) * DOLLARS, kind.cash_dollars)
    for asset, wanted in enumerate(kind.lent):
        if wanted:
            system.set_lent(account, asset)
    sender = owner
    if kind.operated:
        may = Permission.PLACE | Permission.LEND
        system.set_operator(account, OPERATOR, may, daily_loss_atoms=10**6)
        sender = OPERATOR
    side, tick = (ASK, 20_000 + kind.ticks_behind) if is_ask else (BID, 20_000 - kind.ticks_behind)
    expiry = LAST_SECOND if kind.expires else 0
    with suppress(Reverted):
        system.place(account, ETH_MARKET, side, tick, kind.lots, expiry=expiry, sender=sender)


def use_up(lending: LendingScene, used_permille: int, is_ask: bool) -> None:
    """Borrow so much of what makers would borrow, and let the lender take the rest out."""
    system = lending.system
    asset, unit = (1, 10**10) if is_ask else (0, UNIT)
    whale = lending.new_account(STRANGER, 10**7 * DOLLARS, 10**7)
    supply = lending.totals(asset).cash
    has = lending.ledger(whale, asset).balance
    system.borrow(whale, asset, (has + supply * min(used_permille, 990) // 1_000) * unit)
    if used_permille > 990:
        left = min(lending.totals(asset).cash, lending.atoms(lending.lender, asset))
        system.withdraw(lending.lender, asset, left * unit)
