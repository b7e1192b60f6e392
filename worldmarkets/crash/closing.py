"""Once prices rest: funds and lenders are paid back what can be, and all perps are settled."""

from worldmarkets.crash.scene import Scene
from worldmarkets.model import accounts, risk, slots
from worldmarkets.model.liquidation import protection
from worldmarkets.model.perps import positions
from worldmarkets.model.words import RegistryWord

_ROUNDS = 3
"""How often settlement goes round: what losers pay in late, winners can draw then."""


def repay(scene: Scene) -> None:
    """Let accounts pay back what funds and lines have paid for them, as far as they can."""
    state = scene.desk.state
    for account_id in sorted(scene.payments.owing):
        if protection.owed_atoms(state, account_id) and risk.settled_surplus(state, account_id) > 0:
            scene.desk.act("repay_claims", account_id)


def settle(scene: Scene) -> None:
    """Settle the perps of everybody, losers first, as far as there is money.

    A winner draws his profit, and bears his part of what nobody has paid.
    """
    desk, state = scene.desk, scene.desk.state
    count = state.load(RegistryWord, slots.registry()).accounts
    for _ in range(_ROUNDS):
        for is_profit in (False, True):
            for account_id in range(1, count + 1):
                for known in desk.underlyings:
                    market = known.perp.market_id
                    units = positions.unsettled_now(state, account_id, market)
                    if units and (units > 0) == is_profit:
                        owner = accounts.owner_of(state, account_id)
                        desk.attempt("settle", owner, account_id, market)
