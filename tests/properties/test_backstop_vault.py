"""Whatever happens to the backstop tranche, it is an ERC-4626 vault that owes no more than it has.

Source of the properties: EIP-4626; what previews say is what happens, and rounding is against the
caller.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.abi import Reverted
from tests.support.backend import rolled_back, user_address
from tests.support.backstop import COOLDOWN, EXIT_WINDOW, VIRTUAL, Backstop, make_backstop
from tests.support.scene import UNIT, make_scene
from tests.support.soundness import assert_sound
from tests.support.system import System

HOLDERS = tuple(user_address(50 + index) for index in range(3))
RICH = 10**15
"""What each holder has to begin with [atoms]."""

amounts = st.one_of(st.integers(1, 30), st.integers(1, 10**12))
parts = st.one_of(st.integers(0, 1_000), st.just(1_000))
"""Thousandths of what there is."""
holders = st.sampled_from(HOLDERS)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("deposit"), holders, amounts),
        st.tuples(st.just("mint"), holders, st.integers(1, 10**24)),
        st.tuples(st.just("request"), holders, parts),
        st.tuples(st.just("leave"), holders, parts),
        st.tuples(st.just("leave_exactly"), holders, parts),
        st.tuples(st.just("redeem"), holders, parts),
        st.tuples(st.just("withdraw"), holders, parts),
        st.tuples(st.just("transfer"), holders, parts),
        st.tuples(st.just("lose"), holders, parts),
        st.tuples(st.just("earn"), holders, st.integers(1, 10**9)),
        st.tuples(st.just("wait"), holders, st.sampled_from((1, EXIT_WINDOW, COOLDOWN))),
    ),
    min_size=8,
    max_size=25,
)


@pytest.fixture(scope="module")
def tranche(deployed_system: System) -> Iterator[Backstop]:
    """A tranche, and holders with tokens for it."""
    owners = dict(deployed_system.owners)
    with rolled_back(deployed_system.backend):
        backstop = make_backstop(make_scene(deployed_system))
        backstop.system.set_outflow_limit(0, 10**6)
        for holder in HOLDERS:
            backstop.fund(holder, RICH)
        yield backstop
    deployed_system.owners = owners


class Player:
    """Does one thing after the other, and asserts what must hold of each."""

    def __init__(self, backstop: Backstop) -> None:
        self.backstop = backstop

    def play(self, name: str, holder: str, number: int) -> None:
        worth, supply = self.backstop.atoms + 1, self.backstop.supply + VIRTUAL
        getattr(self, name)(holder, number)
        if name != "lose":
            later = (self.backstop.atoms + 1) * supply
            assert later >= worth * (self.backstop.supply + VIRTUAL), "the share price has fallen"
        self.check()

    def deposit(self, holder: str, atoms: int) -> None:
        expected = self.backstop.view("previewDeposit", atoms * UNIT)
        if expected == 0 or atoms * UNIT > self.backstop.view("maxDeposit", holder):
            self.refused(self.backstop.deposit, holder, atoms)
            return
        assert self.backstop.deposit(holder, atoms) == expected
        assert self.backstop.view("convertToAssets", expected) <= atoms * UNIT

    def mint(self, holder: str, shares: int) -> None:
        cost = self.backstop.view("previewMint", shares)
        if cost > self.backstop.system.token_balance(0, holder):
            self.refused(self.backstop.mint, holder, shares)
            return
        assert self.backstop.view("convertToAssets", shares) <= cost
        assert self.backstop.mint(holder, shares) == cost

    def request(self, holder: str, part: int) -> None:
        shares = self.backstop.shares(holder) * part // 1_000
        if shares:
            self.backstop.request(holder, shares)
        else:
            self.refused(self.backstop.request, holder, 0)

    def leave(self, holder: str, part: int) -> None:
        """Redeem half of what is asked for, once it is ready."""
        self.request(holder, part)
        self.wait(holder, COOLDOWN)
        self.redeem(holder, 500)

    def leave_exactly(self, holder: str, part: int) -> None:
        """Withdraw half of what is asked for, once it is ready."""
        self.request(holder, part)
        self.wait(holder, COOLDOWN)
        self.withdraw(holder, 500)

    def redeem(self, holder: str, part: int) -> None:
        most = self.backstop.view("maxRedeem", holder)
        self.refused(self.backstop.redeem, holder, most + 1)
        shares = most * part // 1_000
        expected = self.backstop.view("previewRedeem", shares)
        if expected == 0:
            self.refused(self.backstop.redeem, holder, shares)
            return
        assert self.backstop.redeem(holder, shares) == expected

    def withdraw(self, holder: str, part: int) -> None:
        most = self.backstop.view("maxWithdraw", holder) // UNIT
        self.refused(self.backstop.withdraw, holder, most + 1)
        atoms = most * part // 1_000
        expected = self.backstop.view("previewWithdraw", atoms * UNIT)
        if atoms == 0:
            self.refused(self.backstop.withdraw, holder, 0)
            return
        assert self.backstop.view("convertToShares", atoms * UNIT) <= expected
        assert self.backstop.withdraw(holder, atoms) == expected

    def transfer(self, holder: str, part: int) -> None:
        to = HOLDERS[HOLDERS.index(holder) - 1]
        shares = self.backstop.shares(holder) * part // 1_000
        asked, _, expires_at = self.backstop.request_of(holder)
        locked = asked if self.backstop.system.backend.time < expires_at else 0
        if shares > self.backstop.shares(holder) - locked:
            self.refused(self.backstop.transfer, holder, to, shares)
        else:
            self.backstop.transfer(holder, to, shares)

    def lose(self, holder: str, part: int) -> None:
        self.backstop.lose(self.backstop.atoms * part // 1_000)

    def earn(self, holder: str, atoms: int) -> None:
        self.backstop.earn(atoms)

    def wait(self, holder: str, seconds: int) -> None:
        self.backstop.wait(seconds)

    def refused(self, action: object, *arguments: object) -> None:
        """Assert that an action is refused."""
        assert callable(action)
        with pytest.raises(Reverted) as caught:
            action(*arguments)
        assert caught.value.name not in ("", "unknown", "Panic", "Error")

    def check(self) -> None:
        backstop = self.backstop
        assert backstop.view("totalAssets") == backstop.atoms * UNIT
        values = [backstop.value(backstop.shares(holder)) for holder in HOLDERS]
        assert sum(values) <= backstop.atoms, "shares are worth more than there is"
        for holder, value in zip(HOLDERS, values, strict=True):
            shares = backstop.shares(holder)
            assert backstop.view("convertToAssets", shares) == value * UNIT
            assert backstop.view("maxRedeem", holder) <= shares
            assert backstop.view("maxWithdraw", holder) <= value * UNIT
        backstop.view("maxMint", HOLDERS[0])


@given(first=amounts, second=amounts, played=steps)
def test_tranche_keeps_its_promises(
    tranche: Backstop, first: int, second: int, played: list[tuple[str, str, int]]
) -> None:
    with rolled_back(tranche.system.backend):
        player = Player(tranche)
        for step in (("deposit", HOLDERS[0], first), ("deposit", HOLDERS[1], second), *played):
            player.play(*step)
        assert_sound(tranche.system)


@given(atoms=amounts, before=amounts, loss=parts, fees=amounts)
def test_going_in_and_out_gains_nothing(
    tranche: Backstop, atoms: int, before: int, loss: int, fees: int
) -> None:
    with rolled_back(tranche.system.backend):
        tranche.deposit(HOLDERS[0], before)
        tranche.lose(before * loss // 1_000)
        tranche.earn(min(fees, 10**11))
        if tranche.view("previewDeposit", atoms * UNIT) == 0:
            return
        shares = tranche.deposit(HOLDERS[1], atoms)
        tranche.make_ready(HOLDERS[1])
        out = tranche.view("maxWithdraw", HOLDERS[1])
        assert out <= atoms * UNIT
        if out:
            assert tranche.redeem(HOLDERS[1], shares) == out
