"""Taking tokens out."""

import pytest

from tests.support.doubles import list_double
from tests.support.scene import (
    ETH_UNIT,
    LOT,
    MAKER,
    START_CASH,
    START_LOTS,
    STRANGER,
    UNIT,
    Scene,
)
from tests.support.soundness import refused
from tests.support.system import ADMIN, DOLLAR, ETH_MARKET
from worldmarkets.model.words import LedgerWord

ZERO = "0x" + "00" * 20


def test_withdraw_sends_tokens_to_the_receiver_and_emits_the_balance(scene: Scene) -> None:
    system = scene.system
    held = system.token_balance(0, system.exchange)

    system.withdraw(scene.maker, 0, 5 * UNIT, STRANGER)

    [event] = [event for event in system.events() if event.name == "Withdrawn"]
    assert event.fields == {
        "accountId": scene.maker,
        "assetId": 0,
        "to": STRANGER,
        "atoms": 5,
        "balanceAtoms": START_CASH - 5,
    }
    assert scene.ledger(scene.maker, 0) == LedgerWord(touched=1, balance=START_CASH - 5)
    assert system.token_balance(0, STRANGER) == 5 * UNIT
    assert system.token_balance(0, system.exchange) == held - 5 * UNIT


def test_withdraw_all_of_a_base_asset_frees_its_place(scene: Scene) -> None:
    scene.system.withdraw(scene.maker, 1, START_LOTS * LOT * ETH_UNIT)
    assert scene.account(scene.maker).assets == 0b1
    assert scene.ledger(scene.maker, 1) == LedgerWord(touched=1)
    assert scene.system.token_balance(1, MAKER) == START_LOTS * LOT * ETH_UNIT


def test_withdraw_all_of_the_quote_asset_keeps_its_place(scene: Scene) -> None:
    scene.system.withdraw(scene.maker, 0, START_CASH * UNIT)
    assert scene.account(scene.maker).assets == 0b11


def test_withdraw_all_earned_by_a_resting_ask_keeps_the_word_used(scene: Scene) -> None:
    """The quote word of a seller who never deposited any is first written by a fill."""
    seller = scene.new_account(STRANGER, lots=5)
    scene.ask(seller, 20_000, 5)
    scene.bid(scene.taker, 20_000, 5)
    earned = scene.cash(seller)
    assert earned == 5 * 20_000 * 100 + 1_000  # price and rebate
    scene.system.withdraw(seller, 0, earned * UNIT)
    assert scene.ledger(seller, 0) == LedgerWord(touched=1)


def test_withdraw_from_unknown_account_is_refused(scene: Scene) -> None:
    with refused(scene.system, "UnknownAccount", 99):
        scene.system.withdraw(99, 0, UNIT, MAKER, sender=MAKER)


def test_withdraw_by_stranger_is_refused(scene: Scene) -> None:
    with refused(scene.system, "NotAccountOwner", scene.maker, STRANGER):
        scene.system.withdraw(scene.maker, 0, UNIT, STRANGER, sender=STRANGER)


def test_withdraw_from_insurance_fund_is_refused_to_everybody(scene: Scene) -> None:
    for sender in (ADMIN, MAKER, STRANGER):
        with refused(scene.system, "NotAccountOwner", 1, sender):
            scene.system.withdraw(1, 0, UNIT, sender, sender=sender)


@pytest.mark.parametrize("asset", [3, 43, 255, 256, 257, 65_535])
def test_withdraw_of_unlisted_asset_is_refused(scene: Scene, asset: int) -> None:
    with refused(scene.system, "UnlistedAsset", asset):
        scene.system.withdraw(scene.maker, asset, UNIT)


def test_withdraw_to_zero_address_is_refused(scene: Scene) -> None:
    with refused(scene.system, "ZeroAddress"):
        scene.system.withdraw(scene.maker, 0, UNIT, ZERO)


def test_withdraw_to_the_exchange_is_refused(scene: Scene) -> None:
    with refused(scene.system, "InvalidReceiver", scene.system.exchange):
        scene.system.withdraw(scene.maker, 0, UNIT, scene.system.exchange)


def test_withdraw_of_nothing_is_refused(scene: Scene) -> None:
    with refused(scene.system, "ZeroAmount"):
        scene.system.withdraw(scene.maker, 0, 0)


@pytest.mark.parametrize("units", [1, UNIT - 1, UNIT + 1])
def test_withdraw_of_fractional_atoms_is_refused(scene: Scene, units: int) -> None:
    with refused(scene.system, "FractionalAtoms", units, UNIT):
        scene.system.withdraw(scene.maker, 0, units)


@pytest.mark.parametrize("atoms", [START_CASH + 1, 2**95, 2**96, (2**256 - 1) // UNIT])
def test_withdraw_of_more_than_the_balance_is_refused(scene: Scene, atoms: int) -> None:
    balance = (scene.maker, 0, START_CASH, atoms)
    with refused(scene.system, "InsufficientBalance", *balance):
        scene.system.withdraw(scene.maker, 0, atoms * UNIT)


def test_withdraw_of_what_open_asks_need_is_refused(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, START_LOTS)
    balance = START_LOTS * LOT
    with refused(scene.system, "InsufficientBalance", scene.maker, 1, balance - 1, balance):
        scene.system.withdraw(scene.maker, 1, ETH_UNIT)


def test_withdraw_of_what_open_bids_need_at_the_band_is_refused(scene: Scene) -> None:
    scene.bid(scene.maker, 19_000, 1_000)
    needed = 1_000 * scene.book().highest_bid * 100
    spare = START_CASH - needed
    with refused(scene.system, "InsufficientBalance", scene.maker, 0, needed - 1, needed):
        scene.system.withdraw(scene.maker, 0, (spare + 1) * UNIT)
    scene.system.withdraw(scene.maker, 0, spare * UNIT)
    assert scene.cash(scene.maker) == needed


def test_withdraw_of_what_open_bids_need_counts_the_maker_fee(scene: Scene) -> None:
    """The second market charges makers 50 ppm, rounded up."""
    system = scene.system
    account = scene.new_account(STRANGER, 10**9)
    market = 258
    tick = scene.book(market).lowest_ask
    system.place(account, market, 0, tick, 21)
    worst = 21 * scene.book(market).highest_bid * 10
    needed = worst + -(-worst * 50 // 10**6)
    assert needed * 10**6 != worst * (10**6 + 50)  # the fee is rounded
    with refused(system, "InsufficientBalance", account, 0, needed - 1, needed):
        system.withdraw(account, 0, (10**9 - needed + 1) * UNIT)
    system.withdraw(account, 0, (10**9 - needed) * UNIT)


def test_withdraw_after_cancel_goes_through(scene: Scene) -> None:
    resting = scene.ask(scene.maker, 20_000, START_LOTS)
    scene.system.cancel(scene.maker, resting.order_id)
    scene.system.withdraw(scene.maker, 1, START_LOTS * LOT * ETH_UNIT)
    assert scene.base(scene.maker) == 0


def test_withdraw_needs_no_price(scene: Scene) -> None:
    """Without orders no price is read: one that can no longer be poked stops nobody."""
    system = scene.system
    system.post_price(1, 0)
    with refused(system, "InvalidPrice", 1, 0):
        system.poke(1)
    system.withdraw(scene.maker, 1, LOT * ETH_UNIT)
    system.set_price(1, 2_000 * DOLLAR)


def test_withdraw_of_token_without_return_value_goes_through(scene: Scene) -> None:
    system = scene.system
    asset = list_double(system, "MissingReturnToken", 8, 8)
    token = (system.tokens[asset], "MissingReturnToken", MAKER)
    system.execute_on(*token, "draw", 7)
    system.execute_on(*token, "approve", system.exchange, 7)
    system.deposit(scene.maker, asset, 7)
    system.withdraw(scene.maker, asset, 3, STRANGER)
    assert system.token_balance(asset, STRANGER) == 3
    assert scene.base(scene.maker, asset) == 4


def test_withdraw_of_token_that_returns_false_is_refused(scene: Scene) -> None:
    system = scene.system
    asset = list_double(system, "FalseReturningToken", 8, 8)
    token = system.tokens[asset]
    system.fund(scene.maker, asset, 5)
    system.execute_on(token, "FalseReturningToken", ADMIN, "setRefuses", True)
    with refused(system, "SafeERC20FailedOperation", token):
        system.withdraw(scene.maker, asset, 5)


def test_withdraw_of_fee_on_transfer_token_debits_what_was_sent(scene: Scene) -> None:
    system = scene.system
    asset = list_double(system, "FeeOnTransferToken", 8, 8, 3)
    system.fund(scene.maker, asset, 20)
    system.withdraw(scene.maker, asset, 10, STRANGER)
    assert scene.base(scene.maker, asset) == 7
    assert system.token_balance(asset, STRANGER) == 7


def test_withdraw_by_treasury_of_collected_fees_goes_through(scene: Scene) -> None:
    system = scene.system
    scene.ask(scene.maker, 20_000, 10)
    scene.bid(scene.taker, 20_000, 10)
    system.collect_fees(ETH_MARKET)
    share = scene.cash(2)
    assert share > 0
    system.withdraw(2, 0, share * UNIT)
    assert system.token_balance(0, system.owners[2]) == share * UNIT
