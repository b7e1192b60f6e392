"""Slices: who may take one, what moves of each kind of leg, what is paid, and what is refused."""

import copy

import pytest

from tests.model.liquidation import (
    BIDDER,
    DOLLAR,
    LOTS,
    STRANGER,
    TRADER,
    WINNER,
    Scene,
    fill_insurance,
    give,
    indebted,
    leveraged,
    make_backstop,
    refresh,
)
from tests.model.perps import (
    PERP_MARKET,
    TICK,
    assert_sound,
    change,
    fund,
    jump,
    perp_order,
    position,
    tape_word,
    trade,
)
from tests.model.setting import LISTER, add_user
from worldmarkets.model import Exchange, Permission, Side, accounts, balances, slots
from worldmarkets.model.errors import (
    AccountHealthy,
    BelowInitialMargin,
    NotAccountOwner,
    NotFlagged,
    PaidTooMuch,
    PermissionMissing,
    PositionCapReached,
    SameOwner,
    SliceTooSmall,
    TooManyAssets,
    UnknownAccount,
    WindowOpen,
)
from worldmarkets.model.interface import PoolTerms
from worldmarkets.model.liquidation import protection, slices
from worldmarkets.model.liquidation.slice_invariants import check_slice
from worldmarkets.model.liquidation_events import (
    AccountThawed,
    DeficitPaid,
    FlagCleared,
    SliceTaken,
)
from worldmarkets.model.liquidation_interface import SliceResult
from worldmarkets.model.perp_words import Q24, PositionWord
from worldmarkets.model.perps import funding, positions
from worldmarkets.model.state import State
from worldmarkets.model.words import LedgerWord, UnderlyingWord

BELOW = 1_870
PPM = 10**6
UNLIMITED = 2**100
KEY = 0x77


def failing(seconds: int = 0) -> Scene:
    """A flagged trader whose window has ended some time ago."""
    scene = leveraged()
    scene.flag(BELOW)
    scene.open_auction(seconds)
    return scene


def unsettled(exchange: Exchange, account: int) -> int:
    """What is not settled of a position [quote atoms]."""
    exchange.state.time = exchange.time
    units = positions.unsettled_now(exchange.state, account, PERP_MARKET)
    return positions.atoms_down(units, 100)


def snapshot(scene: Scene) -> State:
    state = State(copy.copy(scene.exchange.state.words))
    state.time = scene.exchange.time
    return state


# ---------------------------------------------------------------------- who may


def test_take_slice_of_what_is_not_flagged_or_not_known_is_refused() -> None:
    scene = leveraged()
    jump(scene.exchange, BELOW)
    with pytest.raises(NotFlagged):
        scene.take()
    with pytest.raises(UnknownAccount) as refused:
        scene.exchange.take_slice(BIDDER, 99, scene.bidder, PPM, UNLIMITED)
    assert refused.value.account_id == 99


def test_take_slice_of_ones_own_account_is_refused() -> None:
    scene = failing()
    other = fund(scene.exchange, TRADER, 10**6)
    with pytest.raises(SameOwner) as refused:
        scene.exchange.take_slice(TRADER, scene.trader, other, PPM, UNLIMITED)
    assert refused.value.arguments == (scene.trader, other)


def test_take_slice_for_an_account_of_others_is_refused() -> None:
    scene = failing()
    with pytest.raises(NotAccountOwner):
        scene.exchange.take_slice(STRANGER, scene.trader, scene.bidder, PPM, UNLIMITED)


@pytest.mark.parametrize("permissions", [Permission.PLACE, Permission.LEND])
def test_take_slice_by_an_operator_needs_to_place_and_lend(permissions: Permission) -> None:
    scene = failing()
    until = scene.exchange.time
    scene.exchange.set_operator(BIDDER, scene.bidder, KEY, permissions, until, 0)
    with pytest.raises(PermissionMissing):
        scene.exchange.take_slice(KEY, scene.trader, scene.bidder, PPM, UNLIMITED)
    both = Permission.PLACE | Permission.LEND
    scene.exchange.set_operator(BIDDER, scene.bidder, KEY, both, until, 0)
    scene.exchange.take_slice(KEY, scene.trader, scene.bidder, PPM, UNLIMITED)


def test_take_slice_within_the_window_is_for_chosen_liquidators() -> None:
    scene = leveraged()
    scene.exchange.set_liquidator(TRADER, scene.trader, BIDDER, True)
    scene.flag(BELOW)
    other = fund(scene.exchange, STRANGER, 10**6)
    end = scene.auction().window_end
    scene.exchange.time = end - 1
    with pytest.raises(WindowOpen) as refused:
        scene.exchange.take_slice(STRANGER, scene.trader, other, PPM, UNLIMITED)
    assert refused.value.arguments == (scene.trader, end)
    scene.take()
    # The price has not begun to fall: just under the equity.
    (taken,) = [event for event in scene.exchange.events if isinstance(event, SliceTaken)]
    assert taken.paid_atoms == -(-686 * DOLLAR * taken.fraction_ppm // PPM)
    assert scene.auction().clock_start == end


def test_take_slice_within_the_window_is_not_for_who_is_chosen_no_more() -> None:
    scene = leveraged()
    scene.exchange.set_liquidator(TRADER, scene.trader, BIDDER, True)
    scene.exchange.set_liquidator(TRADER, scene.trader, BIDDER, False)
    scene.flag(BELOW)
    with pytest.raises(WindowOpen):
        scene.take()
    scene.exchange.time = scene.auction().window_end
    scene.take()


def test_take_slice_of_an_account_that_is_healthy_or_protected_again_is_refused() -> None:
    scene = failing()
    jump(scene.exchange, 1_880)
    with pytest.raises(AccountHealthy) as refused:
        scene.take()
    maintenance = 10 * 1_880 * DOLLAR * 41 // 1_000
    assert refused.value.arguments == (scene.trader, 800 * DOLLAR, maintenance)
    assert scene.word().flagged


def test_take_slice_of_a_protected_account_is_refused() -> None:
    scene = leveraged()
    give(scene.exchange, scene.trader, 100)
    scene.exchange.lock_bond(TRADER, scene.trader, 100 * DOLLAR)
    scene.flag(1_855)
    scene.open_auction()
    jump(scene.exchange, BELOW)
    with pytest.raises(AccountHealthy):
        scene.take()


# ---------------------------------------------------------------------- a long perp


def test_take_slice_brings_the_account_to_its_end_and_pays_the_fee_to_the_insurance() -> None:
    scene = failing(100)
    before, stands = snapshot(scene), scene.stands()
    result = scene.exchange.take_slice(BIDDER, scene.trader, scene.bidder, PPM, UNLIMITED)
    price = 700 * DOLLAR * 9_800 * 200 // (10_000 * 300)
    fee = stands.gross // 200
    missing = stands.end - stands.equity
    fraction = -(-PPM * (missing + stands.gross // 10_000) // (missing + price - fee))
    paid = -(-price * fraction // PPM)
    assert result == SliceResult(fraction, paid, fee * fraction // PPM)
    lots = -(-LOTS * fraction // PPM)
    assert LOTS * fraction // PPM == lots - 1
    assert position(scene.exchange, scene.trader).size == LOTS - lots
    assert position(scene.exchange, scene.bidder).size == lots
    # Of what was lost and of the cash the same part has moved.
    assert unsettled(scene.exchange, scene.bidder) == -1_300 * fraction
    assert scene.atoms(scene.bidder) == 10**6 * DOLLAR + 2_000 * fraction - paid
    left = 2_000 * (PPM - fraction)
    assert scene.atoms(scene.trader) == left + paid - result.fee_atoms
    assert scene.atoms(accounts.INSURANCE) == result.fee_atoms
    after = scene.stands()
    (taken, cleared, thawed) = scene.exchange.events
    assert taken == SliceTaken(scene.trader, scene.bidder, *values(result), after.equity)
    assert cleared == FlagCleared(scene.trader, after.equity, after.end)
    assert thawed == AccountThawed(scene.trader)
    # No more than a lot, and a ten-thousandth of what its legs were worth, beyond it.
    assert 0 <= after.equity - after.end < stands.end // lots + stands.gross // 10_000
    assert check_slice(before, scene.exchange.state, taken) == []
    assert_sound(scene.exchange)


def values(result: SliceResult) -> tuple[int, int, int]:
    return (result.fraction_ppm, result.paid_atoms, result.fee_atoms)


def test_take_slice_smaller_than_what_is_missing_starts_the_clock_anew() -> None:
    scene = failing(100)
    scene.take(100_000)
    assert scene.auction().clock_start == scene.exchange.time
    assert not scene.stands().is_healthy
    with pytest.raises(PaidTooMuch):
        scene.take(100_000, 60 * DOLLAR)
    # Nine tenths are left, at just under their equity.
    scene.take(100_000)
    (taken, _) = scene.exchange.events
    assert isinstance(taken, SliceTaken)
    assert taken.paid_atoms > 60 * DOLLAR
    assert_sound(scene.exchange)


def test_take_slice_smaller_than_the_least_is_refused() -> None:
    scene = failing()
    with pytest.raises(SliceTooSmall) as refused:
        scene.take(99_999)
    assert refused.value.arguments == (99_999, 100_000)
    assert position(scene.exchange, scene.bidder).size == 0


def test_take_slice_for_more_than_allowed_is_refused() -> None:
    scene = failing(100)
    with pytest.raises(PaidTooMuch) as refused:
        scene.take(100_000, 1)
    price = 700 * DOLLAR * 9_800 * 200 // (10_000 * 300)
    assert refused.value.arguments == (-(-price // 10), 1)
    assert_sound(scene.exchange)


def test_take_slice_clears_the_flag_where_the_end_is_reached() -> None:
    """At the price of nothing all is taken: then nothing is required any more."""
    scene = failing(300)
    result = scene.exchange.take_slice(BIDDER, scene.trader, scene.bidder, PPM, 0)
    assert result == SliceResult(PPM, 0, 0)
    kinds = [type(event) for event in scene.exchange.events]
    assert kinds == [SliceTaken, FlagCleared, AccountThawed]
    # It has kept nothing of its perp, and its bidder has all.
    assert position(scene.exchange, scene.trader).is_empty
    assert scene.atoms(scene.trader) == 0
    assert position(scene.exchange, scene.bidder).size == LOTS
    assert scene.atoms(scene.bidder) == 10**6 * DOLLAR + 2_000 * DOLLAR
    assert_sound(scene.exchange)


def test_fee_is_shared_with_the_backstop_which_gets_the_odd_atom() -> None:
    scene = leveraged()
    backstop = make_backstop(scene.exchange, 10)
    scene.flag(BELOW)
    scene.open_auction(100)
    scene.take()
    (taken, *_) = scene.exchange.events
    assert isinstance(taken, SliceTaken)
    fee = taken.fee_atoms
    assert scene.atoms(accounts.INSURANCE) == fee // 2
    assert scene.atoms(backstop) == 10 * DOLLAR + fee - fee // 2


def test_fee_takes_no_more_than_what_is_paid() -> None:
    """Close to the price of nothing half a percent of the legs is more than the price."""
    scene = failing(299)
    scene.take(100_000)
    (taken, *_) = scene.exchange.events
    assert isinstance(taken, SliceTaken)
    assert taken.paid_atoms >= taken.fee_atoms > 0
    assert scene.atoms(accounts.INSURANCE) == taken.fee_atoms


# ---------------------------------------------------------------------- other legs


def test_take_slice_of_a_short_moves_lots_and_closes_open_interest() -> None:
    """The bidder is long: what he takes over closes his own."""
    scene = leveraged(margin=10_000)
    loser = fund(scene.exchange, STRANGER, 2_000)
    trade(scene.exchange, (BIDDER, scene.bidder), (STRANGER, loser), LOTS)
    assert tape_word(scene.exchange).open_interest == 2 * LOTS
    jump(scene.exchange, 2_130)
    scene.trader = loser
    scene.exchange.flag_account(loser)
    scene.open_auction(100)
    before = snapshot(scene)
    scene.take(100_000)
    (taken, *_) = scene.exchange.events
    assert isinstance(taken, SliceTaken)
    assert taken.fraction_ppm == 100_000
    assert position(scene.exchange, loser).size == -LOTS * 9 // 10
    assert position(scene.exchange, scene.bidder).size == LOTS * 9 // 10
    assert tape_word(scene.exchange).open_interest == 2 * LOTS - LOTS // 10
    assert unsettled(scene.exchange, loser) == -130 * 9 * DOLLAR
    assert check_slice(before, scene.exchange.state, taken) == []
    assert_sound(scene.exchange)


def test_move_takes_the_part_of_a_loss_rounded_down_and_keeps_entries() -> None:
    scene = failing()
    slot = slots.position(scene.trader, 1)
    change(scene.exchange, PositionWord, slot, cash=-2_000 * 10**4 * Q24 - 5, funding_entry=77)
    state = scene.exchange.state
    state.time = scene.exchange.time
    slices.move(state, scene.trader, scene.bidder, 333_333)
    given, taken = (position(scene.exchange, one) for one in (scene.trader, scene.bidder))
    assert (given.size, taken.size) == (LOTS - 3_334, 3_334)
    market = funding.load(state, PERP_MARKET)
    mark = market.mark - funding.index_at(market, state.time)
    value = LOTS * mark - 2_000 * 10**4 * Q24 - 5
    assert taken.size * mark + taken.cash == value * 333_333 // PPM
    assert given.size * mark + given.cash == value - value * 333_333 // PPM
    assert given.funding_entry == 77
    assert taken.funding_entry == positions.entry_at(funding.index_at(market, state.time))


def test_move_of_less_than_a_lot_moves_a_lot_and_its_part_of_what_is_not_settled() -> None:
    """All that a position has lost may hang on its last lot, and the lot goes."""
    scene = leveraged(lots=1)
    before, slot = position(scene.exchange, scene.trader), slots.position(scene.trader, 1)
    change(scene.exchange, PositionWord, slot, cash=before.cash - 10**15)
    slices.move(scene.exchange.state, scene.trader, scene.bidder, 100_000)
    given, taken = (position(scene.exchange, one) for one in (scene.trader, scene.bidder))
    assert (given.size, given.cash) == (0, -9 * 10**14)
    mark = TICK * Q24
    assert (taken.size, taken.cash + mark) == (1, -(10**14))
    assert accounts.used_perps(scene.exchange.state, scene.bidder) == [1]


def test_move_of_a_perp_in_use_without_anything_moves_nothing() -> None:
    scene = leveraged(lots=9)
    for account in (scene.trader, scene.bidder):
        change(scene.exchange, PositionWord, slots.position(account, 1), size=0, cash=0)
    protection.mark(scene.exchange.state, scene.bidder, perps=0)
    slices.move(scene.exchange.state, scene.trader, scene.bidder, 100_000)
    assert accounts.used_perps(scene.exchange.state, scene.bidder) == []


def test_move_of_a_closed_position_moves_its_cash_rounded_down() -> None:
    scene = leveraged(lots=9)
    for cash, moved in ((-7, -3), (7, 2)):
        for account in (scene.trader, scene.bidder):
            slot = slots.position(account, 1)
            change(scene.exchange, PositionWord, slot, size=0, cash=0, funding_entry=5)
        change(scene.exchange, PositionWord, slots.position(scene.trader, 1), cash=cash)
        slices.move(scene.exchange.state, scene.trader, scene.bidder, 333_333)
        assert position(scene.exchange, scene.trader).cash == cash - moved
        assert position(scene.exchange, scene.bidder).cash == moved
        assert position(scene.exchange, scene.bidder).funding_entry == 5
        assert accounts.used_perps(scene.exchange.state, scene.bidder) == [1]


def test_take_slice_beyond_the_position_cap_is_refused() -> None:
    """What was in one hand before may come into another, and no more beyond the cap."""
    scene = leveraged()
    trade(scene.exchange, (BIDDER, scene.bidder), (WINNER, scene.winner), 8_000)
    scene.flag(BELOW)
    scene.open_auction()
    scene.exchange.set_perp_limits(LISTER, PERP_MARKET, 2**30, 2**12)
    with pytest.raises(PositionCapReached) as refused:
        scene.take(200_100)
    assert refused.value.arguments == (scene.bidder, PERP_MARKET, 10_001, 10_000)
    scene.take(200_000)
    assert position(scene.exchange, scene.bidder).size == 10_000
    assert_sound(scene.exchange)


def test_take_slice_that_makes_a_position_beyond_the_cap_smaller_is_taken() -> None:
    scene = leveraged(margin=10_000)
    loser = fund(scene.exchange, STRANGER, 2_000)
    trade(scene.exchange, (BIDDER, scene.bidder), (STRANGER, loser), LOTS)
    jump(scene.exchange, 2_130)
    scene.exchange.set_perp_limits(LISTER, PERP_MARKET, 2**30, 2**12)
    scene.trader = loser
    scene.exchange.flag_account(loser)
    scene.open_auction(100)
    scene.take(100_000)
    assert position(scene.exchange, scene.bidder).size == LOTS * 9 // 10


def test_take_slice_of_a_debt_with_its_tokens_moves_both() -> None:
    scene = indebted()
    scene.flag(1_870)
    scene.open_auction(100)
    refresh(scene.exchange)
    before, words = snapshot(scene), (scene.ledger(scene.trader), scene.ledger(scene.trader, 1))
    pool = balances.pools.read(scene.exchange.state, 0)
    scene.take(200_000)
    (taken, *_) = scene.exchange.events
    assert isinstance(taken, SliceTaken)
    tokens = words[1].balance * 200_000 // PPM
    assert scene.ledger(scene.trader, 1).balance == words[1].balance - tokens
    assert scene.ledger(scene.bidder, 1) == LedgerWord(balance=tokens, touched=1)
    # The bidder has custody, which repays his part of the debt at once, and pays him in.
    shares = -words[0].balance * 200_000 // PPM
    debt = pool.debt_up(shares)
    assert scene.ledger(scene.bidder).balance == 10**6 * DOLLAR - debt - taken.paid_atoms
    assert accounts.used_assets(scene.exchange.state, scene.bidder) == [0, 1]
    assert check_slice(before, scene.exchange.state, taken) == []
    assert_sound(scene.exchange)


def test_take_slice_of_lent_tokens_moves_them_lent_though_all_are_borrowed() -> None:
    scene = indebted()
    scene.exchange.set_pool_terms(LISTER, 1, PoolTerms(2**79 - 1, 2**79 - 1, 999, 999))
    scene.exchange.set_lent(TRADER, scene.trader, 1, True)
    borrower = add_user(scene.exchange, STRANGER, 10**6, 0)
    units = 998 * 10**16
    scene.exchange.borrow(STRANGER, borrower, 1, units, STRANGER)
    scene.flag(1_870)
    scene.open_auction(100)
    before, word = snapshot(scene), scene.ledger(scene.trader, 1)
    scene.take(200_000)
    (taken, *_) = scene.exchange.events
    assert isinstance(taken, SliceTaken)
    part = word.balance * 200_000 // PPM
    assert scene.ledger(scene.bidder, 1) == LedgerWord(balance=part, lent=1, touched=1)
    assert scene.ledger(scene.trader, 1).balance == word.balance - part
    assert check_slice(before, scene.exchange.state, taken) == []
    assert_sound(scene.exchange)


def test_take_slice_of_a_hedged_book_moves_both_legs() -> None:
    """Spot on credit and a perp against it: what is required falls by the fraction."""
    scene = indebted(margin=2_000)
    other = fund(scene.exchange, STRANGER, 10**6)
    trade(scene.exchange, (STRANGER, other), (TRADER, scene.trader), 6_000)
    scene.flag(1_600)
    assert scene.stands().equity > 0
    scene.open_auction(50)
    before = snapshot(scene)
    scene.take(300_000)
    (taken, *_) = scene.exchange.events
    assert isinstance(taken, SliceTaken)
    assert position(scene.exchange, scene.bidder).size == -6_000 * taken.fraction_ppm // PPM
    assert scene.ledger(scene.bidder, 1).balance == 10**9 * taken.fraction_ppm // PPM
    assert check_slice(before, scene.exchange.state, taken) == []
    assert_sound(scene.exchange)


def test_take_slice_by_who_uses_too_many_assets_is_refused() -> None:
    scene = indebted()
    word = accounts.load(scene.exchange.state, scene.bidder)
    full = word.pack() | ((1 << 15) - 1) << 170
    scene.exchange.state.store_raw(slots.account(scene.bidder), full)
    scene.flag(1_870)
    scene.open_auction(100)
    with pytest.raises(TooManyAssets):
        scene.take()


# ---------------------------------------------------------------------- the bidder's margin


def test_take_slice_by_who_has_no_margin_for_it_is_refused() -> None:
    scene = failing(100)
    poor = fund(scene.exchange, STRANGER, 300)
    with pytest.raises(BelowInitialMargin) as refused:
        scene.exchange.take_slice(STRANGER, scene.trader, poor, PPM, UNLIMITED)
    assert refused.value.arguments[0] == poor
    assert_sound(scene.exchange)


@pytest.mark.parametrize(
    "fault", [{"time": 1}, {"unconfirmed": 1}, {"confidence_bps": 5_000}], ids=str
)
def test_take_slice_at_a_price_that_is_not_good_is_taken(fault: dict[str, int]) -> None:
    scene = failing(100)
    change(scene.exchange, UnderlyingWord, slots.underlying(1), **fault)
    scene.take()
    assert position(scene.exchange, scene.bidder).size


def test_take_slice_without_limits_of_the_pool_borrows_within_them_alone() -> None:
    """A bidder pays on credit if the pool lends him; debt of the slice needs no pool."""
    scene = indebted()
    scene.flag(1_870)
    scene.open_auction(100)
    word = scene.ledger(scene.trader)
    scene.exchange.set_pool_terms(LISTER, 0, PoolTerms(2**79 - 1, 0))
    empty = add_user(scene.exchange, STRANGER, 0, 100)
    with pytest.raises(balances.pools.BorrowCapReached):
        scene.exchange.take_slice(STRANGER, scene.trader, empty, 200_000, UNLIMITED)
    scene.open_auction(300 + 120)
    scene.exchange.take_slice(STRANGER, scene.trader, empty, 200_000, 0)
    assert scene.ledger(empty).balance == -(-word.balance * 200_000 // PPM)
    assert_sound(scene.exchange)


# ---------------------------------------------------------------------- without a price


def test_take_slice_without_a_price_is_paid_out_of_the_insurance() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 1_000)
    scene.flag(1_805)
    stands = scene.stands()
    assert 0 < stands.equity < stands.exit_cost
    scene.open_auction(300 * stands.equity // stands.exit_cost + 60)
    premium = (stands.exit_cost - stands.equity) * 60 // 120
    result = scene.exchange.take_slice(BIDDER, scene.trader, scene.bidder, 500_000, 0)
    assert result == SliceResult(500_000, -(premium // 2), 0)
    (deficit,) = scene.deficits()
    assert (deficit.deficit_atoms, deficit.insurance_atoms) == (premium // 2, premium // 2)
    assert scene.used(slots.PAID_BIDDERS).insurance == premium // 2
    assert_sound(scene.exchange)


def test_take_slice_with_less_than_nothing_asks_for_at_least_so_much() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 1_000)
    scene.flag(1_805)
    scene.open_auction(420)
    stands = scene.stands()
    premium = stands.exit_cost - stands.equity
    with pytest.raises(PaidTooMuch):
        scene.take(PPM, -premium - 1)
    scene.take(PPM, -premium)
    assert_sound(scene.exchange)


def test_take_slice_of_an_account_in_deficit_recognises_it_first() -> None:
    """Then it is worth an atom, and its price at once below nothing."""
    scene = leveraged()
    fill_insurance(scene.exchange, 10_000)
    scene.flag(1_801)
    scene.open_auction(60)
    jump(scene.exchange, 1_750)
    clock = scene.exchange.time - scene.auction().clock_start
    scene.take()
    first, second = scene.deficits()
    assert first.deficit_atoms == 500 * DOLLAR
    premium = (87_500_000 - 1) * clock // 120
    assert (second.deficit_atoms, second.insurance_atoms) == (premium, premium)
    kinds = [type(event) for event in scene.exchange.events]
    assert kinds == [DeficitPaid, DeficitPaid, SliceTaken, FlagCleared]
    assert_sound(scene.exchange)


def test_take_slice_that_clears_the_flag_leaves_dead_orders_dead() -> None:
    scene = leveraged()
    order = perp_order(Side.BID, 18_000, 100)
    scene.exchange.place(TRADER, scene.trader, order)
    scene.flag(BELOW)
    scene.open_auction(300)
    scene.take()
    assert [type(event) for event in scene.exchange.events] == [SliceTaken, FlagCleared]
    assert not scene.word().live
