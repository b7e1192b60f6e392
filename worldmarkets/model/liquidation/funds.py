"""What the insurance fund and the backstop pay: of each kind no more than a part of them a day."""

from dataclasses import dataclass, replace

from worldmarkets.atlas.arithmetic import PPM
from worldmarkets.model import accounts, balances, slots
from worldmarkets.model.liquidation import counters, protection
from worldmarkets.model.liquidation_words import FundWord
from worldmarkets.model.state import State
from worldmarkets.model.words import SECONDS_A_DAY, spot_market

INSURANCE_PPM = 500_000
"""The most of the insurance fund that is paid of one kind in a day."""
BACKSTOP_PPM = 200_000
"""The most of the backstop that is paid of one kind in a day."""


@dataclass(frozen=True)
class FundsPaid:
    """What both funds have paid [quote atoms]."""

    insurance: int = 0
    backstop: int = 0

    def __add__(self, other: "FundsPaid") -> "FundsPaid":
        return FundsPaid(self.insurance + other.insurance, self.backstop + other.backstop)

    @property
    def total(self) -> int:
        """What they have paid together [quote atoms]."""
        return self.insurance + self.backstop


def used_at(state: State, key: int) -> FundWord:
    """Return what funds have paid of a kind, as seen from today."""
    word, day = state.load(FundWord, slots.fund(key)), state.time // SECONDS_A_DAY
    return word if word.day == day else FundWord(day=day)


def available(state: State, fund_id: int, asset_id: int = 0) -> int:
    """Return what a fund's account has and can give at once; 0 without an account [atoms]."""
    return balances.own(state, fund_id, asset_id) if fund_id else 0


def room(has: int, used: int, ppm: int) -> int:
    """Return what a fund that has something left may still pay of a kind today [quote atoms]."""
    return max(0, (has + used) * ppm // PPM - used)


def pay(state: State, key: int, atoms: int) -> FundsPaid:
    """Take quote atoms out of the insurance fund, then of the backstop, as far as there is room.

    `key` is the perp market or the asset that they are paid for, or that of bidders.
    """
    used, backstop_id = used_at(state, key), counters.load(state).backstop
    insurance = _take(state, accounts.INSURANCE, used.insurance, INSURANCE_PPM, atoms)
    backstop = _take(state, backstop_id, used.backstop, BACKSTOP_PPM, atoms - insurance)
    if insurance or backstop:
        sums = {"insurance": used.insurance + insurance, "backstop": used.backstop + backstop}
        state.store(slots.fund(key), replace(used, **sums, touched=1))
    return FundsPaid(insurance, backstop)


def pay_in_kind(state: State, asset_id: int, atoms: int) -> int:
    """Take atoms of another asset than the quote out of the insurance fund, as far as it may.

    They count as of the asset's spot market, in its atoms.
    """
    key = spot_market(asset_id)
    used = used_at(state, key)
    paid = _take(state, accounts.INSURANCE, used.insurance, INSURANCE_PPM, atoms, asset_id)
    if paid:
        state.store(slots.fund(key), replace(used, insurance=used.insurance + paid, touched=1))
    return paid


def claim(state: State, account_id: int, paid: FundsPaid) -> None:
    """Note that an account owes what funds have paid for it."""
    if not paid.total:
        return
    word = protection.load(state, account_id)
    word = replace(
        word,
        insurance_claim=word.insurance_claim + paid.insurance,
        backstop_claim=word.backstop_claim + paid.backstop,
    )
    protection.store(state, account_id, word)
    protection.mark(state, account_id, owes=1)


def collect_fee(state: State, atoms: int) -> None:
    """Credit a fee: half to the insurance fund, half to the backstop; all if there is none."""
    backstop_id = counters.load(state).backstop
    insurance = atoms // 2 if backstop_id else atoms
    for fund_id, part in ((accounts.INSURANCE, insurance), (backstop_id, atoms - insurance)):
        if part:
            balances.add(state, fund_id, 0, part)


def _take(state: State, fund_id: int, used: int, ppm: int, most: int, asset_id: int = 0) -> int:
    has = available(state, fund_id, asset_id)
    atoms = min(most, has, room(has, used, ppm))
    if atoms:
        balances.add(state, fund_id, asset_id, -atoms)
    return atoms
