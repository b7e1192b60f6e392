"""Where accounts stand: the lens says what the model reckons from the same words."""

from collections.abc import Callable

import pytest

from tests.lens.support import items, pages, rejected
from tests.support.abi import codec, creation_code
from tests.support.backend import CallFailedError, user_address
from tests.support.liquidation import (
    END,
    FAILING,
    LOTS,
    MAINTENANCE,
    SECOND,
    LiquidationScene,
)
from tests.support.perps import MARK
from tests.support.scene import DOLLARS, UNIT
from tests.support.soundness import exchange_storage
from tests.support.system import ADMIN, System
from worldmarkets.client.lens import MAX_ITEMS
from worldmarkets.client.liquidationlens import LiquidationLens
from worldmarkets.client.liquidationlens_views import Level, Standing
from worldmarkets.model import accounts, slots
from worldmarkets.model.liquidation import auction, flags, protection, standing
from worldmarkets.model.state import State

UNKNOWN = 77


def reckoned(scene: LiquidationScene, account: int) -> Standing:
    """Where an account stands, by the model."""
    state = State(exchange_storage(scene.system))
    state.time = scene.system.backend.time
    stands, word = standing.read(state, account), accounts.load(state, account)
    times, margin = flags.load(state, account), scene.margin(account)
    for_sale = bool(word.flagged) and not stands.is_safe
    seconds = max(0, state.time - times.clock_start)
    known = (stands.equity, stands.end, stands.exit_cost, stands.gross)
    offer = auction.offer(*known, seconds) if for_sale else auction.Offer(0, 0, 0, 0)
    return Standing(
        account_id=account,
        is_flagged=bool(word.flagged),
        is_live=bool(word.live),
        is_in_deficit=bool(times.in_deficit),
        is_paid=stands.is_paid,
        equity_atoms=stands.equity,
        initial_atoms=margin.initial_atoms,
        end_atoms=stands.end,
        maintenance_atoms=stands.maintenance,
        to_initial_atoms=stands.equity - margin.initial_atoms,
        to_end_atoms=stands.equity - stands.end,
        to_maintenance_atoms=stands.equity - stands.maintenance,
        exit_cost_atoms=stands.exit_cost,
        gross_atoms=stands.gross,
        locked_atoms=stands.protected,
        claim_atoms=protection.load(state, account).claims,
        drawn_atoms=protection.load_lines(state, account).drawn,
        window_end=times.window_end,
        clock_start=times.clock_start,
        price_atoms=offer.price,
        fee_atoms=offer.fee,
        least_ppm=offer.least,
        most_ppm=offer.most,
    )


def long(scene: LiquidationScene) -> int:
    return scene.perp_long()


def short_with_orders(scene: LiquidationScene) -> int:
    account = scene.perp_short()
    scene.perp_bid(account, MARK - 100, 5 * LOTS)
    scene.bid(account, MARK - 900, 10)
    return account


def levered(scene: LiquidationScene) -> int:
    return scene.long(FAILING, 5_000 * DOLLARS, LOTS)


def sold_short(scene: LiquidationScene) -> int:
    """Owes ether and lends dollars; interest has run."""
    account = scene.short(FAILING, 50_000 * DOLLARS, LOTS)
    scene.system.set_lent(account, 0)
    scene.pass_time(1_000)
    return account


def hedged(scene: LiquidationScene) -> int:
    """Long ether, on credit, and short its perp."""
    account = scene.long(FAILING, 50_000 * DOLLARS, LOTS)
    scene.trade(scene.maker, account, LOTS + 7)
    return account


def paid(scene: LiquidationScene) -> int:
    return scene.lender


def bonded(scene: LiquidationScene) -> int:
    account = scene.perp_long()
    scene.sponsored(account, 300 * DOLLARS)
    scene.system.lock_bond(account, 200 * DOLLARS)
    scene.leave_equity(account, MAINTENANCE - 400 * DOLLARS)
    return account


def drawn(scene: LiquidationScene) -> int:
    account = bonded(scene)
    scene.system.draw_line(account, scene.sponsor)
    return account


def flagged(scene: LiquidationScene) -> int:
    account = scene.perp_long(equity=MAINTENANCE - 1)
    scene.flag(account)
    return account


def on_sale(seconds: int) -> Callable[[LiquidationScene], int]:
    def make(scene: LiquidationScene) -> int:
        account = scene.perp_short(equity=MAINTENANCE // 3)
        scene.open_auction(account, seconds)
        return account

    return make


def restored(scene: LiquidationScene) -> int:
    """Flagged, and not for sale for now."""
    account = flagged(scene)
    scene.leave_equity(account, END - 1)
    return account


def in_deficit(scene: LiquidationScene) -> int:
    """Funds have paid for it."""
    account = scene.ruined()
    scene.flag(account)
    return account


def in_debt(scene: LiquidationScene) -> int:
    """It is worth less than nothing, and nobody has looked since."""
    account = flagged(scene)
    scene.leave_equity(account, -5 * DOLLARS)
    scene.pass_time(77)
    return account


@pytest.mark.parametrize(
    "make",
    [
        long,
        short_with_orders,
        levered,
        sold_short,
        hedged,
        paid,
        bonded,
        drawn,
        flagged,
        on_sale(0),
        on_sale(150),
        on_sale(360),
        on_sale(1_000),
        restored,
        in_deficit,
        in_debt,
    ],
)
def test_standing_is_that_of_the_model(
    failing: LiquidationScene,
    liquidation_lens: LiquidationLens,
    make: Callable[[LiquidationScene], int],
) -> None:
    account = make(failing)
    assert liquidation_lens.standing(account) == reckoned(failing, account)
    assert liquidation_lens.standings([account, failing.maker, account]) == tuple(
        reckoned(failing, each) for each in (account, failing.maker, account)
    )


def test_standing_of_nobody_is_rejected(liquidation_lens: LiquidationLens) -> None:
    for read in (liquidation_lens.standing, liquidation_lens.protection, liquidation_lens.plan):
        with rejected("UnknownAccount", UNKNOWN):
            read(UNKNOWN)
    with rejected("UnknownAccount", UNKNOWN):
        liquidation_lens.standings([1, UNKNOWN])
    with rejected("UnknownAccount", UNKNOWN):
        liquidation_lens.line(UNKNOWN, 3)
    with rejected("UnknownAccount", UNKNOWN):
        liquidation_lens.is_liquidator(UNKNOWN, ADMIN)


# ---------------------------------------------------------------------- lists


@pytest.fixture
def troubled(failing: LiquidationScene) -> dict[str, int]:
    """Accounts in all kinds of trouble, and some in none."""
    found = {"flagged": flagged(failing)}
    found["initial"] = failing.perp_long(SECOND, equity=END)
    found["end"] = failing.perp_short(SECOND, equity=END - 1)
    found["maintenance"] = failing.perp_long(SECOND, equity=MAINTENANCE - 1)
    found["zero"] = failing.perp_long(SECOND, equity=-1)
    found["well"] = failing.perp_long(SECOND)
    return found


BELOW = {
    Level.FLAGGED: ["flagged"],
    Level.ZERO: ["flagged", "zero"],
    Level.MAINTENANCE: ["flagged", "maintenance", "zero"],
    Level.END: ["flagged", "end", "maintenance", "zero"],
    Level.INITIAL: ["flagged", "initial", "end", "maintenance", "zero"],
}


@pytest.mark.parametrize("limit", [1, 2, MAX_ITEMS])
@pytest.mark.parametrize("level", BELOW)
def test_accounts_are_those_below_a_level(
    failing: LiquidationScene,
    liquidation_lens: LiquidationLens,
    troubled: dict[str, int],
    level: Level,
    limit: int,
) -> None:
    found = pages(lambda start: liquidation_lens.accounts(start, limit, level))
    wanted = sorted(troubled[name] for name in BELOW[level])
    assert [one.account_id for one in items(found)] == wanted
    assert items(found) == [reckoned(failing, account) for account in wanted]
    assert all(len(page.items) <= limit for page in found)


def test_accounts_of_all_levels_are_all_that_owe_or_use_a_perp(
    failing: LiquidationScene, liquidation_lens: LiquidationLens, troubled: dict[str, int]
) -> None:
    found = [
        one.account_id
        for one in items(pages(lambda at: liquidation_lens.accounts(at, 3, Level.ALL)))
    ]
    assert {*troubled.values(), failing.maker} <= {*found}
    assert found == sorted({*found})
    assert failing.lender not in found


def test_accounts_that_may_not_rest_orders_are_listed(
    failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    account = failing.perp_long()
    failing.perp_ask(account, MARK + 100, 10)
    failing.leave_equity(account, MAINTENANCE - 1)
    failing.flag(account)
    failing.leave_equity(account, 2 * END)
    assert failing.review(account) == (False, False)
    (found,) = liquidation_lens.accounts().items
    assert (found.account_id, found.is_flagged, found.is_live) == (account, False, False)


def test_accounts_end_where_no_more_are_known(
    liquidation_lens: LiquidationLens, failing: LiquidationScene
) -> None:
    assert liquidation_lens.accounts(10**6).next == 0
    assert liquidation_lens.accounts(10**6).items == ()
    assert liquidation_lens.accounts(0, 2).next == liquidation_lens.accounts(1, 2).next == 3
    with rejected("ZeroLimit"):
        liquidation_lens.accounts(limit=0)


def test_page_of_accounts_reads_no_more_than_it_may(
    system: System, failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    """An account, an asset and a perp count one each; one account is always read."""
    (limit,) = system.view(liquidation_lens.address, "LiquidationLens", "standingsLimit")
    first = failing.new_account(FAILING)
    last = first
    while (last - first + 1) < limit:
        last = failing.new_account(FAILING)
    page = liquidation_lens.accounts(first)
    assert page.next == 0
    failing.new_account(FAILING)
    assert liquidation_lens.accounts(first).next == last + 1
    word = failing.account(first)
    assert (word.assets, word.perps) == (0, 0)
    failing.system.fund(first, 0, UNIT)
    assert liquidation_lens.accounts(first).next == last
    assert liquidation_lens.accounts(first, 1).next == first + 1


def test_liquidation_lens_reads_the_exchange_it_was_made_for(
    system: System, liquidation_lens: LiquidationLens
) -> None:
    assert system.view(liquidation_lens.address, "LiquidationLens", "exchange") == (
        system.exchange,
    )
    assert system.view(liquidation_lens.address, "LiquidationLens", "MAX_ITEMS") == (MAX_ITEMS,)
    nobody = user_address(0x99)
    with pytest.raises(CallFailedError) as caught:
        system.backend.deploy(ADMIN, creation_code("LiquidationLens", nobody))
    error = codec("LiquidationLens").error(caught.value.returned)
    name = b"exchange".ljust(32, b"\0")
    assert (error.name, error.arguments) == ("InvalidParameter", (name, int(nobody, 16)))


def test_auction_word_of_an_account_that_was_never_flagged_is_nothing(
    failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    found = liquidation_lens.standing(failing.maker)
    assert failing.system.read_word(slots.auction(failing.maker)) == 0
    assert (found.window_end, found.clock_start, found.most_ppm) == (0, 0, 0)
