"""LIQ-N: the fall of 10 October 2025, minute by minute, over accounts of every leverage."""

from dataclasses import dataclass, field

from tests.support.backend import user_address
from tests.support.liquidation import WINDOW, LiquidationScene
from tests.support.scene import DOLLARS
from worldmarkets.model import slots

FALL = (1_000, 995, 988, 982, 948, 973, 955, 975, 944, 964, 919, 947, 928, 889, 883, 907, 934)
"""The price of bitcoin from 21:06 on, lows and closes, in thousandths of the first."""
LOTS = 3_000
"""Lots of each account: 6,000 dollars at first."""
ASLEEP = range(4, 11)
"""Minutes in which nobody liquidates: what fails then is found in deficit."""
BONDED = (1, 7)
"""Accounts that have a bond."""
BOND = 60 * DOLLARS


@dataclass
class Crash:
    """Accounts, and what has been seen of them; percentages are those of their notional."""

    scene: LiquidationScene
    accounts: dict[int, int] = field(default_factory=dict)
    ever_unhealthy: set[int] = field(default_factory=set)
    flagged: set[int] = field(default_factory=set)
    deficits: int = 0
    paid: int = 0

    def open_all(self) -> None:
        """Longs with margins of 6 to 25 percent, a third of them on spot, and a few shorts."""
        scene = self.scene
        for number in range(36):
            cash, owner = LOTS * 2_000 * (60 + 5 * number), user_address(0x100 + number)
            if number % 3 == 2:
                account = scene.long(owner, cash, LOTS)
            else:
                account = scene.trader(owner, cash)
                pair = (account, scene.maker) if number % 6 else (scene.maker, account)
                scene.trade(*pair, LOTS)
            self.accounts[account] = number
            if number in BONDED:
                scene.system.lock_bond(account, BOND)

    def look(self) -> None:
        """Note who is below maintenance."""
        for account in self.accounts:
            if self.lacks(account) > 0:
                self.ever_unhealthy.add(account)

    def lacks(self, account: int) -> int:
        """What an account lacks to what maintenance requires."""
        margin = self.scene.margin(account)
        return margin.maintenance_atoms - margin.equity_atoms

    def watch(self) -> None:
        """Flag whoever is neither healthy nor protected, and sell what is flagged."""
        scene = self.scene
        for account in self.accounts:
            may = self.lacks(account) > scene.protection(account).bond
            if may and not scene.account(account).flagged:
                scene.flag(account)
                self.flagged.add(account)
                self.count()
        scene.pass_time(WINDOW)
        for account in self.accounts:
            if scene.account(account).flagged:
                scene.review(account)
                self.count()
                if self.lacks(account) > 0:
                    scene.buy(account)
                    self.count()

    def count(self) -> None:
        """Add up what the last transaction has paid for deficits."""
        for event in self.scene.system.events():
            if event.name == "DeficitPaid":
                steps = ("bond", "line", "insurance", "backstop", "shortfall", "loss")
                self.deficits += event.fields["deficitAtoms"]
                self.paid += sum(event.fields[f"{step}Atoms"] for step in steps)

    def words_of(self, account: int) -> tuple[int, ...]:
        """All words of an account that liquidation could change."""
        kinds = (slots.ledger(account, 0), slots.ledger(account, 1), slots.position(account, 1))
        kinds += (slots.account(account), slots.protection(account), slots.auction(account))
        return tuple(self.scene.system.read_words(kinds))


def test_liq_n_fall_of_october_2025_touches_no_healthy_account_and_adds_up(
    failing: LiquidationScene,
) -> None:
    crash = Crash(failing)
    crash.open_all()
    before = {account: crash.words_of(account) for account in crash.accounts}
    for minute, thousandths in enumerate(FALL):
        failing.move_index(2 * thousandths)
        failing.refresh()
        crash.look()
        if minute not in ASLEEP:
            crash.watch()
        failing.pass_time(60 - WINDOW)
    # Most with little margin have failed, and none that always had enough.
    assert 8 <= len(crash.flagged) <= 24
    assert crash.flagged <= crash.ever_unhealthy
    for account in crash.accounts.keys() - crash.ever_unhealthy:
        assert crash.words_of(account) == before[account]
    # What was lost is what was paid, but for an atom a part that covers rounding.
    assert crash.deficits > 0
    assert 0 <= crash.paid - crash.deficits <= 200
    # Each is done with, or has what maintenance requires again.
    for account in crash.flagged:
        assert failing.equity(account) >= -50
        assert failing.account(account).flagged == 0 or crash.lacks(account) <= 0
