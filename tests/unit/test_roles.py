"""Who may do what besides the owners of accounts."""

from eth_abi import encode
from eth_utils import keccak

from tests.support.abi import codec, creation_code
from tests.support.scene import STRANGER, Scene
from tests.support.soundness import refused
from tests.support.system import ADMIN, DOLLAR, LISTING_ROLE, PRICE_ROLE, SpotTerms, System


def grant(system: System, role: int, holder: str) -> None:
    system.execute_on(system.authority, "Authority", ADMIN, "grantRole", role, holder, 0)


def new_token(system: System) -> str:
    return system.backend.deploy(ADMIN, creation_code("FaucetToken", "T", "T", 8))


def test_listing_role_may_list_and_not_post(scene: Scene) -> None:
    system = scene.system
    grant(system, LISTING_ROLE, STRANGER)
    asset = system.list_asset(new_token(system), 1, system.feed, sender=STRANGER)
    system.list_spot_market(asset, SpotTerms(1, 1_000, 1, 0, 0, 1), sender=STRANGER)
    with refused(system, "AccessManagedUnauthorized", STRANGER):
        system.execute_on(system.feed, "PostedPriceFeed", STRANGER, "post", [1], [DOLLAR])


def test_price_role_may_post_and_not_list(scene: Scene) -> None:
    system = scene.system
    grant(system, PRICE_ROLE, STRANGER)
    system.execute_on(system.feed, "PostedPriceFeed", STRANGER, "post", [1], [3_000 * DOLLAR])
    token = new_token(system)
    with refused(system, "AccessManagedUnauthorized", STRANGER):
        system.list_asset(token, 1, system.feed, sender=STRANGER)
    with refused(system, "AccessManagedUnauthorized", STRANGER):
        system.list_spot_market(1, SpotTerms(1, 1_000, 1, 0, 0, 1), sender=STRANGER)


def test_revoked_role_may_no_longer_list(scene: Scene) -> None:
    system = scene.system
    grant(system, LISTING_ROLE, STRANGER)
    call = (system.authority, "Authority", ADMIN, "revokeRole", LISTING_ROLE, STRANGER)
    system.execute_on(*call)
    token = new_token(system)
    with refused(system, "AccessManagedUnauthorized", STRANGER):
        system.list_asset(token, 1, system.feed, sender=STRANGER)


def test_only_the_authority_may_change_the_authority(scene: Scene) -> None:
    system = scene.system
    for sender in (ADMIN, STRANGER):
        with refused(system, "AccessManagedUnauthorized", sender):
            system.execute(sender, "setAuthority", sender)


def test_a_stranger_grants_no_role(scene: Scene) -> None:
    system = scene.system
    with refused(system, "AccessManagerUnauthorizedAccount", STRANGER, 0):
        system.execute_on(
            system.authority, "Authority", STRANGER, "grantRole", LISTING_ROLE, STRANGER, 0
        )


def test_administrator_cannot_touch_money_of_accounts(scene: Scene) -> None:
    system = scene.system
    with refused(system, "NotAccountOwner", scene.maker, ADMIN):
        system.withdraw(scene.maker, 0, 10**12, ADMIN, sender=ADMIN)
    with refused(system, "NotAccountOwner", scene.maker, ADMIN):
        system.transfer(scene.maker, scene.taker, 0, 1, sender=ADMIN)


def test_listing_role_with_a_delay_must_schedule_and_wait(scene: Scene) -> None:
    """The role's delay holds although the entry point runs in a module's code."""
    system = scene.system
    day = 86_400
    call = (system.authority, "Authority", ADMIN, "grantRole", LISTING_ROLE, STRANGER, day)
    system.execute_on(*call)
    token = new_token(system)
    data = codec("Exchange").encode("listAsset", token, 1, system.feed)
    operation = keccak(encode(["address", "address", "bytes"], [STRANGER, system.exchange, data]))
    with refused(system, "AccessManagerNotScheduled", operation):
        system.list_asset(token, 1, system.feed, sender=STRANGER)
    schedule = (system.authority, "Authority", STRANGER, "schedule", system.exchange, data, 0)
    system.execute_on(*schedule)
    with refused(system, "AccessManagerNotReady", operation):
        system.list_asset(token, 1, system.feed, sender=STRANGER)
    system.backend.set_time(system.backend.time + day)
    assert system.list_asset(token, 1, system.feed, sender=STRANGER) == 3
    # The flag that marks the operation as under way shares its word with the authority.
    assert system.read_word(0) == int(system.authority, 16)
    with refused(system, "AccessManagerNotScheduled", operation):
        system.list_asset(token, 1, system.feed, sender=STRANGER)
