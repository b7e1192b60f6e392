"""Leaving the backstop tranche: what is paid to whom, by whom, and what makes everybody wait."""

import pytest

from tests.support.backstop import COOLDOWN, VIRTUAL, Backstop
from tests.support.scene import DEPOSITOR, MAKER, OPERATOR, STRANGER, UNIT
from tests.support.soundness import refused

NOBODY = "0x" + "00" * 20
ALL = 10 * VIRTUAL
"""Shares of ten atoms."""


@pytest.fixture
def ready(backstop: Backstop) -> Backstop:
    """A tranche of ten atoms, of one depositor who may redeem all."""
    backstop.enter(DEPOSITOR, 10)
    backstop.make_ready(DEPOSITOR)
    return backstop


def test_redeem_pays_the_receiver_from_the_account_and_emits(ready: Backstop) -> None:
    assert ready.redeem(DEPOSITOR, 4 * VIRTUAL, STRANGER) == 4 * UNIT
    assert ready.system.token_balance(0, STRANGER) == 4 * UNIT
    assert ready.system.token_balance(0, ready.address) == 0
    assert (ready.atoms, ready.supply, ready.shares(DEPOSITOR)) == (6, 6 * VIRTUAL, 6 * VIRTUAL)
    [burned, paid] = ready.events()
    assert burned.fields == {"from": DEPOSITOR, "to": NOBODY, "value": 4 * VIRTUAL}
    assert (paid.name, paid.fields) == (
        "Withdraw",
        {
            "sender": DEPOSITOR,
            "receiver": STRANGER,
            "owner": DEPOSITOR,
            "assets": 4 * UNIT,
            "shares": 4 * VIRTUAL,
        },
    )


def test_redeem_pays_whole_atoms_rounded_down(ready: Backstop) -> None:
    assert ready.redeem(DEPOSITOR, 2 * VIRTUAL - 1) == UNIT
    assert ready.atoms == 9


def test_withdraw_burns_shares_rounded_up(ready: Backstop) -> None:
    ready.earn(3)
    assert ready.withdraw(DEPOSITOR, 5) == -(-5 * 11 * VIRTUAL // 14)
    assert ready.atoms == 8


def test_redeem_of_less_than_an_atom_is_refused(ready: Backstop) -> None:
    with refused(ready.system, "ZeroAmount"):
        ready.redeem(DEPOSITOR, VIRTUAL - 1)


@pytest.mark.parametrize("function", ["withdraw", "redeem"])
def test_leave_with_nothing_is_refused(ready: Backstop, function: str) -> None:
    with refused(ready.system, "ZeroAmount"):
        ready.execute(DEPOSITOR, function, 0, DEPOSITOR, DEPOSITOR)


def test_withdraw_of_fractions_of_an_atom_is_refused_by_the_exchange(ready: Backstop) -> None:
    with refused(ready.system, "FractionalAtoms", UNIT + 1, UNIT):
        ready.execute(DEPOSITOR, "withdraw", UNIT + 1, DEPOSITOR, DEPOSITOR)


def test_redeem_to_who_gives_nothing_back_is_refused(ready: Backstop) -> None:
    with refused(ready.system, "ZeroAddress"):
        ready.redeem(DEPOSITOR, ALL, NOBODY)
    for receiver in (ready.address, ready.system.exchange, ready.system.tokens[0]):
        with refused(ready.system, "InvalidReceiver", receiver):
            ready.redeem(DEPOSITOR, ALL, receiver)


def test_redeem_for_the_owner_needs_his_allowance_and_uses_it_up(ready: Backstop) -> None:
    refusal = ("ERC20InsufficientAllowance", STRANGER, 0, 4 * VIRTUAL)
    with refused(ready.system, *refusal):
        ready.redeem(STRANGER, 4 * VIRTUAL, owner=DEPOSITOR)
    with refused(ready.system, *refusal):
        ready.withdraw(STRANGER, 4, owner=DEPOSITOR)
    ready.execute(DEPOSITOR, "approve", STRANGER, 5 * VIRTUAL)
    ready.redeem(STRANGER, 4 * VIRTUAL, owner=DEPOSITOR)
    assert ready.view("allowance", DEPOSITOR, STRANGER) == VIRTUAL
    assert ready.system.token_balance(0, STRANGER) == 4 * UNIT
    assert ready.request_of(DEPOSITOR)[0] == 6 * VIRTUAL


def test_request_of_the_caller_does_not_redeem_shares_of_another(ready: Backstop) -> None:
    ready.enter(STRANGER, 10)
    ready.execute(STRANGER, "approve", DEPOSITOR, ALL)
    with refused(ready.system, "NoRequest", STRANGER):
        ready.redeem(DEPOSITOR, 1, owner=STRANGER)


# ------------------------------------------------------------------- waiting


def test_nobody_leaves_while_an_account_is_in_deficit(ready: Backstop) -> None:
    for accounts in (1, 2**32 - 1):
        ready.set_deficits(accounts)
        assert ready.waits_for() == (accounts, 0)
        assert ready.view("maxRedeem", DEPOSITOR) == ready.view("maxWithdraw", DEPOSITOR) == 0
        with refused(ready.system, "DeficitPending", accounts):
            ready.redeem(DEPOSITOR, ALL)
        with refused(ready.system, "DeficitPending", accounts):
            ready.withdraw(DEPOSITOR, 1)
    # Ten accounts are flagged all the while: that alone does not count.
    ready.set_deficits(0)
    assert ready.view("maxRedeem", DEPOSITOR) == ALL
    assert ready.view("maxWithdraw", DEPOSITOR) == 10 * UNIT
    ready.redeem(DEPOSITOR, ALL)


def test_nobody_leaves_while_a_price_has_moved_fast(ready: Backstop) -> None:
    until = ready.system.backend.time + 10
    ready.pause_until(until)
    for _ in range(10):
        assert ready.view("maxRedeem", DEPOSITOR) == ready.view("maxWithdraw", DEPOSITOR) == 0
        with refused(ready.system, "PriceMoving", until):
            ready.redeem(DEPOSITOR, ALL)
        with refused(ready.system, "PriceMoving", until):
            ready.withdraw(DEPOSITOR, 1)
        ready.wait(1)
    assert ready.view("maxRedeem", DEPOSITOR) == ALL
    ready.redeem(DEPOSITOR, ALL)


def test_requests_are_made_and_grow_ready_while_everybody_waits(backstop: Backstop) -> None:
    backstop.enter(DEPOSITOR, 10)
    backstop.set_deficits(1)
    backstop.pause_until(backstop.system.backend.time + COOLDOWN)
    backstop.make_ready(DEPOSITOR)
    backstop.set_deficits(0)
    assert backstop.redeem(DEPOSITOR, ALL) == 10 * UNIT


def test_loss_before_the_redemption_is_borne_by_who_is_ready(ready: Backstop) -> None:
    ready.lose(5)
    assert ready.view("maxWithdraw", DEPOSITOR) == 5 * UNIT
    assert ready.redeem(DEPOSITOR, ALL) == 5 * UNIT


# ------------------------------------------------------------------- outflow limit


def test_deposits_older_than_yesterday_leave_whatever_the_outflow_limit(ready: Backstop) -> None:
    ready.system.set_outflow_limit(0, 0)
    assert ready.redeem(DEPOSITOR, ALL) == 10 * UNIT


def test_fees_leave_within_the_outflow_limit(ready: Backstop) -> None:
    """What came in as a fee is no deposit: it counts, and the exchange says so."""
    ready.lose(-1_000)
    ready.system.set_outflow_limit(0, 0)
    worth = ready.view("maxWithdraw", DEPOSITOR) // UNIT
    assert worth == 10 * 1_011 // 11
    with refused(ready.system, "OutflowLimitReached", 0, worth - 10, 0):
        ready.redeem(DEPOSITOR, ALL)
    with refused(ready.system, "OutflowLimitReached", 0, 1, 0):
        ready.withdraw(DEPOSITOR, 11)
    ready.withdraw(DEPOSITOR, 10)


def test_deposits_of_others_do_not_hold_up_who_came_before(ready: Backstop) -> None:
    ready.enter(STRANGER, 1_000)
    ready.system.set_outflow_limit(0, 0)
    assert ready.redeem(DEPOSITOR, ALL) == 10 * UNIT


# ------------------------------------------------------------------- permissions


def test_requests_are_the_owners_own(ready: Backstop) -> None:
    """Nobody asks or cancels for somebody else: there is no such argument."""
    before = ready.request_of(DEPOSITOR)
    for sender in (MAKER, OPERATOR, STRANGER):
        with refused(ready.system, "NoRequest", sender):
            ready.cancel(sender)
        with refused(ready.system, "ERC20InsufficientBalance", sender, 0, 1):
            ready.request(sender, 1)
    assert ready.request_of(DEPOSITOR) == before
