"""The whole exchange on a backend: deployed, listed, with typed calls for every entry point.

Amounts are integers in the units of the interface. An action is sent by the owner of the account
that it names unless `sender` says otherwise. A revert raises `Reverted(name, arguments)`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import Any

from tests.support.abi import Codec, Event, codec, creation_code
from tests.support.backend import Backend, CallFailedError, Result, user_address
from tests.support.liquidation_calls import LiquidationCalls
from worldmarkets.model.interface import (
    AssetRiskTerms,
    Margin,
    MarginChange,
    MarketRiskTerms,
    OrderRequest,
    OrderResult,
    Permission,
    PerpTerms,
    PoolTerms,
    Refusal,
    SelfTrade,
    Side,
    SpotTerms,
)
from worldmarkets.model.interface import TimeInForce as Tif
from worldmarkets.model.packed import pack_batch

LISTING_ROLE = 1
PRICE_ROLE = 2
GUARDIAN_ROLE = 3
DOLLAR = 10**18
"""One dollar in the unit of posted prices [1e-18 dollars a whole token]."""

ADMIN = user_address(0xAD)
TREASURY = user_address(0x7E)
GUARDIAN = user_address(0x6A)
INSURANCE_PPM = 500_000
CONFIRM_SECONDS = 3
"""How much later a second report confirms a price that has jumped [seconds]."""
RAMP_SECONDS = 0
"""How long a new asset takes until it may support debt [seconds]."""
FOREVER = 2**64 - 1
LAST_SECOND = 2**32 - 1
"""The latest expiry [seconds]."""
UNLIMITED = 2**256 - 1


@dataclass(frozen=True)
class AssetPlan:
    """An asset to list; its price is None for the quote asset [1e-18 dollars a whole token].

    `is_native` if its token is the exchange's wrapped native token.
    """

    symbol: str
    decimals: int
    units_per_atom: int
    price: int | None = None
    is_native: bool = False


QUOTE = AssetPlan("USDM", 18, 10**12)
ETH = AssetPlan("WETH", 18, 10**10, 2_000 * DOLLAR)
BTC = AssetPlan("WBTC", 8, 1, 60_000 * DOLLAR)
NATIVE = AssetPlan("WNATIVE", 18, 10**10, 10 * DOLLAR, is_native=True)
"""The wrapped native token; none of the default assets."""

REBATE_TERMS = SpotTerms(
    tick_value=100, atoms_per_lot=100_000, min_lots=1, taker_ppm=350, maker_ppm=-100, band_bps=500
)
"""Of asset 1: a lot is 0.001 WETH, a tick 0.10 dollars, the price 20,000 ticks; makers get 1 bp."""

FEE_TERMS = SpotTerms(
    tick_value=10, atoms_per_lot=1_000, min_lots=20, taker_ppm=350, maker_ppm=50, band_bps=300
)
"""Of asset 2: a lot is 0.00001 WBTC, a tick 1 dollar, the price 60,000 ticks; makers pay."""

DEFAULT_ASSETS = (QUOTE, ETH, BTC)
DEFAULT_MARKETS = {1: REBATE_TERMS, 2: FEE_TERMS}
ETH_MARKET = 257
BTC_MARKET = 258

ETH_PERP_TERMS = PerpTerms(
    tick_value=100,
    atoms_per_lot=100_000,
    min_lots=1,
    taker_ppm=350,
    maker_ppm=-100,
    band_bps=500,
    open_interest_cap_lots=1_000_000,
    position_cap_lots=2**19,
    impact_notional=20_000,
    mark_band_bps=300,
    funding_cap=4_000_000,
    interest=10_000,
    clamp=50_000,
)
"""Of asset 1, lots and ticks as in its spot market; makers get 1 bp."""

BTC_PERP_TERMS = replace(
    ETH_PERP_TERMS, tick_value=7, atoms_per_lot=1_000, min_lots=20, maker_ppm=50, band_bps=300
)
"""Of asset 2: a lot is 0.00001 WBTC, a tick 0.70 dollars, which no fee is a multiple of."""

ETH_PERP = 513
BTC_PERP = 514

PARTS = (
    "risk_engine",
    "vault_module",
    "operator_module",
    "lending_module",
    "price_module",
    "refusal_module",
    "order_module",
    "cancel_module",
    "perp_module",
    "extension",
    "wrapped_native",
)
"""What an exchange is made of, in the order of its constructor."""
MODULES = PARTS[:-1]
EXTENSION_PARTS = (
    "listing_module",
    "guard_module",
    "risk_parameter_module",
    "perp_listing_module",
    "cancel_module",
    "liquidation_module",
    "protection_module",
    "plan_module",
)
"""What its extension is made of, in the order of its constructor."""


@dataclass
class System(LiquidationCalls):
    """Addresses of a deployed exchange, and its entry points as methods.

    `last` is the raw result of the last call, for its logs and gas.
    """

    backend: Backend
    authority: str
    risk_engine: str
    vault_module: str
    operator_module: str
    lending_module: str
    price_module: str
    refusal_module: str
    order_module: str
    cancel_module: str
    perp_module: str
    extension: str
    wrapped_native: str
    listing_module: str
    guard_module: str
    risk_parameter_module: str
    perp_listing_module: str
    liquidation_module: str
    protection_module: str
    plan_module: str
    exchange: str
    feed: str
    tokens: list[str] = field(default_factory=list)
    assets: list[AssetPlan] = field(default_factory=list)
    owners: dict[int, str] = field(default_factory=dict)
    last: Result = field(default_factory=lambda: Result(True, b""))

    @property
    def parts(self) -> tuple[str, ...]:
        """Addresses of what the exchange is made of, as its constructor takes them."""
        return tuple(getattr(self, name) for name in PARTS)

    # --------------------------------------------------------------- orders

    def place(
        self,
        account: int,
        market: int,
        side: Side,
        tick: int,
        lots: int,
        tif: Tif = Tif.GOOD_TILL_CANCELLED,
        max_fills: int = 64,
        *,
        self_trade: SelfTrade = SelfTrade.CANCEL_MAKER,
        expiry: int = 0,
        reduce_only: bool = False,
        client_id: int = 0,
        sender: str | None = None,
    ) -> OrderResult:
        special = (self_trade, expiry, reduce_only, client_id)
        order = OrderRequest(market, side, tick, lots, tif, max_fills, *special)
        return self.place_order(account, order, sender=sender)

    def place_order(
        self, account: int, order: OrderRequest, *, sender: str | None = None
    ) -> OrderResult:
        arguments = (account, order_tuple(order))
        return as_order_result(self.execute(self._sender(account, sender), "place", *arguments)[0])

    def amend(
        self, account: int, order_id: int, order: OrderRequest, *, sender: str | None = None
    ) -> OrderResult:
        arguments = (account, order_id, order_tuple(order))
        return as_order_result(self.execute(self._sender(account, sender), "amend", *arguments)[0])

    def cancel(self, account: int, order_id: int, *, sender: str | None = None) -> int:
        return self.execute(self._sender(account, sender), "cancel", account, order_id)[0]

    def cancel_many(
        self, account: int, order_ids: Sequence[int], *, sender: str | None = None
    ) -> list[int]:
        sender = self._sender(account, sender)
        return list(self.execute(sender, "cancelMany", account, order_ids)[0])

    def reduce(
        self, account: int, order_id: int, new_lots: int, *, sender: str | None = None
    ) -> None:
        self.execute(self._sender(account, sender), "reduce", account, order_id, new_lots)

    def batch(
        self,
        account: int,
        cancels: Sequence[int] = (),
        places: Iterable[OrderRequest] = (),
        deadline: int = FOREVER,
        all_or_none: bool = False,
        *,
        sender: str | None = None,
    ) -> tuple[list[int], list[OrderResult]]:
        orders = [order_tuple(order) for order in places]
        arguments = (account, list(cancels), orders, all_or_none, deadline)
        return as_batch_result(self.execute(self._sender(account, sender), "batch", *arguments))

    def batch_packed(
        self,
        account: int,
        cancels: Sequence[int] = (),
        places: Sequence[OrderRequest] = (),
        deadline: int = FOREVER,
        all_or_none: bool = False,
        *,
        sender: str | None = None,
    ) -> tuple[list[int], list[OrderResult]]:
        """The same through `batchPacked`; the latest deadline there is that of 32 bits."""
        packed = pack_batch(account, list(cancels), places, deadline, all_or_none)
        return as_batch_result(self.execute(self._sender(account, sender), "batchPacked", packed))

    # --------------------------------------------------------------- vault

    def create_account(self, owner: str) -> int:
        account = self.execute(owner, "createAccount")[0]
        self.owners[account] = owner
        return account

    def deposit(
        self, account: int, asset: int, token_units: int, *, sender: str | None = None
    ) -> int:
        """Deposit tokens; the sender must hold them and have approved them (see `mint`)."""
        return self.execute(self._sender(account, sender), "deposit", account, asset, token_units)[
            0
        ]

    def deposit_with_permit(
        self,
        account: int,
        asset: int,
        token_units: int,
        deadline: int,
        signature: tuple[int, bytes, bytes],
        *,
        sender: str | None = None,
    ) -> int:
        """Deposit by a signed allowance (v, r, s); see `tests.support.permits`."""
        arguments = (account, asset, token_units, deadline, *signature)
        return self.execute(self._sender(account, sender), "depositWithPermit", *arguments)[0]

    def deposit_native(
        self, account: int, asset: int, native_units: int, *, sender: str | None = None
    ) -> int:
        """Deposit native tokens; the backend gives the sender enough of them."""
        sender = self._sender(account, sender)
        return self.execute(sender, "depositNative", account, asset, value=native_units)[0]

    def withdraw(
        self,
        account: int,
        asset: int,
        token_units: int,
        to: str | None = None,
        *,
        sender: str | None = None,
    ) -> None:
        sender = self._sender(account, sender)
        self.execute(sender, "withdraw", account, asset, token_units, to or sender)

    def withdraw_native(
        self,
        account: int,
        asset: int,
        token_units: int,
        to: str | None = None,
        *,
        sender: str | None = None,
    ) -> None:
        sender = self._sender(account, sender)
        self.execute(sender, "withdrawNative", account, asset, token_units, to or sender)

    def transfer(
        self,
        from_account: int,
        to_account: int,
        asset: int,
        atoms: int,
        *,
        sender: str | None = None,
    ) -> None:
        sender = self._sender(from_account, sender)
        self.execute(sender, "transfer", from_account, to_account, asset, atoms)

    # --------------------------------------------------------------- lending

    def set_lent(
        self, account: int, asset: int, lent: bool = True, *, sender: str | None = None
    ) -> None:
        self.execute(self._sender(account, sender), "setLent", account, asset, lent)

    def borrow(
        self,
        account: int,
        asset: int,
        token_units: int,
        to: str | None = None,
        *,
        sender: str | None = None,
    ) -> None:
        sender = self._sender(account, sender)
        self.execute(sender, "borrow", account, asset, token_units, to or sender)

    def repay(
        self, account: int, asset: int, token_units: int, *, sender: str | None = None
    ) -> int:
        """Repay with tokens that the sender must hold and have approved (see `mint`)."""
        sender = self._sender(account, sender)
        return self.execute(sender, "repay", account, asset, token_units)[0]

    def accrue_pools(self, *assets: int, sender: str | None = None) -> None:
        self.execute(sender or ADMIN, "accruePools", list(assets))

    def collect_reserve(self, asset: int, *, sender: str | None = None) -> int:
        return self.execute(sender or ADMIN, "collectReserve", asset)[0]

    def preview_margin(
        self, account: int, *changes: MarginChange, sender: str | None = None
    ) -> tuple[Margin, Margin]:
        arguments = (account, [astuple(change) for change in changes])
        current, changed = self.execute(sender or ADMIN, "previewMargin", *arguments)
        return Margin(*current), Margin(*changed)

    def set_pool_terms(self, asset: int, terms: PoolTerms, *, sender: str | None = None) -> None:
        self.execute(sender or ADMIN, "setPoolTerms", asset, astuple(terms))

    def set_asset_risk(
        self, asset: int, terms: AssetRiskTerms, *, sender: str | None = None
    ) -> None:
        self.execute(sender or ADMIN, "setAssetRisk", asset, astuple(terms))

    def set_market_risk(self, terms: MarketRiskTerms, *, sender: str | None = None) -> None:
        self.execute(sender or ADMIN, "setMarketRisk", astuple(terms))

    # --------------------------------------------------------------- operators and activation

    def set_operator(
        self,
        account: int,
        operator: str,
        permissions: Permission | int = Permission.PLACE | Permission.CANCEL,
        expiry: int = LAST_SECOND,
        daily_loss_atoms: int = 0,
        *,
        sender: str | None = None,
    ) -> None:
        arguments = (account, operator, int(permissions), expiry, daily_loss_atoms)
        self.execute(self._sender(account, sender), "setOperator", *arguments)

    def revoke_operator(self, account: int, operator: str, *, sender: str | None = None) -> None:
        self.execute(self._sender(account, sender), "revokeOperator", account, operator)

    def activate_asset(self, account: int, asset: int, *, sender: str | None = None) -> None:
        self.execute(self._sender(account, sender), "activateAsset", account, asset)

    def deactivate_asset(self, account: int, asset: int, *, sender: str | None = None) -> None:
        self.execute(self._sender(account, sender), "deactivateAsset", account, asset)

    def deactivate_market(self, account: int, market: int, *, sender: str | None = None) -> None:
        self.execute(self._sender(account, sender), "deactivateMarket", account, market)

    # --------------------------------------------------------------- perps

    def poke_markets(self, *markets: int, sender: str | None = None) -> None:
        self.execute(sender or ADMIN, "pokeMarkets", list(markets))

    def settle(self, account: int, market: int, *, sender: str | None = None) -> int:
        """Settle a position; returns what was added to the balance, negative if taken [atoms]."""
        return self.execute(self._sender(account, sender), "settle", account, market)[0]

    def settle_on_credit(self, account: int, market: int, *, sender: str | None = None) -> int:
        return self.execute(self._sender(account, sender), "settleOnCredit", account, market)[0]

    def open_isolated(
        self, from_account: int, quote_atoms: int, order: OrderRequest, *, sender: str | None = None
    ) -> tuple[int, OrderResult]:
        """Place an order from a new account with so much cash; its id, and what came of it."""
        sender = self._sender(from_account, sender)
        arguments = (from_account, quote_atoms, order_tuple(order))
        account, result = self.execute(sender, "openIsolated", *arguments)
        self.owners[account] = sender
        return account, as_order_result(result)

    def list_perp_market(
        self, base_asset: int, terms: PerpTerms, *, sender: str | None = None
    ) -> int:
        return self.execute(sender or ADMIN, "listPerpMarket", base_asset, astuple(terms))[0]

    def set_perp_limits(
        self,
        market: int,
        open_interest_cap_lots: int,
        position_cap_lots: int,
        *,
        sender: str | None = None,
    ) -> None:
        caps = (open_interest_cap_lots, position_cap_lots)
        self.execute(sender or ADMIN, "setPerpLimits", market, *caps)

    # --------------------------------------------------------------- guards

    def pause_markets(self, *markets: int, hours_long: int = 1, sender: str | None = None) -> None:
        self.execute(sender or GUARDIAN, "pauseMarkets", list(markets), hours_long)

    def resume_markets(self, *markets: int, sender: str | None = None) -> None:
        self.execute(sender or GUARDIAN, "resumeMarkets", list(markets))

    def set_outflow_limit(self, asset: int, limit_ppm: int, *, sender: str | None = None) -> None:
        self.execute(sender or ADMIN, "setOutflowLimit", asset, limit_ppm)

    # --------------------------------------------------------------- prices, listing and fees

    def post_price(self, asset: int, price: int) -> None:
        """Post a price on the feed, made now [1e-18 dollars a whole token]."""
        self.execute_on(self.feed, "PostedPriceFeed", ADMIN, "post", [asset], [price])

    def poke(self, *assets: int, sender: str | None = None) -> None:
        self.execute(sender or ADMIN, "poke", list(assets))

    def set_price(self, asset: int, price: int) -> None:
        """Post a price and copy it into the exchange [1e-18 dollars a whole token].

        One that jumps is reported a second time, as soon as that confirms it: time goes on.
        """
        self.post_price(asset, price)
        self.poke(asset)
        if any(event.name == "PriceJumped" for event in self.events()):
            self.backend.set_time(self.backend.time + CONFIRM_SECONDS)
            self.post_price(asset, price)
            self.poke(asset)

    def list_asset(
        self, token: str, units_per_atom: int, feed: str, *, sender: str | None = None
    ) -> int:
        return self.execute(sender or ADMIN, "listAsset", token, units_per_atom, feed)[0]

    def list_spot_market(
        self, base_asset: int, terms: SpotTerms, *, sender: str | None = None
    ) -> int:
        return self.execute(sender or ADMIN, "listSpotMarket", base_asset, terms_tuple(terms))[0]

    def collect_fees(self, market: int, *, sender: str | None = None) -> None:
        self.execute(sender or ADMIN, "collectFees", market)

    # --------------------------------------------------------------- reading

    def read_words(self, slots: Sequence[int]) -> list[int]:
        returned = self.view(self.exchange, "Exchange", "readWords", list(slots))
        return list(returned[0])

    def read_word(self, slot: int) -> int:
        return self.read_words([slot])[0]

    def token_balance(self, asset: int, holder: str) -> int:
        return self.view(self.tokens[asset], "FaucetToken", "balanceOf", holder)[0]

    def events(self, result: Result | None = None) -> list[Event]:
        """Decoded log entries of a result, the last one by default; unknown types left out."""
        return _exchange_codec().events((result or self.last).logs)

    def records(self, result: Result | None = None) -> list[int]:
        """The 32-byte records of all BookRecords of a result, as numbers."""
        data = b"".join(
            event.fields["records"] for event in self.events(result) if event.name == "BookRecords"
        )
        return [int.from_bytes(data[i : i + 32], "big") for i in range(0, len(data), 32)]

    # --------------------------------------------------------------- users and tokens

    def add_asset(self, plan: AssetPlan) -> int:
        """Deploy a faucet token and list it, its price posted and poked if it has one.

        A plan of the wrapped native token deploys none.
        """
        token = self.wrapped_native
        if not plan.is_native:
            names = (plan.symbol, plan.symbol, plan.decimals)
            token = self.backend.deploy(ADMIN, creation_code("FaucetToken", *names))
        feed = "0x" + "00" * 20 if plan.price is None else self.feed
        asset = self.list_asset(token, plan.units_per_atom, feed)
        self.tokens.append(token)
        self.assets.append(plan)
        if plan.price is not None:
            self.set_price(asset, plan.price)
        return asset

    def mint(self, holder: str, asset: int, token_units: int) -> None:
        """Give a holder test tokens and let the exchange pull all he has."""
        self.mint_only(holder, asset, token_units)
        token = self.tokens[asset]
        self.execute_on(token, "FaucetToken", holder, "approve", self.exchange, UNLIMITED)

    def mint_only(self, holder: str, asset: int, token_units: int) -> None:
        """Give a holder test tokens."""
        token = self.tokens[asset]
        if token == self.wrapped_native:
            self.execute_on(token, "WrappedNative", holder, "deposit", value=token_units)
        else:
            self.execute_on(token, "FaucetToken", holder, "draw", token_units)

    def new_user(self, owner: str, **token_units: int) -> int:
        """Make an account; `asset0=5` mints and deposits 5 token units of asset 0, and so on."""
        account = self.create_account(owner)
        for name, units in token_units.items():
            self.fund(account, int(name.removeprefix("asset")), units)
        return account

    def fund(self, account: int, asset: int, token_units: int) -> None:
        """Mint tokens to the owner of an account and deposit them."""
        self.mint(self.owners[account], asset, token_units)
        self.deposit(account, asset, token_units)

    # --------------------------------------------------------------- one layer below

    def execute(
        self, sender: str, function: str, *arguments: object, value: int = 0
    ) -> tuple[Any, ...]:
        """Call the exchange and decode what it returns; raises Reverted."""
        call = (self.exchange, "Exchange", sender, function)
        return self.execute_on(*call, *arguments, value=value)

    def execute_on(
        self,
        address: str,
        contract: str,
        sender: str,
        function: str,
        *arguments: object,
        value: int = 0,
    ) -> tuple[Any, ...]:
        """Call any contract by its ABI, with native tokens; raises Reverted."""
        known = codec(contract)
        data = known.encode(function, *arguments)
        self.last = self.backend.call(sender, address, data, value)
        if not self.last.ok:
            raise _exchange_codec().error(self.last.returned)
        return known.decode(function, self.last.returned)

    def view(
        self, address: str, contract: str, function: str, *arguments: object
    ) -> tuple[Any, ...]:
        """Read from any contract by its ABI; raises Reverted."""
        known = codec(contract)
        try:
            returned = self.backend.view(address, known.encode(function, *arguments))
        except CallFailedError as error:
            raise _exchange_codec().error(error.returned) from None
        return known.decode(function, returned)

    def _sender(self, account: int, sender: str | None) -> str:
        return sender or self.owners.get(account, ADMIN)


def deploy_system(
    backend: Backend,
    *,
    assets: Sequence[AssetPlan] = DEFAULT_ASSETS,
    markets: dict[int, SpotTerms] | None = None,
    insurance_ppm: int = INSURANCE_PPM,
) -> System:
    """Deploy everything, list the assets and, by base asset, the spot markets, prices poked."""

    def create(contract: str, *arguments: object) -> str:
        return backend.deploy(ADMIN, creation_code(contract, *arguments))

    authority = create("Authority", ADMIN)
    wrapped_native = create("WrappedNative")
    risk_engine = create("RiskEngine")
    vault_module = create("VaultModule", risk_engine, wrapped_native)
    lending_module, refusal_module = create("LendingModule"), create("RefusalModule")
    order_module = create("OrderModule", risk_engine, lending_module, refusal_module)
    cancel_module = create("CancelModule")
    governing = (
        create("ListingModule", authority),
        create("GuardModule", authority),
        create("RiskParameterModule", authority, RAMP_SECONDS),
        create("PerpListingModule", authority),
    )
    liquidating = (
        create("LiquidationModule", risk_engine),
        create("ProtectionModule", risk_engine, authority),
        create("PlanModule", risk_engine, order_module),
    )
    extension = create("ExchangeExtension", (*governing, cancel_module, *liquidating))
    parts = (
        risk_engine,
        vault_module,
        create("OperatorModule"),
        lending_module,
        create("PriceModule"),
        refusal_module,
        order_module,
        cancel_module,
        create("PerpModule", risk_engine, vault_module, order_module),
        extension,
        wrapped_native,
    )
    exchange = create("Exchange", authority, parts, TREASURY, insurance_ppm)
    feed = create("PostedPriceFeed", authority)
    system = System(backend, authority, *parts, *governing, *liquidating, exchange, feed)
    system.owners.update({1: exchange, 2: TREASURY})
    listing = ("listAsset", "listSpotMarket", "listPerpMarket", "setPerpLimits", "setOutflowLimit")
    listing += ("setPoolTerms", "setAssetRisk", "setMarketRisk", "setBackstop")
    grant(system, LISTING_ROLE, exchange, "Exchange", *listing)
    grant(system, PRICE_ROLE, feed, "PostedPriceFeed", "post")
    guarding = ("pauseMarkets", "resumeMarkets")
    grant(system, GUARDIAN_ROLE, exchange, "Exchange", *guarding, to=GUARDIAN)
    for plan in assets:
        system.add_asset(plan)
    for base_asset, terms in (DEFAULT_MARKETS if markets is None else markets).items():
        system.list_spot_market(base_asset, terms)
    return system


def grant(
    system: System, role: int, target: str, contract: str, *functions: str, to: str = ADMIN
) -> None:
    """Restrict functions of a target to a role, and give it to somebody."""
    selectors = [codec(contract).selector(function) for function in functions]
    call = (system.authority, "Authority", ADMIN)
    system.execute_on(*call, "setTargetFunctionRole", target, selectors, role)
    system.execute_on(*call, "grantRole", role, to, 0)


def order_tuple(order: OrderRequest) -> tuple[int, ...]:
    """An order as the ABI takes it."""
    market_and_price = (order.market_id, order.tick, order.side, order.lots)
    return (*market_and_price, order.max_fills, order.terms.pack())


def terms_tuple(terms: SpotTerms) -> tuple[int, ...]:
    """Terms as the ABI takes them."""
    size = (terms.tick_value, terms.atoms_per_lot, terms.min_lots)
    return (*size, terms.taker_ppm, terms.maker_ppm, terms.band_bps)


def as_order_result(fields: tuple[int, ...]) -> OrderResult:
    """A decoded OrderResult."""
    order_id, filled, resting, refusal = fields
    return OrderResult(order_id, filled, resting, Refusal(refusal))


def as_batch_result(returned: tuple[Any, ...]) -> tuple[list[int], list[OrderResult]]:
    """What a batch returned, decoded."""
    lots, results = returned
    return list(lots), [as_order_result(result) for result in results]


def _exchange_codec() -> Codec:
    modules = ("VaultModule", "OperatorModule", "ListingModule", "GuardModule", "RiskEngine")
    modules += ("LendingModule", "PriceModule", "RiskParameterModule", "RefusalModule")
    modules += ("OrderModule", "CancelModule", "PerpModule", "PerpListingModule")
    modules += ("LiquidationModule", "ProtectionModule", "PlanModule")
    feeds = ("PostedPriceFeed", "AggregatorFeed", "SignedReportFeed")
    return codec("Exchange", *modules, *feeds, "FaucetToken", "WrappedNative", "Authority")
