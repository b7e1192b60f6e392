"""The modules at their own addresses, and entry points called by those they are not for."""

from dataclasses import astuple

import pytest

from tests.support.abi import codec, creation_code
from tests.support.scene import BID, FOK, MAKER, STRANGER, UNIT, Scene, order
from tests.support.soundness import all_storage, exchange_storage, refused
from tests.support.system import (
    ADMIN,
    ETH_PERP,
    ETH_PERP_TERMS,
    EXTENSION_PARTS,
    GUARDIAN,
    MODULES,
    TREASURY,
    order_tuple,
)
from worldmarkets.model.liquidation.protection import LEAST_ATOMS
from worldmarkets.model.packed import pack_batch


def test_vault_module_called_directly_moves_nothing_of_the_exchange(scene: Scene) -> None:
    system = scene.system
    before = exchange_storage(system)
    call = (system.vault_module, "VaultModule", MAKER)
    # It has a storage of its own, in which nothing is listed.
    own = system.execute_on(*call, "createAccount")[0]
    system.mint(MAKER, 0, UNIT)
    with refused(system, "UnlistedAsset", 0):
        system.execute_on(*call, "deposit", own, 0, UNIT)
    with refused(system, "UnlistedAsset", 0):
        system.execute_on(*call, "deposit", scene.maker, 0, UNIT)
    with refused(system, "UnlistedAsset", 0):
        system.execute_on(*call, "withdraw", own, 0, UNIT, MAKER)
    assert exchange_storage(system) == before


def test_vault_module_takes_no_tokens_that_were_approved_to_it(scene: Scene) -> None:
    system = scene.system
    system.mint(MAKER, 0, UNIT)
    approve = (system.tokens[0], "FaucetToken", MAKER, "approve", system.vault_module, UNIT)
    system.execute_on(*approve)
    call = (system.vault_module, "VaultModule", STRANGER)
    own = system.execute_on(*call, "createAccount")[0]
    with refused(system, "UnlistedAsset", 0):
        system.execute_on(*call, "deposit", own, 0, UNIT)
    assert system.token_balance(0, MAKER) == UNIT


def test_listing_module_called_directly_lists_nothing_in_the_exchange(scene: Scene) -> None:
    system = scene.system
    token = system.backend.deploy(ADMIN, creation_code("FaucetToken", "T", "T", 8))
    call = (system.listing_module, "ListingModule")
    with refused(system, "AccessManagedUnauthorized", STRANGER):
        system.execute_on(*call, STRANGER, "listAsset", token, 1, system.feed)
    before = exchange_storage(system)
    system.execute_on(*call, ADMIN, "listAsset", token, 1, "0x" + "00" * 20)
    with refused(system, "UnknownMarket", 257):
        system.execute_on(*call, STRANGER, "collectFees", 257)
    assert exchange_storage(system) == before


def test_operator_module_called_directly_appoints_nobody_in_the_exchange(scene: Scene) -> None:
    """Its own storage knows no account, so nobody can be appointed there either."""
    system = scene.system
    call = (system.operator_module, "OperatorModule", MAKER)
    with refused(system, "UnknownAccount", scene.maker):
        system.execute_on(*call, "setOperator", scene.maker, STRANGER, 63, 2**32 - 1, 0)
    with refused(system, "UnknownAccount", scene.maker):
        system.execute_on(*call, "revokeOperator", scene.maker, STRANGER)
    for function in ("activateAsset", "deactivateAsset"):
        with refused(system, "UnknownAccount", scene.maker):
            system.execute_on(*call, function, scene.maker, 1)


def test_guard_module_called_directly_pauses_nothing_of_the_exchange(scene: Scene) -> None:
    system = scene.system
    before = exchange_storage(system)
    call = (system.guard_module, "GuardModule")
    with refused(system, "AccessManagedUnauthorized", GUARDIAN):
        system.execute_on(*call, GUARDIAN, "pauseMarkets", [257], 1)
    # The administrator may call it, but it knows no market and no asset.
    with refused(system, "UnknownMarket", 257):
        system.execute_on(*call, ADMIN, "pauseMarkets", [257], 1)
    with refused(system, "UnlistedAsset", 0):
        system.execute_on(*call, ADMIN, "setOutflowLimit", 0, 0)
    assert exchange_storage(system) == before


def test_lending_module_called_directly_moves_no_balance_of_the_exchange(scene: Scene) -> None:
    """What the exchange has it do for trades anyone may call, over words of its own."""
    system = scene.system
    before = exchange_storage(system)
    call = (system.lending_module, "LendingModule", STRANGER)
    assert system.execute_on(*call, "balanceOf", scene.maker, 0) == (0,)
    assert system.execute_on(*call, "reachOf", scene.maker, 0) == (0, 0)
    system.execute_on(*call, "moveBalance", scene.maker, 0, -(10**12))
    system.execute_on(*call, "moveBalance", scene.taker, 0, 10**12)
    with refused(system, "UnlistedAsset", 0):
        system.execute_on(*call, "accruePools", [0])
    with refused(system, "UnlistedAsset", 0):
        system.execute_on(*call, "collectReserve", 0)
    with refused(system, "UnknownAccount", scene.maker):
        system.execute_on(*call, "setLent", scene.maker, 0, True)
    assert exchange_storage(system) == before


def test_price_module_called_directly_knows_no_asset(scene: Scene) -> None:
    system = scene.system
    with refused(system, "UnlistedAsset", 1):
        system.execute_on(system.price_module, "PriceModule", STRANGER, "poke", [1])


def test_risk_parameter_module_called_directly_sets_nothing_of_the_exchange(
    scene: Scene,
) -> None:
    system = scene.system
    before = exchange_storage(system)
    call = (system.risk_parameter_module, "RiskParameterModule")
    with refused(system, "AccessManagedUnauthorized", STRANGER):
        system.execute_on(*call, STRANGER, "setMarketRisk", (300, 80, 60))
    # The administrator may call it, but it knows no asset.
    system.execute_on(*call, ADMIN, "setMarketRisk", (300, 80, 60))
    with refused(system, "UnlistedAsset", 1):
        system.execute_on(*call, ADMIN, "setAssetRisk", 1, (0, 0, 0, 0, 0, 0))
    with refused(system, "UnlistedAsset", 0):
        system.execute_on(*call, ADMIN, "setPoolTerms", 0, (0, 0, 0, 0, 0))
    assert exchange_storage(system) == before


def test_order_module_called_directly_trades_nothing_of_the_exchange(scene: Scene) -> None:
    """Its own storage knows no account."""
    system = scene.system
    scene.ask(scene.maker, 20_000, 5)
    call = (system.order_module, "OrderModule")
    request = order_tuple(order(BID, 20_000, 5, FOK))
    for sender in (MAKER, STRANGER, ADMIN, TREASURY):
        for function, arguments in (
            ("place", (scene.taker, request)),
            ("amend", (scene.taker, 1, request)),
            ("batchPacked", (pack_batch(scene.taker, [], []),)),
        ):
            with refused(system, "UnknownAccount", scene.taker):
                system.execute_on(*call, sender, function, *arguments)


def test_cancel_module_called_directly_cancels_nothing_of_the_exchange(scene: Scene) -> None:
    """Its own storage knows no account."""
    system = scene.system
    order_id = scene.ask(scene.maker, 20_000, 5).order_id
    before = exchange_storage(system)
    call = (system.cancel_module, "CancelModule")
    for sender in (MAKER, STRANGER, ADMIN, TREASURY):
        for function, arguments in (
            ("cancelMany", (scene.maker, [order_id])),
            ("reduce", (scene.maker, order_id, 1)),
            ("forceCancel", (scene.maker, [order_id])),
        ):
            with refused(system, "UnknownAccount", scene.maker):
                system.execute_on(*call, sender, function, *arguments)
    assert exchange_storage(system) == before


def test_perp_module_called_directly_knows_no_market(scene: Scene) -> None:
    system = scene.system
    system.list_perp_market(1, ETH_PERP_TERMS)
    call = (system.perp_module, "PerpModule", MAKER)
    with refused(system, "UnknownMarket", ETH_PERP):
        system.execute_on(*call, "pokeMarkets", [ETH_PERP])
    for function in ("settle", "settleOnCredit"):
        with refused(system, "UnknownMarket", ETH_PERP):
            system.execute_on(*call, function, scene.maker, ETH_PERP)
    with refused(system, "UnknownAccount", scene.maker):
        request = order_tuple(order(BID, 19_000, 1))
        system.execute_on(*call, "openIsolated", scene.maker, 1, request)


def test_perp_listing_module_called_directly_lists_nothing_in_the_exchange(scene: Scene) -> None:
    system = scene.system
    call = (system.perp_listing_module, "PerpListingModule")
    terms = astuple(ETH_PERP_TERMS)
    for function, arguments, unknown in (
        ("listPerpMarket", (1, terms), ("UnlistedAsset", 1)),
        ("setPerpLimits", (ETH_PERP, 8, 8), ("UnknownMarket", ETH_PERP)),
    ):
        with refused(system, "AccessManagedUnauthorized", STRANGER):
            system.execute_on(*call, STRANGER, function, *arguments)
        # The administrator may call it, but it knows no asset and no market.
        with refused(system, *unknown):
            system.execute_on(*call, ADMIN, function, *arguments)


def test_liquidation_module_called_directly_knows_no_account(scene: Scene) -> None:
    system = scene.system
    before = exchange_storage(system)
    call = (system.liquidation_module, "LiquidationModule", MAKER)
    for function in ("flagAccount", "reviewAccount"):
        with refused(system, "UnknownAccount", scene.maker):
            system.execute_on(*call, function, scene.maker)
    with refused(system, "UnknownAccount", scene.taker):
        system.execute_on(*call, "takeSlice", scene.maker, scene.taker, 10**6, 0)
    assert exchange_storage(system) == before


def test_protection_module_called_directly_locks_nothing_of_the_exchange(scene: Scene) -> None:
    system = scene.system
    before = exchange_storage(system)
    call = (system.protection_module, "ProtectionModule")
    maker, taker = scene.maker, scene.taker
    for function, arguments in (
        ("repayClaims", (maker,)),
        ("lockBond", (maker, LEAST_ATOMS)),
        ("releaseBond", (maker, LEAST_ATOMS)),
        ("offerLine", (maker, taker, LEAST_ATOMS, 0, 2**32 - 1)),
        ("acceptLine", (maker, taker, 0)),
        ("setLiquidator", (maker, STRANGER, True)),
    ):
        with refused(system, "UnknownAccount", maker):
            system.execute_on(*call, MAKER, function, *arguments)
    for function in ("giveNotice", "closeLine"):
        with refused(system, "UnknownAccount", maker):
            system.execute_on(*call, MAKER, function, taker, maker)
    with refused(system, "NoSuchLine", taker, maker):
        system.execute_on(*call, MAKER, "drawLine", taker, maker)
    with refused(system, "AccessManagedUnauthorized", STRANGER):
        system.execute_on(*call, STRANGER, "setBackstop", maker)
    # The administrator may call it, but it knows no account.
    with refused(system, "UnknownAccount", maker):
        system.execute_on(*call, ADMIN, "setBackstop", maker)
    assert exchange_storage(system) == before


def test_extension_called_directly_reaches_nothing_of_the_exchange(scene: Scene) -> None:
    """It forwards over words of its own, in which nothing is listed; to the modules it is a caller
    like any other."""
    system = scene.system
    before = exchange_storage(system)
    call = (system.extension, "ExchangeExtension")
    with refused(system, "UnknownAccount", scene.maker):
        system.execute_on(*call, MAKER, "lockBond", scene.maker, LEAST_ATOMS)
    with refused(system, "UnknownAccount", scene.maker):
        system.execute_on(*call, STRANGER, "forceCancel", scene.maker, [1])
    with refused(system, "AccessManagedUnauthorized", STRANGER):
        system.execute_on(*call, STRANGER, "pauseMarkets", [257], 1)
    with refused(system, "UnknownMarket", 257):
        system.execute_on(*call, STRANGER, "collectFees", 257)
    assert exchange_storage(system) == before


def test_risk_engine_called_directly_reads_its_own_empty_words(scene: Scene) -> None:
    system = scene.system
    before = all_storage(system.backend)
    for account in (0, scene.maker, 2**32 - 1):
        system.execute_on(system.risk_engine, "RiskEngine", STRANGER, "check", account, 4)
    assert all_storage(system.backend) == before


@pytest.mark.parametrize("contract", [*MODULES, *EXTENSION_PARTS])
def test_modules_hold_no_tokens_and_take_no_ether(scene: Scene, contract: str) -> None:
    address = getattr(scene.system, contract)
    assert scene.system.token_balance(0, address) == 0
    assert not scene.system.backend.call(STRANGER, address, b"", value=1).ok


@pytest.mark.parametrize(
    ("contract", "function", "arguments"),
    [
        ("RiskEngine", "check", (3, 4)),
        ("RiskEngine", "checkAbsorbing", (3,)),
        ("RiskEngine", "checkOutgoing", (3, False)),
        ("RiskEngine", "checkDeRisking", (3, False, 0, [])),
        ("RiskEngine", "makerFits", (3, 1, 0, 0, 0, 0)),
        ("LendingModule", "moveBalance", (3, 0, 10**12)),
        ("LendingModule", "balanceOf", (3, 0)),
        ("LendingModule", "reachOf", (3, 0)),
        ("OrderModule", "placeWhole", (3, order_tuple(order(BID, 20_000, 1)), False)),
        ("OrderModule", "placeFor", (3, order_tuple(order(BID, 20_000, 1)))),
    ],
)
def test_functions_of_the_modules_reach_the_exchange_only_where_forwarded(
    scene: Scene, contract: str, function: str, arguments: tuple[object, ...]
) -> None:
    """Neither checks nor moves of balances are entry points of the exchange."""
    system = scene.system
    data = codec(contract).encode(function, *arguments)
    result = system.backend.call(STRANGER, system.exchange, data)
    assert (result.ok, result.returned) == (False, b"")


def test_nobody_acts_for_the_exchanges_own_account(scene: Scene) -> None:
    """The insurance fund belongs to the exchange, which never calls itself."""
    system = scene.system
    system.list_perp_market(1, ETH_PERP_TERMS)
    for sender in (ADMIN, TREASURY, MAKER):
        for function, arguments in (
            ("withdraw", (1, 0, UNIT, sender)),
            ("transfer", (1, 2, 0, 1)),
            ("place", (1, order_tuple(order(BID, 19_000, 1)))),
            ("cancelMany", (1, [])),
            ("batch", (1, [], [], False, 2**64 - 1)),
            ("batchPacked", (pack_batch(1, [], []),)),
            ("amend", (1, 0, order_tuple(order(BID, 19_000, 1)))),
            ("setOperator", (1, sender, 63, 2**32 - 1, 0)),
            ("activateAsset", (1, 0)),
            ("setLent", (1, 0, False)),
            ("borrow", (1, 0, UNIT, sender)),
            ("settleOnCredit", (1, ETH_PERP)),
            ("openIsolated", (1, 1, order_tuple(order(BID, 19_000, 1)))),
            ("deactivateMarket", (1, ETH_PERP)),
            ("lockBond", (1, LEAST_ATOMS)),
            ("releaseBond", (1, LEAST_ATOMS)),
            ("offerLine", (1, 2, LEAST_ATOMS, 0, 2**32 - 1)),
            ("acceptLine", (1, 2, 0)),
            ("giveNotice", (2, 1)),
            ("closeLine", (2, 1)),
            ("setLiquidator", (1, sender, True)),
            ("takeSlice", (2, 1, 10**6, 0)),
        ):
            with refused(system, "NotAccountOwner", 1, sender):
                system.execute(sender, function, *arguments)
