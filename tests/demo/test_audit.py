"""Audits of a demonstration: what they cover, and words that must make them fail."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.demo.finished import Finished
from worldmarkets.demo.cast import OPERATOR_BUDGET_DOLLARS
from worldmarkets.model import slots
from worldmarkets.model.interface import Permission
from worldmarkets.model.liquidation_words import LiquidationWord
from worldmarkets.model.perp_words import Q24, PerpPoolWord, PositionWord
from worldmarkets.model.words import (
    BookWord,
    CashWord,
    LedgerWord,
    LevelWord,
    OperatorWord,
    OrderId,
    OutflowWord,
    PoolIndexWord,
    PoolTotalsWord,
    SeasonWord,
    TapeWord,
    pair_with,
)

pytestmark = pytest.mark.node


def test_audit_covers_every_asset_and_market(finished: Finished) -> None:
    deployment = finished.session.stage.deployment
    expected = {
        (invariant, f"asset {asset.asset_id}")
        for asset in deployment.assets
        for invariant in ("SOLV-1", "FLOW-1")
    }
    expected |= {
        (f"BOOK-{number}", f"market {market.market_id}")
        for market in deployment.markets
        for number in range(1, 6)
    }
    expected |= {
        (invariant, f"market {market.market_id}")
        for market in deployment.markets
        if market.perp
        for invariant in ("SOLV-2", "FUND-1")
    }
    expected |= {
        (invariant, f"asset {asset.asset_id}")
        for asset in deployment.assets
        if asset.pool
        for invariant in ("LEND-1", "LEND-2")
    }
    on_margin = [one.account for one in finished.source.credit.cast.borrowers[1:]]
    on_margin += finished.perps.cast.accounts
    expected |= {("RISK-1", f"account {account.account_id}") for account in on_margin}
    expected |= {("RISK-1", "paid"), ("AUTH-2", "accounts")}
    expected |= {(invariant, "accounts") for invariant in ("RISK-1", "RISK-3", "RISK-4")}
    expected |= {(invariant, "accounts") for invariant in ("LIQ-2", "LIQ-3")}
    assert {(row.invariant, row.subject) for row in finished.report.rows} == expected
    assert finished.report.passes


# ---------------------------------------------------------------------- audits that must fail


def break_balance(finished: Finished) -> None:
    account = finished.session.accounts[0].account_id
    slot = slots.ledger(account, 0)
    finished.change_word(slot, LedgerWord, balance=lambda atoms: atoms + 1)


def break_fees(finished: Finished) -> None:
    finished.change_word(slots.tape(finished.market), TapeWord, fees=lambda atoms: atoms - 1)


def break_level(finished: Finished) -> None:
    level = finished.book().levels[0]
    slot = slots.level(finished.market, level.tick)
    finished.change_word(slot, LevelWord, lots=lambda lots: lots + 1)


def break_best(finished: Finished) -> None:
    finished.change_word(slots.book(finished.market), BookWord, best_bid=lambda tick: tick - 1)


def break_bitmap(finished: Finished) -> None:
    tick = finished.book().levels[0].tick
    slot = slots.bitmap(finished.market, 0, tick // 255)
    finished.write_word(slot, finished.read_word(slot) & ~(1 << tick % 255))


def break_queue(finished: Finished) -> None:
    """The first order of a level loses its place."""
    level = finished.book().levels[0]
    slot = slots.level(finished.market, level.tick)
    finished.change_word(slot, LevelWord, head_live=lambda live: live & (live - 1))


def break_stale(finished: Finished) -> None:
    """An order is cancelled, and its level put back to what it was before."""
    session = finished.session
    level = finished.book().levels[0]
    order = level.orders[0]
    slot = slots.level(finished.market, level.tick)
    before = finished.read_word(slot)
    (owner,) = (one for one in session.accounts if one.account_id == order.lane.account)
    owner.client.send(owner.client.calls.cancel(order.lane.account, order.order_id))
    session.stage.rpc.call("evm_mine")
    # The chain is reverted after the test.
    owner.client.sender.resynchronise()
    assert finished.read_word(slot) != before
    finished.write_word(slot, before)


def break_open_total(finished: Finished) -> None:
    account = finished.session.accounts[1].account_id
    slot = slots.ledger(account, finished.session.venue.base_asset_id)
    finished.change_word(slot, LedgerWord, open_asks=lambda atoms: atoms + 1)


def break_operator(finished: Finished) -> None:
    """A trading key may also withdraw."""
    account = finished.session.accounts[0]
    slot = slots.operator(account.account_id, int(account.client.address, 16))
    finished.change_word(
        slot, OperatorWord, permissions=lambda bits: bits | Permission.WITHDRAW.value
    )


def break_budget(finished: Finished) -> None:
    slot = slots.ledger(finished.session.accounts[0].account_id, 0)
    finished.change_word(slot, CashWord, budget=lambda atoms: atoms + 1)


def break_loss(finished: Finished) -> None:
    """Operators have lost an atom more than they may."""
    slot = slots.ledger(finished.session.accounts[0].account_id, 0)
    budget = OPERATOR_BUDGET_DOLLARS * 10**6
    finished.change_word(slot, CashWord, loss=lambda _: budget + 1)


def break_pool_shares(finished: Finished) -> None:
    """A pool believes it has been lent a share more."""
    finished.change_word(
        slots.pool_totals(0), PoolTotalsWord, supply_shares=lambda shares: shares + 1
    )


def break_debt(finished: Finished) -> None:
    """A borrower owes a share less."""
    borrower = finished.source.credit.cast.borrowers[2]
    slot = slots.ledger(borrower.account.account_id, 0)
    finished.change_word(slot, LedgerWord, balance=lambda shares: shares + 1)


def break_reserve(finished: Finished) -> None:
    """A pool lacks more than its reserve, so that lenders have more than there is."""
    finished.change_word(slots.pool_totals(0), PoolTotalsWord, cash=lambda atoms: atoms - 10**6)


def break_index(finished: Finished) -> None:
    """Lenders have lost a part in a billion."""
    finished.change_word(
        slots.pool_index(0), PoolIndexWord, supply_index=lambda index: index - index // 10**9
    )


def break_use(finished: Finished) -> None:
    """An account owes an asset that the check at the end of its actions does not look at."""
    account = finished.session.accounts[-1].account_id
    finished.change_word(slots.ledger(account, 2), LedgerWord, balance=lambda _: -1)


def break_season(finished: Finished) -> None:
    """A deposit looks a day older than it is."""
    slot = slots.season(finished.session.accounts[0].account_id, 0)
    finished.change_word(slot, SeasonWord, day=lambda day: day - 1)


def break_outflow(finished: Finished) -> None:
    finished.change_word(slots.outflow(0), OutflowWord, today=lambda atoms: atoms - 1)


def break_position(finished: Finished) -> None:
    """Somebody is long a lot of a perp, and nobody short."""
    slot = slots.position(finished.session.accounts[0].account_id, 1)
    finished.change_word(slot, PositionWord, size=lambda lots: lots + 1)


def break_position_cash(finished: Finished) -> None:
    """A position has a tenth of a cent, more than rounding has left in its market."""
    slot = slots.position(finished.session.accounts[0].account_id, 1)
    finished.change_word(slot, PositionWord, cash=lambda units: units + 100 * Q24)


def break_perp_pool(finished: Finished) -> None:
    """A perp believes in an atom that the exchange does not hold."""
    finished.change_word(slots.perp_pool(513), PerpPoolWord, cash=lambda atoms: atoms + 1)


def change_lane(finished: Finished, **changes: int) -> None:
    order = finished.book().levels[0].orders[0]
    place = OrderId.unpack(order.order_id)
    slot = slots.lanes(place.market, place.tick, place.chunk, place.place)
    lane = replace(order.lane, **changes)
    finished.write_word(slot, pair_with(finished.read_word(slot), place.place, lane))


def break_flags(finished: Finished) -> None:
    finished.change_word(slots.liquidation(), LiquidationWord, flagged=lambda count: count + 1)


def break_bonds(finished: Finished) -> None:
    finished.change_word(slots.liquidation(), LiquidationWord, bonds=lambda atoms: atoms + 1)


def break_frozen(finished: Finished) -> None:
    """The orders of an account would be dead, which was never flagged."""
    account = finished.session.accounts[0].account_id
    finished.change_word(slots.ledger(account, 0), LedgerWord, frozen=lambda _: 1)


def break_expiry(finished: Finished) -> None:
    change_lane(finished, expiry=0)


def break_operator_flag(finished: Finished) -> None:
    """Losses of an order would no longer count towards the budget."""
    change_lane(finished, by_operator=0)


def break_owner_hash(finished: Finished) -> None:
    """An order would no longer be known as its owner's."""
    lane = finished.book().levels[0].orders[0].lane
    change_lane(finished, owner_hash=lane.owner_hash ^ 1)


def break_tag(finished: Finished) -> None:
    lane = finished.book().levels[0].orders[0].lane
    change_lane(finished, tag=lane.tag ^ 1)


@pytest.mark.parametrize(
    ("corrupt", "invariant"),
    [
        (break_balance, "SOLV-1"),
        (break_fees, "SOLV-1"),
        (break_level, "BOOK-1"),
        (break_best, "BOOK-1"),
        (break_bitmap, "BOOK-1"),
        (break_queue, "BOOK-2"),
        (break_stale, "BOOK-3"),
        (break_open_total, "BOOK-4"),
        (break_expiry, "BOOK-5"),
        (break_operator_flag, "BOOK-5"),
        (break_owner_hash, "BOOK-5"),
        (break_tag, "BOOK-5"),
        (break_operator, "AUTH-2"),
        (break_budget, "AUTH-2"),
        (break_loss, "AUTH-2"),
        (break_pool_shares, "LEND-1"),
        (break_position, "SOLV-2"),
        (break_position_cash, "SOLV-2"),
        (break_perp_pool, "SOLV-1"),
        (break_flags, "LIQ-3"),
        (break_bonds, "SOLV-1"),
        (break_bonds, "LIQ-3"),
        (break_frozen, "LIQ-3"),
        (break_debt, "LEND-1"),
        (break_reserve, "LEND-1"),
        (break_index, "LEND-1"),
        (break_use, "RISK-1"),
        (break_season, "FLOW-1"),
        (break_outflow, "FLOW-1"),
    ],
)
def test_audit_corrupted_word_breaks_its_invariant(
    finished: Finished, corrupt: Callable[[Finished], None], invariant: str
) -> None:
    rpc = finished.session.stage.rpc
    assert finished.audit().passes
    snapshot = rpc.call("evm_snapshot")
    try:
        corrupt(finished)
        report = finished.audit()
    finally:
        assert rpc.call("evm_revert", snapshot)
    assert not report.passes
    broken = {row.invariant for row in report.rows if not row.passes}
    assert invariant in broken
    lines = [line for row in report.rows if not row.passes for line in row.lines()]
    assert any(line.startswith(invariant) and "BROKEN" in line for line in lines)
