"""GOV-4 and what else could lift, use up or outlive the outflow limit."""

import pytest

from tests.support.abi import Reverted
from tests.support.backend import START_TIME
from tests.support.lending import BORROWER, LendingScene
from tests.support.scene import (
    ETH_UNIT,
    IOC,
    LOT,
    START_CASH,
    STRANGER,
    TAKER,
    UNIT,
    Scene,
    fee_up,
    notional,
)
from tests.support.soundness import refused
from worldmarkets.model.words import SECONDS_A_DAY

HELD = 2 * START_CASH
LIMIT = HELD // 4
LATER = (START_TIME // SECONDS_A_DAY + 10) * SECONDS_A_DAY


@pytest.fixture
def bound(scene: Scene) -> Scene:
    """Ten days later, when all room of the first deposits is gone; the maker has an order open."""
    scene.system.backend.set_time(LATER)
    scene.bid(scene.maker, 19_000, 1)
    return scene


def level(scene: Scene, asset: int = 0) -> int:
    """Net outflow that counts now: today's, and yesterday's as far as it is less than a day ago."""
    word, time = scene.outflow(asset), scene.system.backend.time
    age = time // SECONDS_A_DAY - word.day
    today = word.today if age == 0 else 0
    before = max((word.yesterday, word.today, 0)[min(age, 2)], 0)
    return today - (-before * (SECONDS_A_DAY - time % SECONDS_A_DAY) // SECONDS_A_DAY)


def out(scene: Scene, account: int, atoms: int) -> None:
    scene.system.withdraw(account, 0, atoms * UNIT)


def limit_reached(scene: Scene, account: int, atoms: int) -> bool:
    """Whether a withdrawal is refused for the limit."""
    try:
        out(scene, account, atoms)
    except Reverted as error:
        return error.name == "OutflowLimitReached"
    return False


def test_gov_4_deposit_and_withdraw_in_a_loop_uses_up_no_room(bound: Scene) -> None:
    looper = bound.new_account(STRANGER, START_CASH)
    for _ in range(50):
        out(bound, looper, START_CASH)
        bound.system.fund(looper, 0, START_CASH * UNIT)
    out(bound, looper, START_CASH)
    assert level(bound) == 0
    out(bound, bound.maker, LIMIT)


def test_gov_4_deposits_over_hours_use_up_no_more_room_than_they_bring(bound: Scene) -> None:
    """What a deposit brings fades, so taking it out again counts; but never more than it was."""
    looper = bound.new_account(STRANGER, 1_000)
    for hour in range(24):
        bound.system.backend.set_time(LATER + hour * 3_600)
        out(bound, looper, 1_000)
        assert level(bound) <= 1_000
        bound.system.fund(looper, 0, 1_000 * UNIT)
    out(bound, bound.maker, LIMIT - 1_000)


def test_gov_4_whoever_uses_up_the_limit_stops_no_old_deposit(bound: Scene) -> None:
    """It takes a quarter of all there is; those who deposited before yesterday leave as before."""
    out(bound, bound.maker, LIMIT)
    out(bound, bound.taker, START_CASH)
    assert bound.system.token_balance(0, TAKER) == START_CASH * UNIT


def test_gov_4_whoever_uses_up_the_limit_stops_no_new_deposit(bound: Scene) -> None:
    """A deposit makes the room for its own way out, limit or no limit."""
    out(bound, bound.maker, LIMIT)
    late = bound.new_account(STRANGER, 12_345)
    out(bound, late, 12_345)


def test_gov_4_flash_deposit_makes_no_more_room_than_it_brings(bound: Scene) -> None:
    """Four times the holdings, borrowed for a transaction, deposited and taken out again."""
    system = bound.system
    flash = bound.new_account(STRANGER, 4 * HELD)
    system.transfer(flash, bound.maker, 0, 4 * HELD)
    with refused(system, "OutflowLimitReached", 0, LIMIT + 1, LIMIT):
        out(bound, bound.maker, 4 * HELD + LIMIT + 1)
    out(bound, bound.maker, 4 * HELD + LIMIT)


def test_gov_4_flash_deposit_does_not_hurry_the_fading(bound: Scene) -> None:
    system = bound.system
    out(bound, bound.maker, LIMIT)
    system.backend.set_time(LATER + 3_600)
    flash = bound.new_account(STRANGER, 23 * HELD)
    out(bound, flash, 23 * HELD)
    # An hour of a quarter a day of what is left.
    faded = (HELD - LIMIT) // 4 // 24
    assert limit_reached(bound, bound.maker, faded + 1)


def test_gov_4_many_small_withdrawals_make_no_room_by_rounding(bound: Scene) -> None:
    """An atom a minute, while what left the day before fades: rounded up each time."""
    out(bound, bound.maker, LIMIT)
    for minute in range(1, 61):
        bound.system.backend.set_time(LATER + SECONDS_A_DAY + 60 * minute)
        out(bound, bound.maker, 1)
    assert level(bound) == -(-LIMIT * 23 // 24) + 60


def test_gov_4_one_deposit_moved_around_seasons_once(bound: Scene) -> None:
    """What has been moved on is no longer the account's old deposit."""
    system = bound.system
    first = bound.new_account(STRANGER, 1_000)
    second = system.create_account(STRANGER)
    system.activate_asset(second, 0)
    system.backend.set_time(LATER + 3 * SECONDS_A_DAY)
    system.transfer(first, second, 0, 1_000)
    out(bound, second, 1_000)
    system.transfer(bound.maker, first, 0, 1_000)
    out(bound, first, 1_000)
    # What left the second time was the maker's old deposit, which he has no more.
    assert bound.season(bound.maker).seasoned == START_CASH - 1_000
    assert bound.season(first).seasoned == bound.season(second).seasoned == 0


def test_gov_4_accounts_without_number_have_no_more_seasons_than_was_deposited(
    bound: Scene,
) -> None:
    """A circle of transfers: seasons are moved, never copied."""
    system = bound.system
    accounts = [bound.new_account(STRANGER, 10) for _ in range(4)]
    for source, target in zip(accounts * 3, accounts[1:] + accounts * 3, strict=False):
        if source != target:
            system.transfer(source, target, 0, bound.cash(source) // 2 + 1)
    seasons = [bound.season(account) for account in accounts]
    assert sum(word.today + word.yesterday + word.seasoned for word in seasons) == 40


def test_gov_4_donation_lifts_the_limit_by_less_than_it_costs(bound: Scene) -> None:
    """Tokens given to the exchange count as held; a quarter of them more may leave."""
    system = bound.system
    system.mint(STRANGER, 0, 1_000 * UNIT)
    gift = (system.tokens[0], "FaucetToken", STRANGER, "transfer", system.exchange, 1_000 * UNIT)
    snapshot = system.backend.snapshot()
    system.execute_on(*gift)
    assert limit_reached(bound, bound.maker, LIMIT + 251)
    out(bound, bound.maker, LIMIT + 250)
    system.backend.revert(snapshot)


def test_outflow_limit_of_a_worthless_asset_binds_no_other(bound: Scene) -> None:
    system = bound.system
    system.withdraw(bound.taker, 1, ETH_UNIT)
    system.set_outflow_limit(1, 0)
    out(bound, bound.maker, LIMIT)
    with refused(system, "OutflowLimitReached", 1, 1, 0):
        system.withdraw(bound.maker, 1, ETH_UNIT)


def test_order_placed_and_cancelled_frees_old_deposits_again(bound: Scene) -> None:
    """Nobody else can bind an account: only its own orders do."""
    made = bound.orders(19_000)[0][0]
    out(bound, bound.taker, 1)
    bound.system.cancel(bound.maker, made)
    out(bound, bound.maker, START_CASH)
    assert level(bound) == 0


def test_dust_sent_to_an_account_takes_no_freedom_from_it(bound: Scene) -> None:
    """Deposits and transfers of strangers neither bind it nor make its deposits young."""
    system = bound.system
    system.mint(STRANGER, 0, UNIT)
    system.deposit(bound.taker, 0, UNIT, sender=STRANGER)
    system.transfer(bound.maker, bound.taker, 1, 1)
    out(bound, bound.taker, START_CASH)
    assert level(bound) == -1
    assert bound.base(bound.taker) % LOT == 1


PARTNER = "0x" + "ab" * 20


def test_gov_4_trading_with_oneself_mints_no_seasons(scene: Scene) -> None:
    """Ten times the same money: in, over the book, and out on the other side."""
    system = scene.system
    price = notional(100, 20_000)
    fee = fee_up(price, 350)
    buyer = scene.new_account(STRANGER)
    system.activate_asset(buyer, 0)
    seller = scene.new_account(PARTNER, 1, 100)
    for _ in range(10):
        system.fund(buyer, 0, (price + fee) * UNIT)
        scene.ask(seller, 20_000, 100)
        assert scene.bid(buyer, 20_000, 100, IOC).filled_lots == 100
        system.withdraw(seller, 0, price * UNIT)
        system.transfer(buyer, seller, 1, 100 * LOT)
    word = scene.season(buyer)
    assert word.today + word.yesterday + word.seasoned == price + fee


def test_gov_4_deposit_of_the_day_before_makes_no_room(bound: Scene) -> None:
    """On a day on which nothing comes in, no more than a quarter of what is held leaves."""
    bound.new_account(STRANGER, HELD)
    bound.bid(bound.taker, 19_000, 1)
    bound.system.backend.set_time(LATER + SECONDS_A_DAY)
    left = 0
    for account in (bound.maker, bound.taker):
        if not limit_reached(bound, account, START_CASH - 10**9):
            left += START_CASH - 10**9
    assert left <= 2 * HELD // 4


def test_gov_4_in_before_midnight_and_out_behind_it_uses_up_no_room(bound: Scene) -> None:
    """In at the last second of a day, as much out at the first of the next: net nothing."""
    system = bound.system
    old = bound.new_account(STRANGER, 4 * HELD)
    new = system.create_account(STRANGER)
    midnight = LATER + 5 * SECONDS_A_DAY
    system.backend.set_time(midnight - 1)
    bound.bid(old, 19_000, 1)
    system.fund(new, 0, 4 * HELD * UNIT)
    system.backend.set_time(midnight)
    limit_reached(bound, old, 4 * HELD - 10**9)
    system.backend.set_time(midnight + SECONDS_A_DAY)
    assert not limit_reached(bound, bound.maker, 1)


def test_gov_4_deposit_of_the_day_before_leaves_as_it_came(bound: Scene) -> None:
    late = bound.new_account(STRANGER, 4 * HELD)
    bound.system.backend.set_time(LATER + SECONDS_A_DAY)
    out(bound, late, 4 * HELD)
    out(bound, bound.maker, HELD // 4)


def test_gov_4_what_repays_a_debt_leaves_no_note(lending: LendingScene) -> None:
    """Borrowed tokens, paid back at once, are no deposit: nothing of them is there to take out."""
    system, account = lending.system, lending.new_account(BORROWER, lots=50_000)
    system.borrow(account, 0, 50_000_000_000 * UNIT)
    system.mint(BORROWER, 0, 49_000_000_000 * UNIT)
    system.deposit(account, 0, 49_000_000_000 * UNIT)
    assert lending.ledger(account, 0).balance < 0
    assert lending.season(account).today == 0
    system.mint(BORROWER, 0, 8_000_000_000 * UNIT)
    system.deposit(account, 0, 8_000_000_000 * UNIT)
    left = lending.ledger(account, 0).balance
    assert left == lending.season(account).today > 0


def test_gov_4_what_repays_a_debt_of_another_account_takes_no_note_along(
    lending: LendingScene,
) -> None:
    system, account = lending.system, lending.new_account(BORROWER, lots=50_000)
    rich = lending.new_account(BORROWER, 60_000_000_000)
    system.borrow(account, 0, 50_000_000_000 * UNIT)
    system.transfer(rich, account, 0, 40_000_000_000)
    assert lending.season(account).today == 0
    assert lending.season(rich).today == 20_000_000_000
