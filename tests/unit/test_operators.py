"""Who may act for an account: set, revoked, expired, and which permission opens which door."""

from collections.abc import Callable

import pytest

from tests.support.scene import (
    ASK,
    BID,
    ETH_UNIT,
    LOT,
    MAKER,
    OPERATOR,
    START_CASH,
    STRANGER,
    TAKER,
    UNIT,
    Scene,
    order,
)
from tests.support.soundness import refused
from tests.support.system import DOLLAR, LAST_SECOND
from worldmarkets.model.interface import OrderRequest, Permission
from worldmarkets.model.records import Placed, Removed
from worldmarkets.model.words import OperatorWord

ALL = 63
ZERO = "0x" + "00" * 20
PLACE, CANCEL, LEND, TRANSFER, TO_OWNER, WITHDRAW = Permission


# ------------------------------------------------------------------ set and revoke


def test_set_operator_stores_his_permissions_and_the_budget(scene: Scene) -> None:
    scene.system.set_operator(scene.maker, OPERATOR, PLACE | CANCEL, 2_000_000_000, 77)
    [event] = scene.system.events()
    assert event.name == "OperatorSet"
    assert event.fields == {
        "accountId": scene.maker,
        "operator": OPERATOR,
        "permissions": 3,
        "expiry": 2_000_000_000,
        "dailyLossAtoms": 77,
    }
    assert scene.operator(scene.maker, OPERATOR) == OperatorWord(3, 2_000_000_000, 1)
    word = scene.cash_word(scene.maker)
    assert (word.budget, word.loss, word.balance) == (77, 0, START_CASH)


def test_set_operator_without_place_leaves_the_budget_alone(scene: Scene) -> None:
    scene.system.set_operator(scene.maker, OPERATOR, PLACE, LAST_SECOND, 77)
    for permissions in (CANCEL, LEND, TRANSFER, TO_OWNER, WITHDRAW, ALL & ~PLACE):
        scene.system.set_operator(scene.maker, STRANGER, permissions, LAST_SECOND, 5)
    assert scene.cash_word(scene.maker).budget == 77


def test_set_operator_again_replaces_what_he_may(scene: Scene) -> None:
    scene.system.set_operator(scene.maker, OPERATOR, ALL)
    scene.system.set_operator(scene.maker, OPERATOR, CANCEL, 2_000_000_000)
    assert scene.operator(scene.maker, OPERATOR) == OperatorWord(2, 2_000_000_000, 1)
    with refused(scene.system, "PermissionMissing", scene.maker, OPERATOR, CANCEL, PLACE):
        scene.bid(scene.maker, 19_000, 1, sender=OPERATOR)


def test_set_operator_before_the_account_uses_anything_is_stored(scene: Scene) -> None:
    account = scene.system.create_account(STRANGER)
    scene.system.set_operator(account, OPERATOR, PLACE, LAST_SECOND, 77)
    assert scene.cash_word(account).budget == 77
    assert scene.account(account).assets == 0


@pytest.mark.parametrize("permissions", [0, 64, 128, 255])
def test_set_operator_with_permissions_that_do_not_exist_is_refused(
    scene: Scene, permissions: int
) -> None:
    with refused(scene.system, "InvalidPermissions", permissions, LAST_SECOND):
        scene.system.set_operator(scene.maker, OPERATOR, permissions)


def test_set_operator_expired_already_is_refused(scene: Scene) -> None:
    now = scene.system.backend.time
    for expiry in (0, now - 1):
        with refused(scene.system, "InvalidPermissions", 1, expiry):
            scene.system.set_operator(scene.maker, OPERATOR, PLACE, expiry)
    scene.system.set_operator(scene.maker, OPERATOR, PLACE, now)


def test_set_operator_of_nobody_is_refused(scene: Scene) -> None:
    with refused(scene.system, "ZeroAddress"):
        scene.system.set_operator(scene.maker, ZERO)


def test_operators_are_set_and_revoked_by_the_owner_alone(scene: Scene) -> None:
    """Not even an operator with every permission appoints or dismisses another."""
    scene.system.set_operator(scene.maker, OPERATOR, ALL)
    for sender in (STRANGER, OPERATOR, TAKER):
        with refused(scene.system, "NotAccountOwner", scene.maker, sender):
            scene.system.set_operator(scene.maker, sender, ALL, sender=sender)
        with refused(scene.system, "NotAccountOwner", scene.maker, sender):
            scene.system.revoke_operator(scene.maker, OPERATOR, sender=sender)
    for function in (scene.system.set_operator, scene.system.revoke_operator):
        with refused(scene.system, "UnknownAccount", 99):
            function(99, OPERATOR, sender=MAKER)


def test_revoke_operator_keeps_the_word_used_and_the_budget(scene: Scene) -> None:
    scene.system.set_operator(scene.maker, OPERATOR, ALL, LAST_SECOND, 77)
    scene.system.revoke_operator(scene.maker, OPERATOR)
    [event] = scene.system.events()
    assert event.name == "OperatorRevoked"
    assert event.fields == {"accountId": scene.maker, "operator": OPERATOR}
    assert scene.operator(scene.maker, OPERATOR) == OperatorWord(0, 0, 1)
    assert scene.cash_word(scene.maker).budget == 77


def test_revoke_of_one_who_never_was_an_operator_goes_through(scene: Scene) -> None:
    scene.system.revoke_operator(scene.maker, STRANGER)
    assert scene.operator(scene.maker, STRANGER) == OperatorWord(0, 0, 1)


def test_operator_of_one_account_is_none_of_another_of_the_same_owner(scene: Scene) -> None:
    other = scene.new_account(MAKER, START_CASH)
    scene.system.set_operator(scene.maker, OPERATOR, ALL)
    with refused(scene.system, "NotAccountOwner", other, OPERATOR):
        scene.bid(other, 19_000, 1, sender=OPERATOR)


def test_revoked_operator_may_do_nothing_in_the_same_second(scene: Scene) -> None:
    scene.system.set_operator(scene.maker, OPERATOR, ALL, LAST_SECOND, START_CASH)
    made = scene.bid(scene.maker, 19_000, 1, sender=OPERATOR).order_id
    scene.system.revoke_operator(scene.maker, OPERATOR)
    with refused(scene.system, "NotAccountOwner", scene.maker, OPERATOR):
        scene.bid(scene.maker, 19_000, 1, sender=OPERATOR)
    with refused(scene.system, "NotAccountOwner", scene.maker, OPERATOR):
        scene.system.cancel(scene.maker, made, sender=OPERATOR)
    # What he placed stays, for the owner to cancel.
    assert scene.system.cancel(scene.maker, made) == 1


def test_operator_acts_at_his_last_second_and_not_after(scene: Scene) -> None:
    end = scene.system.backend.time + 100
    scene.system.set_operator(scene.maker, OPERATOR, ALL, end)
    scene.system.backend.set_time(end)
    scene.bid(scene.maker, 19_000, 1, sender=OPERATOR)
    scene.system.backend.set_time(end + 1)
    with refused(scene.system, "OperatorExpired", scene.maker, OPERATOR, end):
        scene.bid(scene.maker, 19_000, 1, sender=OPERATOR)


def test_operator_expired_is_told_so_whatever_he_may(scene: Scene) -> None:
    end = scene.system.backend.time
    scene.system.set_operator(scene.maker, OPERATOR, CANCEL, end)
    scene.system.backend.set_time(end + 1)
    with refused(scene.system, "OperatorExpired", scene.maker, OPERATOR, end):
        scene.bid(scene.maker, 19_000, 1, sender=OPERATOR)


def test_owner_who_is_his_own_operator_stays_the_owner(scene: Scene) -> None:
    """Even an expired or revoked word of his own takes nothing from him."""
    scene.system.set_operator(scene.maker, MAKER, CANCEL, scene.system.backend.time)
    scene.system.revoke_operator(scene.maker, MAKER)
    scene.bid(scene.maker, 19_000, 1)
    assert scene.records()[0] == Placed(scene.orders(19_000)[0][0], 1)
    scene.system.withdraw(scene.maker, 0, UNIT)


# ------------------------------------------------------------------ which permission for what


Action = Callable[[Scene, int], object]
"""Done by the operator with an order of the account."""


def quote() -> OrderRequest:
    return order(BID, 19_000, 1)


def transfer_to(account: Callable[[Scene], int]) -> Action:
    return lambda s, _: s.system.transfer(s.maker, account(s), 0, 1, sender=OPERATOR)


def withdraw_to(receiver: str) -> Action:
    return lambda s, _: s.system.withdraw(s.maker, 0, UNIT, receiver, sender=OPERATOR)


def own_account(scene: Scene) -> int:
    """Another account of the maker, the last that was made."""
    return scene.taker + 1


ACTIONS: dict[str, tuple[Permission, Action]] = {
    "place": (PLACE, lambda s, _: s.bid(s.maker, 19_000, 1, sender=OPERATOR)),
    "cancel": (CANCEL, lambda s, made: s.system.cancel(s.maker, made, sender=OPERATOR)),
    "cancel many": (CANCEL, lambda s, made: s.system.cancel_many(s.maker, [], sender=OPERATOR)),
    "reduce": (CANCEL, lambda s, made: s.system.reduce(s.maker, made, 2, sender=OPERATOR)),
    "empty batch": (CANCEL, lambda s, _: s.system.batch(s.maker, sender=OPERATOR)),
    "batch of cancels": (
        CANCEL,
        lambda s, made: s.system.batch(s.maker, [made], sender=OPERATOR),
    ),
    "batch of places": (
        PLACE,
        lambda s, _: s.system.batch(s.maker, (), [quote()], sender=OPERATOR),
    ),
    "packed batch of cancels": (
        CANCEL,
        lambda s, made: s.system.batch_packed(s.maker, [made], sender=OPERATOR),
    ),
    "packed batch of places": (
        PLACE,
        lambda s, _: s.system.batch_packed(s.maker, (), [quote()], sender=OPERATOR),
    ),
    "activate": (PLACE, lambda s, _: s.system.activate_asset(s.maker, 2, sender=OPERATOR)),
    "deactivate": (PLACE, lambda s, _: s.system.deactivate_asset(s.maker, 2, sender=OPERATOR)),
    "transfer to the owner's account": (TRANSFER, transfer_to(own_account)),
    "transfer to somebody else": (WITHDRAW, transfer_to(lambda s: s.taker)),
    "withdraw to the owner": (TO_OWNER | WITHDRAW, withdraw_to(MAKER)),
    "withdraw to himself": (WITHDRAW, withdraw_to(OPERATOR)),
}


@pytest.fixture
def resting(scene: Scene) -> int:
    """An order of the maker, who has a second account; the id of the order."""
    scene.new_account(MAKER, 1)
    return scene.ask(scene.maker, 20_500, 5).order_id


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize(("needed", "action"), ACTIONS.values(), ids=ACTIONS)
def test_operator_may_what_his_only_permission_is_for(
    scene: Scene, resting: int, needed: Permission, action: Action, permission: Permission
) -> None:
    scene.system.set_operator(scene.maker, OPERATOR, permission, LAST_SECOND, START_CASH)
    if permission & needed:
        action(scene, resting)
        return
    missing = (scene.maker, OPERATOR, permission, needed)
    with refused(scene.system, "PermissionMissing", *missing):
        action(scene, resting)


@pytest.mark.parametrize(("needed", "action"), ACTIONS.values(), ids=ACTIONS)
def test_operator_with_all_other_permissions_may_not(
    scene: Scene, resting: int, needed: Permission, action: Action
) -> None:
    others = Permission(ALL & ~needed)
    scene.system.set_operator(scene.maker, OPERATOR, others)
    with refused(scene.system, "PermissionMissing", scene.maker, OPERATOR, others, needed):
        action(scene, resting)


@pytest.mark.parametrize("form", ["amend", "batch", "packed batch"])
def test_operator_needs_both_permissions_to_replace_an_order(
    scene: Scene, resting: int, form: str
) -> None:
    system = scene.system

    def replace() -> None:
        if form == "amend":
            system.amend(scene.maker, resting, order(ASK, 20_600, 5), sender=OPERATOR)
        elif form == "batch":
            system.batch(scene.maker, [resting], [quote()], sender=OPERATOR)
        else:
            system.batch_packed(scene.maker, [resting], [quote()], sender=OPERATOR)

    for permission in (PLACE, CANCEL):
        system.set_operator(scene.maker, OPERATOR, permission)
        names = (scene.maker, OPERATOR, permission, PLACE | CANCEL)
        with refused(system, "PermissionMissing", *names):
            replace()
    system.set_operator(scene.maker, OPERATOR, PLACE | CANCEL)
    replace()
    assert scene.records()[0] == Removed(resting, 5, scene.maker)


def test_amend_in_place_needs_both_permissions_too(scene: Scene, resting: int) -> None:
    smaller = order(ASK, 20_500, 3)
    for permission in (PLACE, CANCEL):
        scene.system.set_operator(scene.maker, OPERATOR, permission)
        names = (scene.maker, OPERATOR, permission, PLACE | CANCEL)
        with refused(scene.system, "PermissionMissing", *names):
            scene.system.amend(scene.maker, resting, smaller, sender=OPERATOR)


# ------------------------------------------------------------------ his orders


def test_order_by_an_operator_is_marked_in_log_and_lane(scene: Scene) -> None:
    scene.system.set_operator(scene.maker, OPERATOR)
    made = scene.ask(scene.maker, 20_000, 5, sender=OPERATOR).order_id
    assert scene.records() == [Placed(made, 5, is_ask=1, by_operator=1)]
    [(_, lane)] = scene.orders(20_000)
    assert (lane.by_operator, lane.owner_hash) == (1, int(MAKER, 16) & 0xFF)


def test_amend_in_place_by_an_operator_does_not_make_an_owners_order_his(scene: Scene) -> None:
    """Nor the other way round: the mark stays what it was when the order was placed."""
    scene.system.set_operator(scene.maker, OPERATOR)
    owners = scene.ask(scene.maker, 20_000, 5).order_id
    his = scene.ask(scene.maker, 20_001, 5, sender=OPERATOR).order_id
    scene.system.amend(scene.maker, owners, order(ASK, 20_000, 3), sender=OPERATOR)
    scene.system.amend(scene.maker, his, order(ASK, 20_001, 3))
    marks = [scene.orders(tick)[0][1].by_operator for tick in (20_000, 20_001)]
    assert marks == [0, 1]


def test_amend_as_a_new_order_by_an_operator_makes_it_his(scene: Scene) -> None:
    scene.system.set_operator(scene.maker, OPERATOR)
    made = scene.ask(scene.maker, 20_000, 5).order_id
    again = scene.system.amend(scene.maker, made, order(ASK, 20_000, 6), sender=OPERATOR)
    [(order_id, lane)] = scene.orders(20_000)
    assert (order_id, lane.by_operator) == (again.order_id, 1)


def test_operator_cancels_orders_of_the_owner_and_the_owner_his(scene: Scene) -> None:
    scene.system.set_operator(scene.maker, OPERATOR)
    owners = scene.ask(scene.maker, 20_000, 5).order_id
    his = scene.ask(scene.maker, 20_000, 5, sender=OPERATOR).order_id
    assert scene.system.cancel(scene.maker, owners, sender=OPERATOR) == 5
    assert scene.system.cancel(scene.maker, his) == 5


def test_operator_of_two_accounts_trades_with_neither_owners_other_account(scene: Scene) -> None:
    """Whose orders they are is a matter of owners, not of who placed them."""
    system = scene.system
    for account in (scene.maker, scene.taker):
        system.set_operator(account, OPERATOR, PLACE, LAST_SECOND, START_CASH)
    scene.ask(scene.maker, 20_000, 5, sender=OPERATOR)
    assert scene.bid(scene.taker, 20_000, 5, sender=OPERATOR).filled_lots == 5


# ------------------------------------------------------------------ withdrawals


def test_operator_withdraws_to_whom_he_may(scene: Scene) -> None:
    system = scene.system
    system.set_operator(scene.maker, OPERATOR, TO_OWNER)
    system.withdraw(scene.maker, 1, LOT * ETH_UNIT, MAKER, sender=OPERATOR)
    system.set_operator(scene.maker, OPERATOR, WITHDRAW)
    system.withdraw(scene.maker, 1, LOT * ETH_UNIT, MAKER, sender=OPERATOR)
    system.withdraw(scene.maker, 1, LOT * ETH_UNIT, STRANGER, sender=OPERATOR)
    assert system.token_balance(1, MAKER) == 2 * LOT * ETH_UNIT
    assert system.token_balance(1, STRANGER) == LOT * ETH_UNIT


def test_operator_who_may_transfer_moves_money_between_accounts_of_the_owner_alone(
    scene: Scene,
) -> None:
    other = scene.new_account(MAKER, 1)
    scene.system.set_operator(scene.maker, OPERATOR, TRANSFER)
    scene.system.transfer(scene.maker, other, 0, 5, sender=OPERATOR)
    assert scene.cash(other) == 6
    with refused(scene.system, "PermissionMissing", scene.maker, OPERATOR, TRANSFER, WITHDRAW):
        scene.system.transfer(scene.maker, scene.taker, 0, 5, sender=OPERATOR)
    # And none from there: he is no operator of the other account.
    with refused(scene.system, "NotAccountOwner", other, OPERATOR):
        scene.system.transfer(other, scene.maker, 0, 5, sender=OPERATOR)


def test_operator_of_the_sender_activates_nothing_at_the_receiver(scene: Scene) -> None:
    other = scene.system.create_account(MAKER)
    scene.system.set_operator(scene.maker, OPERATOR, TRANSFER)
    with refused(scene.system, "AssetNotActivated", other, 0):
        scene.system.transfer(scene.maker, other, 0, 5, sender=OPERATOR)
    scene.system.set_operator(other, OPERATOR, TRANSFER)
    scene.system.transfer(scene.maker, other, 0, 5, sender=OPERATOR)
    assert scene.cash(other) == 5


@pytest.mark.parametrize("permission", Permission)
def test_deposit_by_an_operator_activates_only_for_who_places_or_transfers(
    scene: Scene, permission: Permission
) -> None:
    scene.system.mint(OPERATOR, 2, 5)
    scene.system.set_operator(scene.maker, OPERATOR, permission)
    if permission & (PLACE | TRANSFER):
        scene.system.deposit(scene.maker, 2, 5, sender=OPERATOR)
        assert scene.base(scene.maker, 2) == 5
        return
    with refused(scene.system, "AssetNotActivated", scene.maker, 2):
        scene.system.deposit(scene.maker, 2, 5, sender=OPERATOR)


def test_operator_expired_activates_nothing(scene: Scene) -> None:
    end = scene.system.backend.time
    scene.system.mint(OPERATOR, 2, 5)
    scene.system.set_operator(scene.maker, OPERATOR, PLACE, end)
    scene.system.backend.set_time(end + 1)
    with refused(scene.system, "AssetNotActivated", scene.maker, 2):
        scene.system.deposit(scene.maker, 2, 5, sender=OPERATOR)


def test_operator_may_place_in_a_market_whose_price_moved(scene: Scene) -> None:
    """Terms and band hold for him as for the owner."""
    scene.system.set_operator(scene.maker, OPERATOR)
    scene.system.set_price(1, 3_000 * DOLLAR)
    with refused(scene.system, "PriceOutsideBand", 28_499, 28_500):
        scene.ask(scene.maker, 28_499, 1, sender=OPERATOR)
