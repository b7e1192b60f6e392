"""Asking to redeem: cooldown, expiry, replacing, and shares that must not slip away."""

import pytest

from tests.support.backend import user_address
from tests.support.backstop import COOLDOWN, EXIT_WINDOW, VIRTUAL, Backstop
from tests.support.scene import DEPOSITOR, STRANGER, UNIT
from tests.support.soundness import refused

ALL = 10 * VIRTUAL
"""Shares of ten atoms."""


@pytest.fixture
def entered(backstop: Backstop) -> Backstop:
    """A tranche of ten atoms, of one depositor."""
    backstop.enter(DEPOSITOR, 10)
    return backstop


def test_request_tells_when_and_keeps_the_shares_with_their_owner(entered: Backstop) -> None:
    now = entered.system.backend.time
    ready_at, expires_at = now + COOLDOWN, now + COOLDOWN + EXIT_WINDOW
    assert entered.request(DEPOSITOR, 4 * VIRTUAL) == ready_at
    assert entered.request_of(DEPOSITOR) == (4 * VIRTUAL, ready_at, expires_at)
    assert entered.shares(DEPOSITOR) == entered.supply == ALL
    [event] = entered.events()
    assert (event.name, event.fields) == (
        "RedeemRequested",
        {
            "owner": DEPOSITOR,
            "shares": 4 * VIRTUAL,
            "readyAt": ready_at,
            "expiresAt": expires_at,
        },
    )


def test_request_of_nobody_is_empty(entered: Backstop) -> None:
    assert entered.request_of(DEPOSITOR) == (0, 0, 0)


def test_request_of_nothing_is_refused(entered: Backstop) -> None:
    with refused(entered.system, "ZeroAmount"):
        entered.request(DEPOSITOR, 0)


def test_request_of_more_than_the_balance_is_refused(entered: Backstop) -> None:
    with refused(entered.system, "ERC20InsufficientBalance", DEPOSITOR, ALL, ALL + 1):
        entered.request(DEPOSITOR, ALL + 1)
    with refused(entered.system, "ERC20InsufficientBalance", STRANGER, 0, 1):
        entered.request(STRANGER, 1)


def test_redeem_without_request_is_refused(entered: Backstop) -> None:
    assert entered.view("maxRedeem", DEPOSITOR) == entered.view("maxWithdraw", DEPOSITOR) == 0
    with refused(entered.system, "NoRequest", DEPOSITOR):
        entered.redeem(DEPOSITOR, 1)
    with refused(entered.system, "NoRequest", DEPOSITOR):
        entered.withdraw(DEPOSITOR, 1)


def test_redeem_a_second_before_the_cooldown_ends_is_refused(entered: Backstop) -> None:
    ready_at = entered.request(DEPOSITOR, ALL)
    entered.wait(COOLDOWN - 1)
    assert entered.view("maxRedeem", DEPOSITOR) == entered.view("maxWithdraw", DEPOSITOR) == 0
    with refused(entered.system, "RequestNotReady", DEPOSITOR, ready_at):
        entered.redeem(DEPOSITOR, ALL)
    with refused(entered.system, "RequestNotReady", DEPOSITOR, ready_at):
        entered.withdraw(DEPOSITOR, 1)


@pytest.mark.parametrize("late", [0, EXIT_WINDOW - 1])
def test_redeem_in_the_first_and_the_last_second(entered: Backstop, late: int) -> None:
    entered.make_ready(DEPOSITOR)
    entered.wait(late)
    assert entered.view("maxRedeem", DEPOSITOR) == ALL
    assert entered.view("maxWithdraw", DEPOSITOR) == 10 * UNIT
    assert entered.redeem(DEPOSITOR, ALL) == 10 * UNIT


def test_redeem_after_expiry_is_refused(entered: Backstop) -> None:
    expires_at = entered.request(DEPOSITOR, ALL) + EXIT_WINDOW
    entered.wait(COOLDOWN + EXIT_WINDOW)
    assert entered.view("maxRedeem", DEPOSITOR) == entered.view("maxWithdraw", DEPOSITOR) == 0
    with refused(entered.system, "RequestExpired", DEPOSITOR, expires_at):
        entered.redeem(DEPOSITOR, ALL)
    with refused(entered.system, "RequestExpired", DEPOSITOR, expires_at):
        entered.withdraw(DEPOSITOR, 1)


@pytest.mark.parametrize("shares", [VIRTUAL, ALL])
def test_new_request_replaces_the_old_one_and_waits_anew(entered: Backstop, shares: int) -> None:
    entered.make_ready(DEPOSITOR)
    ready_at = entered.request(DEPOSITOR, shares)
    assert entered.request_of(DEPOSITOR)[0] == shares
    with refused(entered.system, "RequestNotReady", DEPOSITOR, ready_at):
        entered.redeem(DEPOSITOR, 1)
    entered.wait(COOLDOWN)
    entered.redeem(DEPOSITOR, shares)


def test_redemption_uses_the_request_up(entered: Backstop) -> None:
    entered.make_ready(DEPOSITOR, 6 * VIRTUAL)
    _, ready_at, expires_at = entered.request_of(DEPOSITOR)
    entered.redeem(DEPOSITOR, 2 * VIRTUAL)
    assert entered.request_of(DEPOSITOR) == (4 * VIRTUAL, ready_at, expires_at)
    assert entered.withdraw(DEPOSITOR, 3) == 3 * VIRTUAL
    assert entered.view("maxRedeem", DEPOSITOR) == VIRTUAL
    with refused(entered.system, "ERC4626ExceededMaxRedeem", DEPOSITOR, VIRTUAL + 1, VIRTUAL):
        entered.redeem(DEPOSITOR, VIRTUAL + 1)
    with refused(entered.system, "ERC4626ExceededMaxWithdraw", DEPOSITOR, 2 * UNIT, UNIT):
        entered.withdraw(DEPOSITOR, 2)
    entered.redeem(DEPOSITOR, VIRTUAL)
    assert entered.request_of(DEPOSITOR) == (0, 0, 0)
    with refused(entered.system, "NoRequest", DEPOSITOR):
        entered.redeem(DEPOSITOR, 1)
    assert entered.shares(DEPOSITOR) == 4 * VIRTUAL


def test_cancel_frees_the_shares_and_their_readiness_is_gone(entered: Backstop) -> None:
    entered.make_ready(DEPOSITOR, 4 * VIRTUAL)
    entered.cancel(DEPOSITOR)
    [event] = entered.events()
    assert (event.name, event.fields) == (
        "RequestCancelled",
        {"owner": DEPOSITOR, "shares": 4 * VIRTUAL},
    )
    assert entered.request_of(DEPOSITOR) == (0, 0, 0)
    with refused(entered.system, "NoRequest", DEPOSITOR):
        entered.redeem(DEPOSITOR, 1)
    entered.transfer(DEPOSITOR, STRANGER, ALL)


def test_cancel_without_request_is_refused(entered: Backstop) -> None:
    with refused(entered.system, "NoRequest", DEPOSITOR):
        entered.cancel(DEPOSITOR)


# ------------------------------------------------------------------- transfers


@pytest.mark.parametrize("waited", [0, COOLDOWN, COOLDOWN + EXIT_WINDOW - 1])
def test_transfer_of_requested_shares_is_refused(entered: Backstop, waited: int) -> None:
    entered.request(DEPOSITOR, 4 * VIRTUAL)
    entered.wait(waited)
    free = 6 * VIRTUAL
    with refused(entered.system, "SharesRequested", DEPOSITOR, free, free + 1):
        entered.transfer(DEPOSITOR, STRANGER, free + 1)
    entered.execute(DEPOSITOR, "approve", STRANGER, ALL)
    with refused(entered.system, "SharesRequested", DEPOSITOR, free, free + 1):
        entered.execute(STRANGER, "transferFrom", DEPOSITOR, STRANGER, free + 1)
    entered.transfer(DEPOSITOR, STRANGER, free)
    assert (entered.shares(DEPOSITOR), entered.shares(STRANGER)) == (4 * VIRTUAL, free)


def test_transfer_after_expiry_passes(entered: Backstop) -> None:
    entered.request(DEPOSITOR, ALL)
    entered.wait(COOLDOWN + EXIT_WINDOW)
    entered.transfer(DEPOSITOR, STRANGER, ALL)
    assert entered.shares(STRANGER) == ALL


def test_transfer_to_the_tranche_is_refused(entered: Backstop) -> None:
    with refused(entered.system, "ERC20InvalidReceiver", entered.address):
        entered.transfer(DEPOSITOR, entered.address, 1)


def test_received_shares_do_not_become_ready_by_a_request_of_the_receiver(
    entered: Backstop,
) -> None:
    """LIQ-M: a ready request of few shares gives no way out to many that come later."""
    entered.enter(STRANGER, 1)
    entered.make_ready(STRANGER)
    entered.transfer(DEPOSITOR, STRANGER, ALL)
    assert entered.view("maxRedeem", STRANGER) == VIRTUAL
    with refused(entered.system, "ERC4626ExceededMaxRedeem", STRANGER, VIRTUAL + 1, VIRTUAL):
        entered.redeem(STRANGER, VIRTUAL + 1)


def test_share_can_leave_on_two_days_of_twelve_however_its_owner_asks(entered: Backstop) -> None:
    """LIQ-M: daily requests from many addresses, shares moved on when they are free again."""
    holders = [DEPOSITOR, *(user_address(100 + index) for index in range(5))]
    holder, asked, ready = 0, False, 0
    for _ in range(24):
        owner = holders[holder]
        _, _, expires_at = entered.request_of(owner)
        now = entered.system.backend.time
        if asked and now >= expires_at:
            holder = (holder + 1) % len(holders)
            entered.transfer(owner, holders[holder], ALL)
            owner, asked = holders[holder], False
        if not asked:
            entered.request(owner, ALL)
            asked = True
        ready += sum(entered.view("maxRedeem", one) == ALL for one in holders)
        entered.wait(86_400)
    assert ready == 4
