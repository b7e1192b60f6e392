"""What has to be so after a crash, whatever it was.

Every function returns what is not, in words; nothing where all is well.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from worldmarkets.crash.scene import Scene
from worldmarkets.model import accounts, balances, slots
from worldmarkets.model.invariants import audit
from worldmarkets.model.liquidation.invariants import known_lines
from worldmarkets.model.perps import positions, settlement
from worldmarkets.model.words import RegistryWord

Holding = tuple[tuple[int, ...], ...]
"""Of each asset as they are kept: balance and whether it is lent, size and cash of the perp, and
what orders of it rest."""


@dataclass(frozen=True)
class Before:
    """What was there before a crash."""

    held: dict[int, Holding]
    """By account."""
    insurance: int
    """Quote atoms."""
    backstop: int


def read_before(scene: Scene) -> Before:
    """Read portfolios and funds before a crash."""
    state = scene.desk.state
    held = {one.account_id: holding_of(scene, one.account_id) for one in scene.portfolios}
    funds = (balances.atoms_of(state, one, 0) for one in (accounts.INSURANCE, scene.backstop_id))
    return Before(held, *funds)


def holding_of(scene: Scene, account_id: int) -> Holding:
    """Return what an account has, as it is kept: interest and marks do not change it."""
    state, found = scene.desk.state, []
    for asset in scene.desk.assets:
        word = balances.load(state, account_id, asset.asset_id)
        kept = [word.balance, word.lent]
        if asset.asset_id:
            market = scene.desk.underlyings[asset.asset_id - 1].perp.market_id
            position = positions.load(state, account_id, market)
            kept += [position.size, position.cash, position.open_bids, position.open_asks]
        found.append(tuple(kept))
    return tuple(found)


def untouched(scene: Scene, before: Before, others: Collection[int]) -> list[str]:
    """R12: who was healthy all the time and did nothing has what he had, to the last unit.

    Before anybody settles. What lenders and winners lose is in what a share and a drawn profit are
    worth, nowhere else.

    Args:
        scene: After the crash.
        before: Before it.
        others: Accounts that were not healthy at some step, or acted themselves.
    """
    return [
        f"R12: account {account_id} was healthy, had {held}, and has {now}"
        for account_id, held in before.held.items()
        if account_id not in others and (now := holding_of(scene, account_id)) != held
    ]


def funds_add_up(scene: Scene, before: Before) -> list[str]:
    """Check that funds have what they had, with fees and repayments, less what they have paid."""
    state, paid = scene.desk.state, scene.payments
    fees = (paid.fees_insurance, paid.fees - paid.fees_insurance)
    insurance = fees[0] + paid.repaid_insurance
    insurance -= paid.deficits.insurance + paid.bidders.insurance
    backstop = fees[1] + paid.repaid_backstop
    backstop -= paid.deficits.backstop + paid.bidders.backstop
    rows = (
        ("insurance fund", accounts.INSURANCE, before.insurance + insurance),
        ("backstop", scene.backstop_id, before.backstop + backstop),
    )
    return [
        f"the {name} has {has} and should have {wanted}"
        for name, account_id, wanted in rows
        if (has := balances.atoms_of(state, account_id, 0)) != wanted
    ]


def shortfalls_add_up(scene: Scene) -> list[str]:
    """Check that the shortfall of each perp is what was added less what profits have cancelled."""
    state, paid, faults = scene.desk.state, scene.payments, []
    for known in scene.desk.underlyings:
        market = known.perp.market_id
        wanted = paid.shortfalls.get(market, 0) - paid.cancelled.get(market, 0)
        has = settlement.load_pool(state, market).shortfall
        if has != wanted:
            faults.append(f"the shortfall of {known.perp.symbol} is {has}, not {wanted}")
    return faults


def invariants(scene: Scene) -> list[str]:
    """Check the invariants of the exchange on all its words."""
    desk = scene.desk
    state = desk.state
    markets = [venue.market_id for known in desk.underlyings for venue in (known.spot, known.perp)]
    everybody = range(1, state.load(RegistryWord, slots.registry()).accounts + 1)
    held = {
        asset.asset_id: desk.exchange.tokens[int(asset.token, 16)].balance_of(desk.exchange.address)
        for asset in desk.assets
    }

    def read(wanted: Sequence[int]) -> list[int]:
        return [state.load_raw(slot) for slot in wanted]

    found = audit(read, markets, everybody, held, time=desk.time, lines=known_lines(state))
    return [str(one) for one in found]
