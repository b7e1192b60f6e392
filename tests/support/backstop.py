"""The backstop tranche of a scene, and what the exchange does to it."""

from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.abi import Codec, Event, codec, creation_code
from tests.support.backend import CallFailedError, Result
from tests.support.scene import STRANGER, UNIT, Scene
from tests.support.system import ADMIN, UNLIMITED, System
from worldmarkets.model import slots
from worldmarkets.model.liquidation_words import LiquidationWord, PauseWord
from worldmarkets.model.packing import Word
from worldmarkets.model.words import LedgerWord

COOLDOWN = 10 * 86_400
EXIT_WINDOW = 48 * 3_600
"""How long a request waits, and how long it is ready then [seconds]."""
VIRTUAL = 10**12
"""Shares of nobody against which the first atom stands; so many does an atom buy at first."""
MAX_SHARES = 2**216 - 1
MAX_HELD = 2**79 - 1
"""The most that the exchange may hold of an asset [atoms]."""


@dataclass
class Backstop:
    """A tranche beside a scene. Assets are given in whole atoms, and got in token units.

    `last` is the raw result of the last call.
    """

    scene: Scene
    address: str
    account: int = 0
    last: Result = field(default_factory=lambda: Result(True, b""))

    @property
    def system(self) -> System:
        return self.scene.system

    # --------------------------------------------------------------- entry points

    def fund(self, holder: str, atoms: int) -> None:
        """Give a holder quote tokens, and let the tranche pull all he has."""
        self.system.mint_only(holder, 0, atoms * UNIT)
        approval = ("approve", self.address, UNLIMITED)
        self.system.execute_on(self.system.tokens[0], "FaucetToken", holder, *approval)

    def deposit(self, holder: str, atoms: int, receiver: str | None = None) -> int:
        """Deposit what a holder has; returns the shares."""
        return self.execute(holder, "deposit", atoms * UNIT, receiver or holder)[0]

    def enter(self, holder: str, atoms: int) -> int:
        """Give a holder atoms and let him deposit them; returns the shares."""
        self.fund(holder, atoms)
        return self.deposit(holder, atoms)

    def mint(self, holder: str, shares: int, receiver: str | None = None) -> int:
        """Buy shares; returns what they cost."""
        return self.execute(holder, "mint", shares, receiver or holder)[0]

    def request(self, holder: str, shares: int) -> int:
        """Ask to redeem shares; returns from when on [seconds]."""
        return self.execute(holder, "requestRedeem", shares)[0]

    def make_ready(self, holder: str, shares: int | None = None) -> None:
        """Ask to redeem shares, all of a holder by default, and let the cooldown pass."""
        self.request(holder, self.shares(holder) if shares is None else shares)
        self.wait(COOLDOWN)

    def cancel(self, holder: str) -> None:
        self.execute(holder, "cancelRequest")

    def redeem(
        self, sender: str, shares: int, receiver: str | None = None, owner: str | None = None
    ) -> int:
        """Redeem shares; returns what they paid."""
        return self.execute(sender, "redeem", shares, receiver or sender, owner or sender)[0]

    def withdraw(
        self, sender: str, atoms: int, receiver: str | None = None, owner: str | None = None
    ) -> int:
        """Withdraw; returns the shares that were redeemed for it."""
        arguments = (atoms * UNIT, receiver or sender, owner or sender)
        return self.execute(sender, "withdraw", *arguments)[0]

    def transfer(self, holder: str, to: str, shares: int) -> None:
        self.execute(holder, "transfer", to, shares)

    # --------------------------------------------------------------- what happens to it

    def lose(self, atoms: int) -> None:
        """Take from the tranche what it pays for a deficit; the maker gets it."""
        for account, change in ((self.account, -atoms), (self.scene.maker, atoms)):
            word = self.scene.ledger(account, 0)
            self.set_word(
                slots.ledger(account, 0), replace(word, balance=word.balance + change, touched=1)
            )

    def earn(self, atoms: int) -> None:
        """Add to the tranche what it gets of liquidations; the taker pays it."""
        self.system.transfer(self.scene.taker, self.account, 0, atoms)

    def send(self, to: str, atoms: int) -> None:
        """Transfer quote tokens to an address, out of nowhere."""
        self.system.mint_only(STRANGER, 0, atoms * UNIT)
        sent = ("transfer", to, atoms * UNIT)
        self.system.execute_on(self.system.tokens[0], "FaucetToken", STRANGER, *sent)

    def set_deficits(self, accounts: int) -> None:
        """Let so many accounts be in deficit, of ten that are flagged."""
        word = LiquidationWord(flagged=10, in_deficit=accounts, backstop=self.account)
        self.set_word(slots.liquidation(), word)

    def pause_until(self, time: int) -> None:
        """Let a price have moved fast [seconds]."""
        self.set_word(slots.pause(slots.ALL_PAUSES), PauseWord(time, touched=1))

    def wait(self, seconds: int) -> None:
        self.system.backend.set_time(self.system.backend.time + seconds)

    def set_word(self, slot: int, word: Word) -> None:
        """Write a word of the exchange, past its code."""
        backend: Any = self.system.backend
        backend.set_word(self.system.exchange, slot, word.pack())

    # --------------------------------------------------------------- reading

    @property
    def atoms(self) -> int:
        """What the tranche has."""
        return LedgerWord.unpack(self.system.read_word(slots.ledger(self.account, 0))).balance

    @property
    def supply(self) -> int:
        return int(self.view("totalSupply"))

    def shares(self, holder: str) -> int:
        return int(self.view("balanceOf", holder))

    def value(self, shares: int) -> int:
        """What shares pay now [atoms]."""
        return shares * (self.atoms + 1) // (self.supply + VIRTUAL)

    def request_of(self, holder: str) -> tuple[int, int, int]:
        """Shares a holder has asked to redeem, from when on he can, and from when on no more."""
        shares, ready_at, expires_at = self._view("requestOf", holder)
        return shares, ready_at, expires_at

    def waits_for(self) -> tuple[int, int]:
        """Accounts in deficit, and until when a fast move lets everybody wait [seconds]."""
        deficits, paused_until = self._view("waitsFor")
        return deficits, paused_until

    def view(self, function: str, *arguments: object) -> Any:
        return self._view(function, *arguments)[0]

    def events(self) -> list[Event]:
        """What the tranche itself logged in the last call."""
        logs = tuple(log for log in self.last.logs if log.address == self.address)
        return codec("BackstopVault").events(logs)

    def execute(self, sender: str, function: str, *arguments: object) -> tuple[Any, ...]:
        """Call it and decode what it returns; raises Reverted."""
        data = codec("BackstopVault").encode(function, *arguments)
        self.last = self.system.backend.call(sender, self.address, data)
        if not self.last.ok:
            raise _known_errors().error(self.last.returned)
        return codec("BackstopVault").decode(function, self.last.returned)

    def _view(self, function: str, *arguments: object) -> tuple[Any, ...]:
        data = codec("BackstopVault").encode(function, *arguments)
        try:
            returned = self.system.backend.view(self.address, data)
        except CallFailedError as error:
            raise _known_errors().error(error.returned) from None
        return codec("BackstopVault").decode(function, returned)


def make_backstop(scene: Scene) -> Backstop:
    """Deploy a tranche beside a scene."""
    backstop = Backstop(scene, deploy_vault(scene.system, scene.system.exchange))
    backstop.account = backstop.view("accountId")
    return backstop


def deploy_vault(system: System, exchange: str) -> str:
    """Deploy a tranche of an exchange; raises Reverted."""
    try:
        return system.backend.deploy(ADMIN, creation_code("BackstopVault", exchange))
    except CallFailedError as error:
        raise _known_errors().error(error.returned) from None


def _known_errors() -> Codec:
    return codec("BackstopVault", "Exchange", "VaultModule", "FaucetToken")
