"""GOV-1 and GOV-2: one key that lists a worthless asset and borrows against it, and parameters
that would liquidate by being changed."""

from dataclasses import replace

import pytest

from tests.support.abi import Reverted, codec, creation_code
from tests.support.backend import user_address
from tests.support.doubles import list_with_scripted_feed, script_feed
from tests.support.lending import (
    BORROWER,
    BTC_RISK,
    ETH_RISK,
    LENT_CASH,
    MARKET_RISK,
    POOL,
    LendingScene,
)
from tests.support.ramps import deploy_with_ramp
from tests.support.scene import DOLLARS, START_CASH, STRANGER, UNIT
from tests.support.soundness import exchange_storage, refused
from tests.support.system import ADMIN, DOLLAR, LISTING_ROLE, System
from worldmarkets.model.interface import AssetRiskTerms, MarketRiskTerms

DAY = 86_400
RAMP = 30 * DAY
KEY = user_address(0xBAD)
FREE = AssetRiskTerms(0, 0, 0, 0, 0)
"""Parameters that take nothing of an asset's worth."""


def worthless_asset(lending: LendingScene) -> int:
    """An asset of the key's own, with a feed of his own that says a dollar an atom."""
    system = lending.system
    asset, feed = list_with_scripted_feed(system, 8, 1)
    script_feed(system, feed, 10**6 * DOLLAR, system.backend.time)
    system.poke(asset)
    return asset


def rich_in(lending: LendingScene, asset: int) -> int:
    """The key's account with a million times what the exchange holds, by its own price."""
    account = lending.new_account(KEY)
    lending.system.fund(account, asset, 10**18)
    assert lending.margin(account).equity_atoms >= 10**6 * LENT_CASH // 100
    return account


def with_ramp(lending: LendingScene) -> LendingScene:
    """The same exchange, its parameters in the hands of a module with a ramp of thirty days."""
    fresh = deploy_with_ramp(lending.system, RAMP)
    fresh.set_pool_terms(0, POOL)
    scene = LendingScene(fresh, 0, 0)
    scene.lender = scene.new_account(STRANGER, LENT_CASH)
    fresh.set_lent(scene.lender, 0)
    return scene


# --------------------------------------------------------------- GOV-1


def test_gov_1_timelock_alone_lets_nothing_happen_before_everyone_could_leave(
    lending: LendingScene,
) -> None:
    """The key proposes; for a day nothing changes, and lenders take out what they have."""
    system = lending.system
    timelock = system.backend.deploy(ADMIN, creation_code("Timelock", DAY, [KEY], [KEY]))
    system.execute_on(system.authority, "Authority", ADMIN, "grantRole", LISTING_ROLE, timelock, 0)
    known = codec("Timelock")
    data = codec("Exchange").encode("setAssetRisk", 1, (1_000, 0, 0, 0, 0, 0))
    operation = (system.exchange, 0, data, bytes(32), bytes(32))
    with refused(system, "AccessManagedUnauthorized", KEY):
        system.set_asset_risk(1, FREE, sender=KEY)
    scheduled = system.backend.call(KEY, timelock, known.encode("schedule", *operation, DAY))
    assert scheduled.ok
    before = exchange_storage(system)
    lending.wait(DAY - 1)
    assert not system.backend.call(KEY, timelock, known.encode("execute", *operation)).ok
    assert exchange_storage(system) == before
    system.set_lent(lending.lender, 0, False)
    for account in (lending.lender, lending.maker, lending.taker):
        system.withdraw(account, 0, lending.cash(account) * UNIT)
    lending.wait(1)
    assert system.backend.call(KEY, timelock, known.encode("execute", *operation)).ok


def test_gov_1_ramp_alone_gives_a_new_asset_no_weight_at_first(lending: LendingScene) -> None:
    """The key holds the role. However the parameters are set, all of the worth is taken."""
    young = with_ramp(lending)
    system = young.system
    asset = worthless_asset(young)
    account = rich_in(young, asset)
    name = b"iotaBps".ljust(32, b"\0")
    with refused(system, "RampExceeded", asset, name, 9_999, 10_000):
        system.set_asset_risk(asset, AssetRiskTerms(0, 9_999, 0, 0, 0))
    system.set_asset_risk(asset, AssetRiskTerms(0, 10_000, 0, 0, 0))
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        system.borrow(account, 0, UNIT)
    # Nor can he try again before the next day.
    with refused(system, "ChangedTooSoon", asset, system.backend.time + DAY):
        system.set_asset_risk(asset, AssetRiskTerms(0, 10_000, 0, 0, 0))


def test_gov_1_outflow_limit_alone_bounds_what_a_key_gets_out_in_a_day(
    lending: LendingScene,
) -> None:
    """Listed, weighted in full, a million times what there is: a quarter of what is held leaves in
    a day, whatever is tried."""
    system = lending.system
    # Deposits of long ago make no room.
    lending.wait(10 * DAY)
    asset = worthless_asset(lending)
    account = rich_in(lending, asset)
    system.set_asset_risk(asset, FREE)
    held = LENT_CASH + 2 * START_CASH
    limit = held // 4
    taken = 0
    for part in (LENT_CASH // 2, LENT_CASH // 4, LENT_CASH // 8, 10**6, 1):
        if try_to_borrow(system, account, part):
            taken += part
    assert 0 < taken <= limit
    left = limit - taken
    with refused(system, "OutflowLimitReached", 0, limit + 1, limit):
        system.borrow(account, 0, (left + 1) * UNIT)


def try_to_borrow(system: System, account: int, atoms: int) -> bool:
    try:
        system.borrow(account, 0, atoms * UNIT)
    except Reverted:
        return False
    return True


def test_gov_1_window_of_the_pool_bounds_what_is_borrowed_in_an_hour(
    lending: LendingScene,
) -> None:
    system = lending.system
    system.set_pool_terms(0, POOL)
    asset = worthless_asset(lending)
    account = rich_in(lending, asset)
    system.set_asset_risk(asset, FREE)
    assert not try_to_borrow(system, account, LENT_CASH // 10 + DOLLARS)
    assert try_to_borrow(system, account, LENT_CASH // 10 - DOLLARS)
    assert not try_to_borrow(system, account, 2 * DOLLARS)


def test_gov_1_a_listing_never_changes_what_was_listed_before(lending: LendingScene) -> None:
    system = lending.system
    before = exchange_storage(system)
    worthless_asset(lending)
    after = exchange_storage(system)
    changed = {slot for slot, word in before.items() if after[slot] != word}
    # The registry counts one asset more; nothing else is another.
    assert changed == {1 << 64}


# --------------------------------------------------------------- GOV-2


def at_the_limit(lending: LendingScene) -> int:
    """An account that has exactly its initial requirement."""
    account = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    lending.set_equity(account, lending.margin(account).initial_atoms)
    return account


@pytest.mark.parametrize("field", ["beta_milli", "iota_bps", "basis_bps", "spot_exit_bps"])
def test_gov_2_no_parameter_of_an_asset_raised_as_far_as_it_goes_liquidates(
    lending: LendingScene, field: str
) -> None:
    """Whoever had his initial margin has his maintenance after any one change."""
    account = at_the_limit(lending)
    lending.wait(DAY)
    old = getattr(ETH_RISK, field)
    highest = replace(ETH_RISK, **{field: old + old // 10 + 2})
    lending.system.set_asset_risk(1, highest)
    margin = lending.margin(account)
    assert margin.equity_atoms >= margin.maintenance_atoms


def test_gov_2_sigma_raised_as_far_as_it_goes_liquidates_nobody(lending: LendingScene) -> None:
    account = at_the_limit(lending)
    lending.wait(DAY)
    lending.system.set_market_risk(replace(MARKET_RISK, sigma_bps=332))
    margin = lending.margin(account)
    assert margin.equity_atoms >= margin.maintenance_atoms


def test_gov_2_all_parameters_of_both_assets_and_sigma_at_once_liquidate_nobody(
    lending: LendingScene,
) -> None:
    account = at_the_limit(lending)
    lending.wait(DAY)
    system = lending.system
    system.set_market_risk(replace(MARKET_RISK, sigma_bps=332))
    for asset, risk in ((1, ETH_RISK), (2, BTC_RISK)):
        raised = {
            name: value + value // 10 + 2
            for name, value in risk.__dict__.items()
            if name in ("beta_milli", "iota_bps", "basis_bps")
        }
        system.set_asset_risk(asset, replace(risk, **raised))
    margin = lending.margin(account)
    assert margin.equity_atoms >= margin.maintenance_atoms


def test_gov_2_pool_terms_liquidate_nobody(lending: LendingScene) -> None:
    """Caps, ceiling and window stop new loans alone."""
    account = at_the_limit(lending)
    before = lending.margin(account)
    lending.system.set_pool_terms(0, replace(POOL, supply_cap_atoms=0, borrow_cap_atoms=0))
    assert lending.margin(account).maintenance_atoms == before.maintenance_atoms
    assert lending.margin(account).equity_atoms >= before.equity_atoms - 10**6


def test_gov_2_changes_come_a_day_apart_whatever_their_order(lending: LendingScene) -> None:
    """A change of nothing counts as one, so the next cannot follow at once."""
    lending.wait(DAY)
    system = lending.system
    system.set_asset_risk(1, ETH_RISK)
    system.set_market_risk(MARKET_RISK)
    now = system.backend.time
    lending.wait(DAY - 1)
    with refused(system, "ChangedTooSoon", 1, now + DAY):
        system.set_asset_risk(1, replace(ETH_RISK, iota_bps=151))
    with refused(system, "ChangedTooSoon", 255, now + DAY):
        system.set_market_risk(MarketRiskTerms(301))
