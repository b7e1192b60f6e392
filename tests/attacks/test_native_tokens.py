"""LED-10: receivers of native tokens that call back, refuse, or send them back."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.support.abi import codec, creation_code
from tests.support.scene import BID, ETH_UNIT, FOK, UNIT, Scene, order
from tests.support.soundness import refused
from tests.support.system import ADMIN, FOREVER, LAST_SECOND, NATIVE, order_tuple
from worldmarkets.model import slots
from worldmarkets.model.packed import pack_batch

_LOCKED = "ReentrancyGuardReentrantCall"


@dataclass
class Receiver:
    """A contract with an account: 100 atoms of native tokens, cash, and an order."""

    scene: Scene
    address: str
    native: int
    account: int
    order_id: int

    def act(self, function: str, *arguments: object, value: int = 0) -> None:
        """Call the exchange as the contract."""
        data = codec("Exchange").encode(function, *arguments)
        call = (self.address, "NativeReceiver", ADMIN, "execute", self.scene.system.exchange, data)
        self.scene.system.execute_on(*call, value=value)

    def arm(self, target: str, data: bytes) -> None:
        """Call somebody at each receipt."""
        self.scene.system.execute_on(self.address, "NativeReceiver", ADMIN, "arm", target, data)

    def answer(self) -> tuple[int, bool, str]:
        """Calls made while receiving, whether the last went through, and its error."""
        view = (self.address, "NativeReceiver")
        system = self.scene.system
        returned = system.view(*view, "returned")[0]
        error = codec("Exchange", "VaultModule").error(returned).name
        return system.view(*view, "calls")[0], system.view(*view, "succeeded")[0], error

    def balance(self) -> int:
        return self.scene.base(self.account, self.native)


@pytest.fixture
def receiver(scene: Scene) -> Receiver:
    system = scene.system
    native = system.add_asset(NATIVE)
    address = system.backend.deploy(ADMIN, creation_code("NativeReceiver"))
    receiver = Receiver(scene, address, native, 0, 0)
    receiver.act("createAccount")
    receiver.account = system.events()[0].fields["accountId"]
    receiver.act("depositNative", receiver.account, native, value=100 * ETH_UNIT)
    system.mint(ADMIN, 0, 10**9 * UNIT)
    system.deposit(receiver.account, 0, 10**9 * UNIT, sender=ADMIN)
    receiver.act("place", receiver.account, order_tuple(order(BID, 19_000, 1)))
    receiver.order_id = scene.orders(19_000)[0][0]
    return receiver


Call = Callable[[Receiver], tuple[object, ...]]
CALLS: dict[str, Call] = {
    "place": lambda r: (r.account, order_tuple(order(BID, 19_000, 1))),
    "cancel": lambda r: (r.account, r.order_id),
    "cancelMany": lambda r: (r.account, [r.order_id]),
    "reduce": lambda r: (r.account, r.order_id, 1),
    "amend": lambda r: (r.account, r.order_id, order_tuple(order(BID, 19_000, 2))),
    "batch": lambda r: (r.account, [r.order_id], [], False, FOREVER),
    "batchPacked": lambda r: (pack_batch(r.account, [r.order_id], []),),
    "createAccount": lambda r: (),
    "deposit": lambda r: (r.account, 0, UNIT),
    "depositNative": lambda r: (r.account, r.native),
    "withdraw": lambda r: (r.account, r.native, ETH_UNIT, r.address),
    "withdrawNative": lambda r: (r.account, r.native, ETH_UNIT, r.address),
    "transfer": lambda r: (r.account, r.scene.maker, 0, 1),
    "setOperator": lambda r: (r.account, r.address, 63, LAST_SECOND, 0),
    "deactivateAsset": lambda r: (r.account, r.native),
    "poke": lambda r: ([1],),
    "readWords": lambda r: ([slots.ledger(r.account, r.native)],),
}


@pytest.mark.parametrize("function", CALLS)
def test_led_10_receiver_that_calls_back_is_locked_out(receiver: Receiver, function: str) -> None:
    """The withdrawal goes through; what the receiver tried meanwhile does not."""
    arguments = CALLS[function](receiver)
    system = receiver.scene.system
    receiver.arm(system.exchange, codec("Exchange").encode(function, *arguments))
    receiver.act(
        "withdrawNative", receiver.account, receiver.native, 5 * ETH_UNIT, receiver.address
    )
    assert receiver.answer() == (1, False, _LOCKED)
    assert receiver.balance() == 95


@pytest.mark.parametrize("target", ["exchange", "order_module"])
def test_led_10_place_whole_from_a_receiver_places_nothing(receiver: Receiver, target: str) -> None:
    """The exchange does not know it; the module answers over words of its own, without a market."""
    request = (receiver.account, order_tuple(order(BID, 19_000, 1, FOK)), False)
    data = codec("OrderModule").encode("placeWhole", *request)
    before = receiver.scene.orders(19_000)
    receiver.arm(getattr(receiver.scene.system, target), data)
    receiver.act("withdrawNative", receiver.account, receiver.native, ETH_UNIT, receiver.address)
    assert receiver.answer()[:2] == (1, target == "order_module")
    assert receiver.scene.orders(19_000) == before


def test_led_10_receiver_that_refuses_gets_nothing_and_loses_nothing(receiver: Receiver) -> None:
    system = receiver.scene.system
    system.execute_on(receiver.address, "NativeReceiver", ADMIN, "setRefuses", True)
    with refused(system, "unknown"):
        receiver.act(
            "withdrawNative", receiver.account, receiver.native, ETH_UNIT, receiver.address
        )
    assert receiver.balance() == 100
    receiver.act("withdraw", receiver.account, receiver.native, 100 * ETH_UNIT, receiver.address)
    assert receiver.balance() == 0


def test_led_10_receiver_that_refuses_stands_in_nobody_elses_way(receiver: Receiver) -> None:
    """Fills and withdrawals of others never send him anything."""
    scene = receiver.scene
    system = scene.system
    system.execute_on(receiver.address, "NativeReceiver", ADMIN, "setRefuses", True)
    assert scene.ask(scene.taker, 19_000, 1).filled_lots == 1
    system.deposit_native(scene.taker, receiver.native, 5 * ETH_UNIT)
    system.withdraw_native(scene.taker, receiver.native, 5 * ETH_UNIT)
    assert scene.base(scene.taker, receiver.native) == 0


def test_led_10_native_tokens_cannot_be_forced_into_a_balance(receiver: Receiver) -> None:
    """Not even through the wrapped token, which pays out only what it was asked to."""
    scene = receiver.scene
    system = scene.system
    system.execute_on(system.wrapped_native, "WrappedNative", ADMIN, "deposit", value=5 * ETH_UNIT)
    before = scene.base(scene.maker, receiver.native)
    result = system.backend.call(ADMIN, system.exchange, b"", value=1)
    assert not result.ok
    assert scene.base(scene.maker, receiver.native) == before
