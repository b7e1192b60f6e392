"""LED-2, LED-3, LED-4 and other ways to get more out of the vault than was put in."""

import pytest

from tests.support.abi import codec
from tests.support.doubles import list_double
from tests.support.scene import (
    BID,
    DOLLARS,
    ETH_UNIT,
    LOT,
    MAKER,
    START_CASH,
    START_LOTS,
    STRANGER,
    TAKER,
    UNIT,
    Scene,
    make_scene,
    order,
)
from tests.support.soundness import credited_atoms, exchange_storage, refused
from tests.support.system import ADMIN, FOREVER, AssetPlan, Side, System, order_tuple
from worldmarkets.model import slots


def test_led_2_transfer_to_oneself_doubles_nothing(scene: Scene) -> None:
    for atoms in (1, START_CASH, 2**79):
        with refused(scene.system, "SameAccount", scene.maker):
            scene.system.transfer(scene.maker, scene.maker, 0, atoms)


def test_led_2_transfers_in_a_circle_conserve(scene: Scene) -> None:
    accounts = [scene.maker, *(scene.system.create_account(MAKER) for _ in range(3))]
    for source, target in zip(accounts, accounts[1:] + accounts[:1], strict=True):
        scene.system.transfer(source, target, 0, START_CASH)
    assert [scene.cash(account) for account in accounts] == [START_CASH, 0, 0, 0]


def test_led_2_withdrawal_to_the_exchange_itself_is_refused(scene: Scene) -> None:
    """It would give the tokens away to nobody."""
    system = scene.system
    with refused(system, "InvalidReceiver", system.exchange):
        system.withdraw(scene.maker, 0, UNIT, system.exchange)
    assert credited_atoms(system)[0] == 2 * START_CASH


def test_led_3_duplicate_in_cancel_many_frees_nothing_twice(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 5).order_id
    scene.ask(scene.maker, 20_001, 5)
    for ids in ([made, made], [made, 1, made], [1, made, made]):
        with refused(scene.system, "DuplicateOrder", made):
            scene.system.cancel_many(scene.maker, ids)
    assert scene.ledger(scene.maker, 1).open_asks == 10 * LOT


def test_led_3_duplicate_in_a_batch_frees_nothing_twice(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 5).order_id
    with refused(scene.system, "DuplicateOrder", made):
        scene.system.batch(scene.maker, [made, 1, made])
    with refused(scene.system, "DuplicateOrder", made):
        scene.system.batch(scene.maker, [made, made], (), FOREVER, True)


def test_led_3_duplicate_in_poke_counts_once(scene: Scene) -> None:
    before = exchange_storage(scene.system)
    scene.system.poke(1, 1, 1)
    assert exchange_storage(scene.system) == before


def test_led_3_same_place_twice_is_two_orders(scene: Scene) -> None:
    quote = order(Side.ASK, 20_000, START_LOTS // 2)
    _, results = scene.system.batch(scene.maker, (), [quote, quote])
    assert results[0].order_id != results[1].order_id
    balance = START_LOTS * LOT
    assert scene.ledger(scene.maker, 1).open_asks == balance
    with refused(scene.system, "InsufficientBalance", scene.maker, 1, balance, balance + LOT):
        scene.ask(scene.maker, 20_000, 1)


def test_led_4_fee_on_transfer_deposits_never_credit_more_than_is_held(scene: Scene) -> None:
    system = scene.system
    asset = list_double(system, "FeeOnTransferToken", 8, 8, 3)
    for account, units in ((scene.maker, 10), (scene.taker, 4), (scene.maker, 1_000)):
        system.fund(account, asset, units)
    assert credited_atoms(system)[asset] == 7 + 1 + 997
    # Both can take out all they were credited with; the fee is theirs to bear again.
    system.withdraw(scene.maker, asset, 1_004)
    system.withdraw(scene.taker, asset, 1)
    assert system.token_balance(asset, system.exchange) == 0


def test_led_4_token_returning_false_credits_and_debits_nothing(scene: Scene) -> None:
    system = scene.system
    asset = list_double(system, "FalseReturningToken", 8, 8)
    system.fund(scene.maker, asset, 9)
    system.mint(MAKER, asset, 9)
    token = system.tokens[asset]
    system.execute_on(token, "FalseReturningToken", ADMIN, "setRefuses", True)
    with refused(system, "SafeERC20FailedOperation", token):
        system.deposit(scene.maker, asset, 9)
    with refused(system, "SafeERC20FailedOperation", token):
        system.withdraw(scene.maker, asset, 9)


def test_led_4_token_returning_nothing_goes_both_ways(scene: Scene) -> None:
    system = scene.system
    asset = list_double(system, "MissingReturnToken", 8, 8)
    token = (system.tokens[asset], "MissingReturnToken", MAKER)
    system.execute_on(*token, "draw", 9)
    system.execute_on(*token, "approve", system.exchange, 9)
    system.deposit(scene.maker, asset, 9)
    system.withdraw(scene.maker, asset, 9)
    assert system.token_balance(asset, MAKER) == 9


def test_donation_credits_nobody_and_blocks_nobody(system: System) -> None:
    scene = make_scene(system)
    system.mint(STRANGER, 0, 5 * UNIT + 1)
    gift = (system.tokens[0], "FaucetToken", STRANGER, "transfer", system.exchange, 5 * UNIT + 1)
    before = credited_atoms(system)
    system.execute_on(*gift)
    assert credited_atoms(system) == before
    # A fraction of an atom lies there now; deposits and withdrawals are still whole.
    system.fund(scene.maker, 0, UNIT)
    assert scene.cash(scene.maker) == START_CASH + 1
    system.withdraw(scene.maker, 0, (START_CASH + 1) * UNIT)
    system.withdraw(scene.taker, 0, START_CASH * UNIT)
    assert system.token_balance(0, system.exchange) == 5 * UNIT + 1


@pytest.mark.parametrize("units", [1, ETH_UNIT - 1, ETH_UNIT + 1, 2 * ETH_UNIT - 1])
def test_rounding_gives_no_fraction_away(scene: Scene, units: int) -> None:
    """Neither way in nor out is rounded: what is no whole atom is refused."""
    scene.system.mint(MAKER, 1, units)
    with refused(scene.system, "FractionalAtoms", units, ETH_UNIT):
        scene.system.deposit(scene.maker, 1, units)
    with refused(scene.system, "FractionalAtoms", units, ETH_UNIT):
        scene.system.withdraw(scene.maker, 1, units)


@pytest.mark.parametrize("way", ["deposit", "transfer"])
def test_led_11_nobody_fills_the_asset_slots_of_another_account(scene: Scene, way: str) -> None:
    """Dust of an asset the account does not use is refused; of one it uses, it changes no slot."""
    system = scene.system
    system.fund(scene.maker, 2, 10)
    system.mint(MAKER, 2, 10)
    system.mint(MAKER, 1, ETH_UNIT)

    def give(account: int, asset: int) -> None:
        if way == "transfer":
            system.transfer(scene.maker, account, asset, 1)
        else:
            units = system.assets[asset].units_per_atom
            system.deposit(account, asset, units, sender=MAKER)

    for account in (1, 2, scene.taker):
        with refused(system, "AssetNotActivated", account, 2):
            give(account, 2)
    before = scene.account(scene.taker)
    give(scene.taker, 1)
    assert scene.account(scene.taker) == before
    assert scene.base(scene.taker) == START_LOTS * LOT + 1


@pytest.mark.parametrize("way", ["deposit", "transfer"])
def test_led_11_an_asset_that_was_given_up_stays_given_up(scene: Scene, way: str) -> None:
    """Whoever withdraws all of an asset frees its slot; dust does not take it again."""
    system = scene.system
    system.withdraw(scene.taker, 1, START_LOTS * LOT * ETH_UNIT)
    system.mint(MAKER, 1, ETH_UNIT)
    with refused(system, "AssetNotActivated", scene.taker, 1):
        if way == "transfer":
            system.transfer(scene.maker, scene.taker, 1, 1)
        else:
            system.deposit(scene.taker, 1, ETH_UNIT, sender=MAKER)


def test_led_11_sixteen_slots_full_of_dust_are_the_owners_to_empty(scene: Scene) -> None:
    """Dust in every slot in use keeps nobody from withdrawing it and using another asset."""
    system = scene.system
    for index in range(14):
        system.add_asset(AssetPlan(f"T{index}", 8, 1, 10**18))
    victim = system.create_account(STRANGER)
    for asset in range(1, 16):
        system.activate_asset(victim, asset)
    for asset in range(2, 16):
        system.mint(MAKER, asset, 1)
        system.deposit(victim, asset, 1, sender=MAKER)
    with refused(system, "TooManyAssets", victim, 17, 16):
        system.activate_asset(victim, 16)
    system.withdraw(victim, 15, 1)
    system.activate_asset(victim, 16)
    assert scene.account(victim).assets == 2**15 - 1 | 1 << 16


def test_account_ids_of_more_than_32_bits_are_refused(scene: Scene) -> None:
    """Dirty high bits of an id must not reach the key of a slot."""
    system = scene.system
    known = codec("Exchange")
    for function, position in (("withdraw", 0), ("transfer", 1), ("deposit", 0), ("place", 0)):
        arguments: tuple[object, ...] = {
            "withdraw": (scene.maker, 0, UNIT, MAKER),
            "transfer": (scene.maker, scene.maker, 0, 1),
            "deposit": (scene.maker, 0, UNIT),
            "place": (scene.maker, order_tuple(order(BID, 19_000, 1))),
        }[function]
        data = bytearray(known.encode(function, *arguments))
        data[4 + 32 * position + 27] = 1
        result = system.backend.call(MAKER, system.exchange, bytes(data))
        assert (result.ok, result.returned) == (False, b"")


def test_asset_ids_of_more_than_16_bits_are_refused(scene: Scene) -> None:
    system = scene.system
    data = bytearray(codec("Exchange").encode("withdraw", scene.maker, 0, UNIT, MAKER))
    data[4 + 32 + 29] = 1
    result = system.backend.call(MAKER, system.exchange, bytes(data))
    assert (result.ok, result.returned) == (False, b"")


def test_unlisted_asset_beyond_a_byte_reaches_no_other_slot(scene: Scene) -> None:
    """Asset 256 + 0 would alias account + 1, asset 0 in the key of a ledger."""
    key = slots.ledger(scene.maker, 256)
    assert key == slots.ledger(scene.maker, 0) or key == slots.ledger(scene.maker + 1, 0)
    for asset in (256, 257, 512, 65_280):
        with refused(scene.system, "UnlistedAsset", asset):
            scene.system.withdraw(scene.maker, asset, UNIT)
        with refused(scene.system, "UnlistedAsset", asset):
            scene.system.deposit(scene.maker, asset, UNIT)
        with refused(scene.system, "UnlistedAsset", asset):
            scene.system.poke(asset)


def test_exchange_takes_no_ether(scene: Scene) -> None:
    system = scene.system
    for data in (b"", b"\x01\x02\x03\x04", codec("Exchange").encode("createAccount")):
        result = system.backend.call(TAKER, system.exchange, data, value=1)
        assert not result.ok


def test_round_trip_through_everything_returns_what_was_brought(scene: Scene) -> None:
    """Deposit, split, rest, cancel, join, withdraw: not an atom is lost or made."""
    system = scene.system
    account = scene.new_account(STRANGER, 1_000 * DOLLARS, 7)
    other = system.create_account(STRANGER)
    system.transfer(account, other, 0, 333 * DOLLARS + 1)
    system.transfer(account, other, 1, 3 * LOT + 1)
    made = [scene.ask(other, 20_000 + i, 1).order_id for i in range(3)]
    made.append(scene.bid(other, 19_000, 4).order_id)
    system.reduce(other, made[3], 2)
    assert system.cancel_many(other, made) == [1, 1, 1, 2]
    system.transfer(other, account, 0, scene.cash(other))
    system.transfer(other, account, 1, scene.base(other))
    system.withdraw(account, 0, 1_000 * DOLLARS * UNIT)
    system.withdraw(account, 1, 7 * LOT * ETH_UNIT)
    assert system.token_balance(0, STRANGER) == 1_000 * DOLLARS * UNIT
    assert system.token_balance(1, STRANGER) == 7 * LOT * ETH_UNIT
