"""AUTH-1: every entry point of the ABI called by everyone, against one table."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.attacks.permissions import (
    ALL_PERMISSIONS,
    CALLERS,
    ENTRY_POINTS,
    EXCHANGE,
    EXPIRED,
    GUARDIAN,
    LISTING,
    OWNER,
    PRICES,
    REVOKED,
    SINGLE,
    STRANGER,
    TIMELOCK,
    TOKEN,
    TREASURER,
    Row,
    Setting,
    plan_of,
    refusal_of,
)
from tests.support.abi import Reverted, codec, creation_code
from tests.support.backend import rolled_back, user_address
from tests.support.doubles import list_double
from tests.support.lending import BORROWER, LENDER, WIDE_POOL, set_risk
from tests.support.rpc_backend import RpcBackend, RpcError
from tests.support.scene import DOLLARS, ETH_UNIT, LOT, START_CASH, Scene, make_scene
from tests.support.soundness import all_storage
from tests.support.system import (
    ADMIN,
    DOLLAR,
    ETH_PERP_TERMS,
    LAST_SECOND,
    LISTING_ROLE,
    NATIVE,
    PRICE_ROLE,
    TREASURY,
    UNLIMITED,
    System,
)
from tests.support.system import GUARDIAN as GUARDIAN_ADDRESS
from worldmarkets.artifacts import load
from worldmarkets.model.liquidation.protection import LEAST_ATOMS

ALL = 63
FRIEND = user_address(0x700)
CONTRACTS = (TIMELOCK, TOKEN)
"""Callers that are contracts, and call as such."""
MODULES = {
    "VaultModule": "vault_module",
    "OperatorModule": "operator_module",
    "ListingModule": "listing_module",
    "GuardModule": "guard_module",
    "LendingModule": "lending_module",
    "PriceModule": "price_module",
    "RiskParameterModule": "risk_parameter_module",
    "RiskEngine": "risk_engine",
    "OrderModule": "order_module",
    "CancelModule": "cancel_module",
    "PerpModule": "perp_module",
    "PerpListingModule": "perp_listing_module",
    "LiquidationModule": "liquidation_module",
    "ProtectionModule": "protection_module",
    "PlanModule": "plan_module",
    "ExchangeExtension": "extension",
}
OK = "goes through"


def functions_of(contract: str) -> set[str]:
    return {entry["name"] for entry in load(contract).abi if entry["type"] == "function"}


@dataclass(frozen=True)
class Cast:
    """The setting of the calls, and everyone's address."""

    setting: Setting
    addresses: dict[str, str]

    @property
    def system(self) -> System:
        return self.setting.scene.system

    def call(self, caller: str, to: str, data: bytes, value: int = 0) -> None:
        """Call somebody as a caller of the table; raises Reverted."""
        if caller == TOKEN:
            token = (self.addresses[TOKEN], "CallbackToken", ADMIN, "execute")
            self.system.execute_on(*token, to, data, value=value)
        elif caller == TIMELOCK:
            timelock = (self.addresses[TIMELOCK], "Timelock", ADMIN)
            operation = (to, value, data, bytes(32))
            self.system.execute_on(*timelock, "schedule", *operation, bytes(32), 0)
            self.system.execute_on(*timelock, "execute", *operation, bytes(32), value=value)
        else:
            result = self.system.backend.call(self.addresses[caller], to, data, value)
            if not result.ok:
                raise error_of(result.returned)

    def outcome(self, caller: str, function: str, row: Row) -> str:
        """Call an entry point: OK, or the name of the error."""
        data = codec("Exchange").encode(function, *row.arguments(self.setting))
        with rolled_back(self.system.backend):
            try:
                self.call(caller, self.system.exchange, data, row.value)
            except Reverted as error:
                return error.name
        return OK


def error_of(returned: bytes) -> Reverted:
    return codec("Exchange", *MODULES, "FaucetToken").error(returned)


def addresses_of(system: System, owner: str) -> dict[str, str]:
    timelock = system.backend.deploy(ADMIN, creation_code("Timelock", 0, [ADMIN], [ADMIN]))
    return {
        OWNER: owner,
        **{name: user_address(0x500 + bit) for name, bit in SINGLE.items()},
        ALL_PERMISSIONS: user_address(0x5FF),
        EXPIRED: user_address(0x600),
        REVOKED: user_address(0x601),
        STRANGER: user_address(0x602),
        LISTING: user_address(0x603),
        PRICES: user_address(0x604),
        GUARDIAN: GUARDIAN_ADDRESS,
        TIMELOCK: timelock,
        TOKEN: system.tokens[list_double(system, "CallbackToken", 8, 8)],
        TREASURER: TREASURY,
    }


def appoint(system: System, account: int, addresses: dict[str, str]) -> None:
    """Make operators of them; the expired one's time is over a second later."""
    now = system.backend.time
    for name, bit in SINGLE.items():
        system.set_operator(account, addresses[name], bit, LAST_SECOND, START_CASH)
    system.set_operator(account, addresses[ALL_PERMISSIONS], ALL, LAST_SECOND, START_CASH)
    system.set_operator(account, addresses[EXPIRED], ALL, now, START_CASH)
    system.set_operator(account, addresses[REVOKED], ALL, LAST_SECOND, START_CASH)
    system.revoke_operator(account, addresses[REVOKED])
    system.backend.set_time(now + 1)


def grant_roles(system: System, addresses: dict[str, str]) -> None:
    roles = ((LISTING_ROLE, LISTING), (LISTING_ROLE, TIMELOCK), (PRICE_ROLE, PRICES))
    for role, name in roles:
        call = (system.authority, "Authority", ADMIN, "grantRole", role, addresses[name], 0)
        system.execute_on(*call)


def give_tokens(cast: Cast) -> None:
    """Let every caller have tokens of assets 0 and 1, and the exchange pull them."""
    known = codec("FaucetToken")
    for caller in cast.addresses:
        for data in (
            known.encode("draw", 10**18),
            known.encode("approve", cast.system.exchange, UNLIMITED),
        ):
            for token in cast.system.tokens[:2]:
                cast.call(caller, token, data)


def make_debtor(scene: Scene) -> int:
    """An account that owes some of asset 1, which somebody lends."""
    debtor = scene.new_account(BORROWER, 1_000 * DOLLARS)
    scene.system.borrow(debtor, 1, 10 * LOT * ETH_UNIT)
    return debtor


def make_short(scene: Scene) -> int:
    """An account of 1,000 dollars that is short of 15,000 dollars of asset 1."""
    account = scene.new_account(BORROWER, 1_000 * DOLLARS)
    scene.bid(scene.taker, 20_000, 7_500)
    assert scene.ask(account, 20_000, 7_500).filled_lots == 7_500
    return account


def open_pools(scene: Scene) -> None:
    """Let assets 0 and 1 be lent, and support something; a day later all of that may change."""
    system = scene.system
    for asset in (0, 1):
        system.set_pool_terms(asset, WIDE_POOL)
    system.set_lent(scene.new_account(LENDER, lots=20_000), 1)
    set_risk(system)
    system.backend.set_time(system.backend.time + 86_400)
    system.set_price(1, 2_000 * DOLLAR)


def lock(scene: Scene, setting: Setting) -> None:
    """Give the first account a bond, and lines as the setting tells."""
    system, account = scene.system, setting.account
    system.lock_bond(account, 2 * LEAST_ATOMS)
    system.offer_line(setting.friend, account, LEAST_ATOMS)
    system.offer_line(account, setting.debtor, LEAST_ATOMS)
    for other in (setting.friend, setting.sick):
        system.offer_line(account, other, LEAST_ATOMS)
        system.accept_line(other, account)


def flag(scene: Scene, setting: Setting) -> None:
    """Let asset 1 rise by 4 %: both that are short of it are no longer healthy."""
    system = scene.system
    system.set_price(1, 2_080 * DOLLAR)
    system.flag_account(setting.flagged)
    system.backend.set_time(system.backend.time + 11)


def arrange(scene: Scene) -> Cast:
    system, owner = scene.system, scene.system.owners[scene.maker]
    system.list_perp_market(1, ETH_PERP_TERMS)
    open_pools(scene)
    native = system.add_asset(NATIVE)
    second = scene.new_account(owner, 10, 1)
    system.deposit_native(scene.maker, native, 10 * ETH_UNIT)
    addresses = addresses_of(system, owner)
    appoint(system, scene.maker, addresses)
    grant_roles(system, addresses)
    sick, flagged = make_short(scene), make_short(scene)
    setting = Setting(
        scene,
        account=scene.maker,
        second=second,
        order_id=scene.ask(scene.maker, 20_500, 5).order_id,
        native=native,
        debtor=make_debtor(scene),
        sick=sick,
        flagged=flagged,
        dead_id=scene.bid(flagged, 19_000, 1).order_id,
        friend=scene.new_account(FRIEND, 1_000 * DOLLARS),
        owner=owner,
        new_token=system.backend.deploy(ADMIN, creation_code("FaucetToken", "T", "T", 8)),
    )
    lock(scene, setting)
    flag(scene, setting)
    system.set_plan(setting.account, [plan_of(setting.second)])
    cast = Cast(setting, addresses)
    give_tokens(cast)
    return cast


@pytest.fixture(scope="module")
def cast(deployed_system: System) -> Iterator[Cast]:
    """Setting and callers, for all tests of this module."""
    system = deployed_system
    kept = dict(system.owners), list(system.tokens), list(system.assets)
    with rolled_back(system.backend):
        yield arrange(make_scene(system))
    system.owners, system.tokens, system.assets = kept


def test_auth_1_table_has_every_function_of_the_abi() -> None:
    assert set(ENTRY_POINTS) == functions_of("Exchange")


def test_auth_1_table_names_known_callers_alone() -> None:
    for row in ENTRY_POINTS.values():
        assert row.allowed <= set(CALLERS)


@pytest.mark.parametrize("value", [0, 1])
@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"\xff\xff\xff", bytes(4), b"\xff" * 4, b"\xff" * 4 + bytes(64)],
    ids=lambda data: f"{len(data)} bytes" + (" of ones" if 0xFF in data else ""),
)
def test_auth_1_only_plain_native_tokens_reach_the_exchange_without_a_function(
    cast: Cast, data: bytes, value: int
) -> None:
    """What the exchange has no code for its extension has, or nobody; only the wrapped token, which
    unwraps, sends native tokens."""
    assert data[:4] not in {codec("Exchange").selector(name) for name in ENTRY_POINTS}
    system = cast.system
    before = all_storage(system.backend)
    for caller in set(cast.addresses) - set(CONTRACTS):
        result = system.backend.call(cast.addresses[caller], system.exchange, data, value)
        assert not result.ok
        assert error_of(result.returned).name == ("" if data else "InvalidSender")
    assert all_storage(system.backend) == before


PAYABLE = {"depositNative"}


def test_auth_1_other_functions_take_no_native_tokens(cast: Cast) -> None:
    """The exchange's fallback is payable, as it delegates whatever is sent along."""
    for function in sorted(set(ENTRY_POINTS) - PAYABLE):
        data = codec("Exchange").encode(function, *ENTRY_POINTS[function].arguments(cast.setting))
        for caller in (OWNER, STRANGER, LISTING, GUARDIAN):
            result = cast.system.backend.call(
                cast.addresses[caller], cast.system.exchange, data, value=1
            )
            assert (result.ok, result.returned) == (False, b"")


@pytest.mark.parametrize("function", ENTRY_POINTS)
def test_auth_1_entry_point_lets_in_whom_the_table_names(cast: Cast, function: str) -> None:
    row = ENTRY_POINTS[function]
    expected = {
        caller: OK if caller in row.allowed else refusal_of(function, caller)
        for caller in CALLERS
        if caller != EXCHANGE
    }
    assert {caller: cast.outcome(caller, function, row) for caller in expected} == expected


@pytest.mark.parametrize("function", ENTRY_POINTS)
def test_auth_1_whoever_is_refused_changes_nothing(cast: Cast, function: str) -> None:
    """All who call for themselves, one after the other."""
    row, exchange = ENTRY_POINTS[function], cast.system.exchange
    data = codec("Exchange").encode(function, *row.arguments(cast.setting))
    before = all_storage(cast.system.backend)
    for caller in set(CALLERS) - row.allowed - {EXCHANGE, *CONTRACTS}:
        with pytest.raises(Reverted):
            cast.call(caller, exchange, data, row.value)
    assert all_storage(cast.system.backend) == before


@pytest.mark.parametrize("contract", MODULES)
def test_auth_1_modules_called_directly_reach_nothing_of_the_exchange(
    cast: Cast, contract: str
) -> None:
    """Whoever calls, and whatever a module answers, the exchange's words stay as they were."""
    system = cast.system
    address = getattr(system, MODULES[contract])
    functions = functions_of(contract) & set(ENTRY_POINTS)
    assert functions
    before = all_storage(system.backend)[system.exchange]
    with rolled_back(system.backend):
        for function in sorted(functions):
            row = ENTRY_POINTS[function]
            data = codec("Exchange").encode(function, *row.arguments(cast.setting))
            for caller in set(cast.addresses) - set(CONTRACTS):
                system.backend.call(cast.addresses[caller], address, data, row.value)
        assert all_storage(system.backend)[system.exchange] == before


def test_auth_1_account_of_the_insurance_fund_obeys_nobody(cast: Cast) -> None:
    """The exchange owns it and never acts for it; no caller of the table may either."""
    for function in (
        "withdraw",
        "transfer",
        "place",
        "cancelMany",
        "setOperator",
        "lockBond",
        "releaseBond",
        "offerLine",
        "acceptLine",
        "setLiquidator",
    ):
        row = ENTRY_POINTS[function]
        fund = Row(row.allowed, lambda s, row=row: (1, *row.arguments(s)[1:]))  # type: ignore[misc]
        for caller in cast.addresses:
            assert cast.outcome(caller, function, fund) == "NotAccountOwner"


@pytest.mark.node
def test_auth_1_exchange_and_modules_as_callers_are_strangers(node_system: System) -> None:
    """No code of theirs calls the exchange's entry points; asked of a node, which lets contracts
    be callers, they get what a stranger gets."""
    backend = node_system.backend
    assert isinstance(backend, RpcBackend)
    with rolled_back(backend):
        cast = arrange(make_scene(node_system))
        names = ("exchange", *MODULES.values())
        for function, row in ENTRY_POINTS.items():
            if STRANGER in row.allowed:
                continue
            data = codec("Exchange").encode(function, *row.arguments(cast.setting))
            for name in names:
                caller = getattr(node_system, name)
                expected = refusal_of(function, STRANGER)
                assert asked(backend, caller, node_system.exchange, data) == expected


def asked(backend: RpcBackend, caller: str, to: str, data: bytes) -> str:
    """What a call would come to: OK, or the name of the error."""
    transaction = {"from": caller, "to": to, "data": f"0x{data.hex()}"}
    try:
        backend.request("eth_call", transaction, "latest")
    except RpcError as error:
        returned = error.error["data"]
        assert isinstance(returned, str)
        return error_of(bytes.fromhex(returned[2:])).name
    return OK
