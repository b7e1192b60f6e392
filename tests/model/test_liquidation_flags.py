"""Flags: who can be flagged, what that does, and how the flag and dead orders end."""

from dataclasses import replace

import pytest

from tests.model.liquidation import (
    DOLLAR,
    LOTS,
    TRADER,
    WINNER,
    Scene,
    fill_insurance,
    give,
    indebted,
    leveraged,
)
from tests.model.perps import (
    LOT_ATOMS,
    assert_sound,
    jump,
    open_pool,
    perp_order,
    position,
    spot_order,
)
from tests.model.setting import LISTER
from worldmarkets.model import Side, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import (
    AccountHealthy,
    AlreadyFlagged,
    NotFlagged,
    UnknownAccount,
)
from worldmarkets.model.interface import MarketRiskTerms
from worldmarkets.model.liquidation_events import (
    AccountThawed,
    AuctionRestarted,
    DeficitPaid,
    FlagCleared,
    Flagged,
)
from worldmarkets.model.liquidation_words import AuctionWord
from worldmarkets.model.words import LedgerWord

UNKNOWN = 99
BELOW = 1_870
"""Where a long of 20,000 dollars with 2,000 of margin is below 4.1 % of maintenance."""


@pytest.fixture
def scene() -> Scene:
    return leveraged()


# ---------------------------------------------------------------------- flagging


def test_flag_account_below_maintenance_notes_window_and_freezes(scene: Scene) -> None:
    scene.flag(BELOW)
    now = scene.exchange.time
    maintenance = 10 * BELOW * DOLLAR * 41 // 1_000
    assert scene.exchange.events == [Flagged(scene.trader, 700 * DOLLAR, maintenance, now + 10)]
    assert scene.auction() == AuctionWord(now + 10, now + 10, now, touched=1)
    word = scene.word()
    assert (word.flagged, word.live, word.protected, word.owes) == (1, 0, 0, 0)
    assert scene.counts().flagged == 1
    assert scene.ledger(scene.trader).frozen == 1
    assert position(scene.exchange, scene.trader).frozen == 1
    assert_sound(scene.exchange)


def test_flag_account_freezes_every_asset_in_use_and_touches_its_word(scene: Scene) -> None:
    scene.exchange.activate_asset(TRADER, scene.trader, 1)
    scene.flag(BELOW)
    assert scene.ledger(scene.trader, 1) == LedgerWord(frozen=1, touched=1)


def test_flag_account_unknown_is_refused(scene: Scene) -> None:
    with pytest.raises(UnknownAccount):
        scene.exchange.flag_account(UNKNOWN)


def test_flag_account_twice_is_refused(scene: Scene) -> None:
    scene.flag(BELOW)
    with pytest.raises(AlreadyFlagged):
        scene.exchange.flag_account(scene.trader)


def test_flag_account_at_maintenance_is_refused_and_an_atom_below_it_is_not(scene: Scene) -> None:
    jump(scene.exchange, BELOW)
    stands, slot = scene.stands(), slots.ledger(scene.trader, 0)
    cash = scene.ledger(scene.trader)
    missing = stands.maintenance - stands.equity
    scene.exchange.state.store(slot, replace(cash, balance=cash.balance + missing))
    with pytest.raises(AccountHealthy) as refused:
        scene.exchange.flag_account(scene.trader)
    required = stands.maintenance
    assert refused.value.arguments == (scene.trader, required, required)
    assert not scene.word().flagged
    scene.exchange.state.store(slot, replace(cash, balance=cash.balance + missing - 1))
    scene.exchange.flag_account(scene.trader)
    assert scene.word().flagged


def test_flag_account_resting_orders_do_not_count(scene: Scene) -> None:
    """Orders raise what is needed to add risk, never what flags."""
    scene.exchange.place(TRADER, scene.trader, perp_order(Side.BID, 19_000, 5_000))
    jump(scene.exchange, 1_900)
    before = scene.stands()
    with pytest.raises(AccountHealthy):
        scene.exchange.flag_account(scene.trader)
    assert before.maintenance == 10 * 1_900 * DOLLAR * 41 // 1_000


def test_flag_account_that_owes_nothing_is_healthy_whatever_it_is_worth() -> None:
    scene = indebted()
    jump(scene.exchange, 1_801)
    with pytest.raises(AccountHealthy):
        scene.exchange.flag_account(scene.winner)
    assert scene.stands(scene.winner).is_paid
    assert not scene.stands().is_paid


def test_flag_account_protected_by_a_bond_is_refused(scene: Scene) -> None:
    give(scene.exchange, scene.trader, 100)
    scene.exchange.lock_bond(TRADER, scene.trader, 100 * DOLLAR)
    jump(scene.exchange, BELOW)
    with pytest.raises(AccountHealthy) as refused:
        scene.exchange.flag_account(scene.trader)
    maintenance = 10 * BELOW * DOLLAR * 41 // 1_000
    assert refused.value.arguments == (scene.trader, 800 * DOLLAR, maintenance)
    jump(scene.exchange, 1_860)
    scene.exchange.flag_account(scene.trader)
    assert scene.bond() == 100 * DOLLAR


def test_flag_account_in_deficit_recognises_it_at_once(scene: Scene) -> None:
    fill_insurance(scene.exchange, 10_000)
    jump(scene.exchange, 1_801)
    jump(scene.exchange, 1_750)
    scene.exchange.flag_account(scene.trader)
    kinds = [type(event) for event in scene.exchange.events]
    assert kinds == [Flagged, DeficitPaid]
    assert scene.auction().in_deficit == 1
    counts = scene.counts()
    assert (counts.flagged, counts.in_deficit) == (1, 1)
    assert_sound(scene.exchange)


# ---------------------------------------------------------------------- review


def test_review_account_that_is_live_or_unknown_is_refused(scene: Scene) -> None:
    with pytest.raises(NotFlagged):
        scene.exchange.review_account(scene.trader)
    with pytest.raises(UnknownAccount):
        scene.exchange.review_account(UNKNOWN)


def test_review_account_still_below_changes_nothing(scene: Scene) -> None:
    scene.flag(BELOW)
    scene.open_auction(5)
    words = dict(scene.exchange.state.words)
    assert scene.exchange.review_account(scene.trader) == (True, False)
    assert scene.exchange.events == []
    assert scene.exchange.state.words == words


def test_review_account_healthy_again_starts_its_clock_anew(scene: Scene) -> None:
    scene.flag(BELOW)
    scene.open_auction(100)
    jump(scene.exchange, 1_880)
    assert scene.exchange.review_account(scene.trader) == (True, False)
    now = scene.exchange.time
    assert scene.exchange.events == [AuctionRestarted(scene.trader, now)]
    assert scene.auction().clock_start == now
    assert scene.auction().window_end < now


def test_review_account_within_the_window_starts_the_clock_at_its_end(scene: Scene) -> None:
    scene.flag(BELOW)
    jump(scene.exchange, 1_880)
    scene.exchange.review_account(scene.trader)
    end = scene.auction().window_end
    assert scene.exchange.events == [AuctionRestarted(scene.trader, end)]


def test_review_account_protected_again_starts_its_clock_anew(scene: Scene) -> None:
    """What protects it counts although it is not healthy itself."""
    give(scene.exchange, scene.trader, 100)
    scene.exchange.lock_bond(TRADER, scene.trader, 100 * DOLLAR)
    scene.flag(1_855)
    jump(scene.exchange, BELOW)
    assert not scene.stands().is_healthy
    scene.exchange.review_account(scene.trader)
    assert [type(event) for event in scene.exchange.events] == [AuctionRestarted]


def test_review_account_at_the_end_clears_the_flag_and_thaws(scene: Scene) -> None:
    scene.flag(BELOW)
    give(scene.exchange, scene.trader, 292)
    assert scene.exchange.review_account(scene.trader) == (False, True)
    end = 10 * BELOW * DOLLAR * 53 // 1_000
    assert scene.exchange.events == [
        FlagCleared(scene.trader, 992 * DOLLAR, end),
        AccountThawed(scene.trader),
    ]
    word = scene.word()
    assert (word.flagged, word.live) == (0, 1)
    assert scene.counts().flagged == 0
    assert scene.ledger(scene.trader).frozen == 0
    assert position(scene.exchange, scene.trader).frozen == 0
    assert_sound(scene.exchange)


def test_review_account_an_atom_below_the_end_stays_flagged(scene: Scene) -> None:
    scene.flag(BELOW)
    stands, cash = scene.stands(), scene.ledger(scene.trader)
    for short in (1, 0):
        balance = cash.balance + stands.end - stands.equity - short
        scene.exchange.state.store(slots.ledger(scene.trader, 0), replace(cash, balance=balance))
        assert scene.exchange.review_account(scene.trader)[0] is bool(short)


def test_review_account_that_has_paid_all_is_cleared_below_the_end() -> None:
    """Without debts and perps nothing is required of it."""
    scene = indebted()
    scene.flag(1_801)
    give(scene.exchange, scene.trader, 19_000)
    jump(scene.exchange, 1_700)
    assert scene.stands().is_paid
    assert scene.exchange.review_account(scene.trader) == (False, True)


def test_review_account_with_orders_stays_frozen_until_they_are_gone(scene: Scene) -> None:
    order = perp_order(Side.BID, 18_000, 100)
    order_id = scene.exchange.place(TRADER, scene.trader, order).order_id
    scene.flag(BELOW)
    give(scene.exchange, scene.trader, 1_000)
    assert scene.exchange.review_account(scene.trader) == (False, False)
    assert [type(event) for event in scene.exchange.events] == [FlagCleared]
    assert_sound(scene.exchange)
    scene.exchange.force_cancel(scene.trader, [order_id])
    assert scene.exchange.review_account(scene.trader) == (False, True)
    assert scene.exchange.events == [AccountThawed(scene.trader)]


def test_review_account_with_spot_orders_stays_frozen_until_its_owner_cancels(
    scene: Scene,
) -> None:
    order = spot_order(Side.BID, 18_000, 10)
    open_pool(scene.exchange)
    order_id = scene.exchange.place(TRADER, scene.trader, order).order_id
    scene.flag(BELOW)
    give(scene.exchange, scene.trader, 1_000)
    assert scene.exchange.review_account(scene.trader) == (False, False)
    scene.exchange.cancel(TRADER, scene.trader, order_id)
    assert scene.exchange.review_account(scene.trader) == (False, True)


def test_review_account_with_claims_stays_frozen_until_they_are_repaid(scene: Scene) -> None:
    fill_insurance(scene.exchange, 10_000)
    jump(scene.exchange, 1_801)
    jump(scene.exchange, 1_750)
    scene.exchange.flag_account(scene.trader)
    give(scene.exchange, scene.trader, 2_000)
    assert scene.exchange.review_account(scene.trader) == (False, False)
    assert scene.counts().in_deficit == 0
    assert scene.auction().in_deficit == 0
    scene.exchange.repay_claims(scene.trader)
    assert AccountThawed(scene.trader) in scene.exchange.events
    assert scene.word().live
    assert_sound(scene.exchange)


def test_review_account_recognises_a_deficit_that_came_later(scene: Scene) -> None:
    scene.flag(1_801)
    assert scene.deficits() == []
    jump(scene.exchange, 1_750)
    assert scene.exchange.review_account(scene.trader) == (True, False)
    lost = LOTS * LOT_ATOMS // 8 - 2_000 * DOLLAR
    assert [deficit.deficit_atoms for deficit in scene.deficits()] == [lost]
    assert_sound(scene.exchange)


def test_flag_account_again_keeps_nothing_of_the_first_time(scene: Scene) -> None:
    scene.flag(BELOW)
    give(scene.exchange, scene.trader, 292)
    scene.exchange.review_account(scene.trader)
    scene.exchange.time += 1_000
    jump(scene.exchange, 1_840)
    scene.exchange.flag_account(scene.trader)
    now = scene.exchange.time
    assert scene.auction() == AuctionWord(now + 10, now + 10, now, touched=1)


def test_standing_has_the_levels_of_the_market(scene: Scene) -> None:
    """Exits of half a percent, and of a shock of 6 % all, 80 % or 60 %."""
    jump(scene.exchange, 1_890)
    scene.exchange.time += 86_400
    scene.exchange.set_market_risk(LISTER, MarketRiskTerms(300, 80, 62))
    stands, worth = scene.stands(), 10 * 1_890 * DOLLAR
    assert stands.maintenance == worth * (62 * 6 + 50) // 10_000
    assert stands.end == worth * (80 * 6 + 50) // 10_000
    assert stands.exit_cost == worth // 200
    assert stands.gross == worth
    assert stands.perp_gross == ((1, worth),)


def test_owner_of_a_flagged_account_may_still_lower_its_risk(scene: Scene) -> None:
    scene.exchange.place(WINNER, scene.winner, perp_order(Side.BID, 18_700, 8_000))
    scene.flag(BELOW)
    now = {"time_in_force": Tif.IMMEDIATE_OR_CANCEL, "reduce_only": True}
    scene.exchange.place(TRADER, scene.trader, perp_order(Side.ASK, 18_700, 8_000, **now))
    assert position(scene.exchange, scene.trader).size == 2_000
    assert scene.exchange.review_account(scene.trader) == (False, True)
    assert_sound(scene.exchange)
