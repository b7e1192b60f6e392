"""A quote token that calls back gets in or out once, and is shown no wrong price."""

from dataclasses import dataclass

import pytest

from tests.attacks.test_reentrancy import Moment
from tests.support.abi import codec, creation_code
from tests.support.backstop import COOLDOWN, VIRTUAL, Backstop, make_backstop
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import STRANGER, UNIT, Scene
from tests.support.system import ADMIN, QUOTE, UNLIMITED, deploy_system

IN_TRANSFERS = [Moment.BEFORE_TRANSFER, Moment.AFTER_TRANSFER]


@dataclass
class CallingQuote:
    """A quote token that calls back. It owns ten atoms of shares itself, and may redeem them."""

    backstop: Backstop
    token: str

    def act(self, function: str, *arguments: object) -> None:
        """Call the tranche as the token."""
        data = codec("BackstopVault").encode(function, *arguments)
        self._call("execute", self.backstop.address, data)

    def arm(self, moment: Moment, function: str, *arguments: object) -> None:
        """Call the tranche back at a moment."""
        data = codec("BackstopVault").encode(function, *arguments)
        self._call("arm", moment, self.backstop.address, data)

    def view(self, name: str) -> object:
        return self.backstop.system.view(self.token, "CallbackToken", name)[0]

    def error(self) -> str:
        """What the last callback was refused with."""
        assert self.view("succeeded") is False
        return codec("BackstopVault").error(bytes(self.view("returned"))).name

    def take(self) -> None:
        """Give the token tokens of its own, which the tranche may pull."""
        for function, *arguments in (
            ("draw", 100 * UNIT),
            ("approve", self.backstop.address, UNLIMITED),
        ):
            data = codec("CallbackToken").encode(function, *arguments)
            self._call("execute", self.token, data)

    def _call(self, function: str, *arguments: object) -> None:
        self.backstop.system.execute_on(self.token, "CallbackToken", ADMIN, function, *arguments)


@pytest.fixture
def quote() -> CallingQuote:
    system = deploy_system(PyrevmBackend(), assets=(), markets={})
    token = system.backend.deploy(ADMIN, creation_code("CallbackToken", 18))
    system.list_asset(token, UNIT, "0x" + "00" * 20)
    system.tokens.append(token)
    system.assets.append(QUOTE)
    quote = CallingQuote(make_backstop(Scene(system, 0, 0)), token)
    quote.take()
    quote.act("deposit", 10 * UNIT, token)
    quote.act("requestRedeem", 10 * VIRTUAL)
    system.backend.set_time(system.backend.time + COOLDOWN)
    return quote


@pytest.mark.parametrize("outer", ["deposit", "redeem"])
@pytest.mark.parametrize("inner", ["deposit", "mint", "withdraw", "redeem"])
@pytest.mark.parametrize("moment", IN_TRANSFERS)
def test_call_from_within_a_transfer_is_refused(
    quote: CallingQuote, moment: Moment, inner: str, outer: str
) -> None:
    """A deposit is two transfers: into the tranche, and from there into the exchange."""
    calls = {
        "deposit": (UNIT, quote.token),
        "mint": (VIRTUAL, quote.token),
        "withdraw": (UNIT, STRANGER, quote.token),
        "redeem": (VIRTUAL, STRANGER, quote.token),
    }
    quote.arm(moment, inner, *calls[inner])
    quote.act(outer, *calls[outer])
    assert quote.view("calls") == (2 if outer == "deposit" else 1)
    assert quote.error() == "ReentrancyGuardReentrantCall"
    assert quote.backstop.supply == (11 if outer == "deposit" else 9) * VIRTUAL


@pytest.mark.parametrize("function", ["totalAssets", "waitsFor"])
@pytest.mark.parametrize("moment", IN_TRANSFERS)
def test_price_is_not_told_from_within_the_exchange(
    quote: CallingQuote, moment: Moment, function: str
) -> None:
    """Between its transfer and its booking nobody is shown a price that is neither old nor new."""
    quote.arm(moment, function)
    quote.act("redeem", VIRTUAL, STRANGER, quote.token)
    assert quote.error() == "ReentrancyGuardReentrantCall"
