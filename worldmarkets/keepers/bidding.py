"""Buying slices and selling them again, and executing steps of plans: what pays the liquidator."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from worldmarkets.client import Client
from worldmarkets.client.events import decode_events
from worldmarkets.client.liquidationlens_views import Standing
from worldmarkets.client.planwords import Planned
from worldmarkets.keepers import liquidating
from worldmarkets.keepers.job import Action
from worldmarkets.keepers.liquidating import Bidder, LiquidatingRules, Slice
from worldmarkets.keepers.liquidationview import LiquidationView
from worldmarkets.keepers.stepping import has_fired
from worldmarkets.keepers.unwinding import Leg, Venue, exits, hedges
from worldmarkets.keepers.watching import Prices
from worldmarkets.model.errors import ContractError
from worldmarkets.model.liquidation_events import SliceTaken
from worldmarkets.model.liquidation_interface import Trigger
from worldmarkets.transactions import Receipt, Request

SLICE_GAS = 200_000
"""What taking a slice costs, besides its legs."""
LEG_GAS = 200_000
"""What a leg of a slice costs, with the order that sells it and what that meets."""
STEP_GAS = 250_000
"""What executing a step of a plan costs."""

_PER_NATIVE = 10**18
_NO_MARGIN = frozenset({"BelowInitialMargin", "UnsettledProfit", "InsufficientBalance"})
_BID_HARMLESS = _NO_MARGIN | {
    "AccountHealthy",
    "NotFlagged",
    "PaidTooMuch",
    "PositionCapReached",
    "SliceTooSmall",
    "TooManyAssets",
    "WindowOpen",
}
_HEDGE_HARMLESS = _NO_MARGIN | {"StalePrice", "PriceUnconfirmed", "LowConfidence"}
_STEP_HARMLESS = _HEDGE_HARMLESS | {"NoSuchStep", "TriggerNotMet", "CoolingDown", "FillTooSmall"}


@dataclass(frozen=True)
class Options:
    """Who acts, and how.

    Without a bidder no slice is taken, and no step executed. `native_atoms` is what a native token
    is worth, None for the price that the exchange has of it [quote atoms].
    """

    bidder_account_id: int | None = None
    hedges: bool = True
    executes_steps: bool = True
    native_atoms: int | None = None
    rules: LiquidatingRules = field(default_factory=LiquidatingRules)


class Bidding:
    """Finds what pays an account, which takes slices and gets tips."""

    def __init__(
        self, client: Client, view: LiquidationView, options: Options, account_id: int
    ) -> None:
        """Take the exchange, what sees it, how to act, and the account that is paid."""
        self._client = client
        self._view = view
        self._options = options
        self._rules = options.rules
        self._account_id = account_id

    def actions(
        self, standings: Sequence[Standing], plans: Sequence[Planned], prices: Prices, now: int
    ) -> Iterator[Action]:
        """Yield what pays, or brings back what was paid: hedges, then slices, then steps of plans.

        Args:
            standings: Where accounts stand that may be for sale.
            plans: Steps of plans of which something is left.
            prices: Prices and marks.
            now: The time [seconds].
        """
        for_sale = [found for found in standings if self._may_bid(found, now)]
        held = [leg for leg in self._view.legs(self._account_id) if leg.lots]
        # Books are read only where something is to be traded.
        venues = self._view.venues(prices) if for_sale or held else {}
        yield from self._hedge(held, venues)
        yield from self._slices(for_sale, venues)
        yield from self._steps(plans, prices, now)

    # ------------------------------------------------------------- slices

    def _slices(
        self, for_sale: Sequence[Standing], venues: Mapping[int, Venue]
    ) -> Iterator[Action]:
        """Yield slices to take, the most profitable first, within the bidder's capital."""
        if not for_sale:
            return
        (own,) = self._view.standings([self._account_id])
        bidder = Bidder(self._account_id, own.equity_atoms, own.initial_atoms)
        found = [(self._best(one, bidder, venues), one.initial_atoms) for one in for_sale]
        wanted = [(one, required) for one, required in found if one is not None]
        for one, required in sorted(wanted, key=lambda pair: -pair[0].profit_atoms):
            needs = required * one.fraction_ppm // liquidating.ONE
            if bidder.room_atoms(self._rules) >= needs:
                bidder = bidder.with_more(needs)
                yield self._take(one)

    def _may_bid(self, found: Standing, now: int) -> bool:
        if not found.most_ppm or found.account_id == self._account_id:
            return False
        is_chosen = now < found.window_end and self._view.is_chosen(
            found.account_id, self._account_id
        )
        return liquidating.may_bid(found, now, is_chosen=is_chosen)

    def _best(self, found: Standing, bidder: Bidder, venues: Mapping[int, Venue]) -> Slice | None:
        """Return the slice of an account that brings most, of those that can be taken."""
        legs = self._view.legs(found.account_id)

        def judged(ppm: int) -> Slice | None:
            gone = exits([leg.part(ppm) for leg in legs], venues, self._rules.slippage_bps)
            gas = self._gas_atoms(SLICE_GAS + LEG_GAS * len(gone))
            cost = gas + sum(one.cost_atoms for one in gone)
            one = liquidating.judge(self._rules, found, ppm, cost)
            return one if one is not None and self._is_possible(one) else None

        return liquidating.best(map(judged, liquidating.fractions(self._rules, found, bidder)))

    def _take(self, one: Slice) -> Action:
        dollars = self._client.asset_units(0).from_atoms
        percent = Decimal(one.fraction_ppm).scaleb(-4).normalize()
        return Action(
            f"take {percent:f} % of account {one.account_id} for {dollars(one.paid_atoms):f},"
            f" profit {dollars(one.profit_atoms):f}",
            self._bid(one),
            is_due=partial(self._is_possible, one),
            harmless=_BID_HARMLESS,
            tell=self._tell,
        )

    def _bid(self, one: Slice) -> Request:
        arguments = (self._account_id, one.fraction_ppm, one.max_paid_atoms)
        return self._client.raw.calls.take_slice(one.account_id, *arguments)

    def _is_possible(self, one: Slice) -> bool:
        """Try it: others may have taken it, or the bidder may not have the margin for it."""
        try:
            self._view.call(self._bid(one))
        except ContractError:
            return False
        return True

    def _tell(self, receipt: Receipt) -> str:
        dollars = self._client.asset_units(0).from_atoms
        logged = decode_events(receipt.logs, self._client.raw.calls.exchange)
        taken = [each.event for each in logged if isinstance(each.event, SliceTaken)]
        return " ".join(f"{one.fraction_ppm} ppm for {dollars(one.paid_atoms):f}" for one in taken)

    # ------------------------------------------------------------- selling what was taken

    def _hedge(self, legs: Sequence[Leg], venues: Mapping[int, Venue]) -> Iterator[Action]:
        """Yield one batch that gets out of whatever the account has of any market."""
        if not self._options.hedges:
            return
        orders = hedges(legs, venues, self._rules.slippage_bps)
        if orders:
            names = [self._client.market_units(one.market_id).market.symbol for one in orders]
            request = self._client.raw.calls.batch(self._account_id, [], orders)
            yield Action(f"hedge on {', '.join(names)}", request, harmless=_HEDGE_HARMLESS)

    # ------------------------------------------------------------- plans of others

    def _steps(self, plans: Sequence[Planned], prices: Prices, now: int) -> Iterator[Action]:
        """Yield the steps that have fired and whose tip pays for their execution."""
        others = [one for one in plans if one.account_id != self._account_id]
        if not (self._options.executes_steps and others):
            return
        conditions = self._view.conditions(prices)
        looking = {one.account_id for one in others if one.step.trigger == Trigger.HEALTH}
        standings = {one.account_id: one for one in self._view.standings(sorted(looking))}
        for one in others:
            if has_fired(one, conditions, standings.get(one.account_id), now):
                yield from self._step(one)

    def _step(self, one: Planned) -> Iterator[Action]:
        calls = self._client.raw.calls
        arguments = (one.index, one.step.size, self._account_id)
        request = calls.execute_step(one.account_id, *arguments)
        pays = partial(self._tip_pays, request)
        if pays():
            told = f"execute step {one.index} of the plan of account {one.account_id}"
            yield Action(told, request, is_due=pays, harmless=_STEP_HARMLESS)

    def _tip_pays(self, request: Request) -> bool:
        """Try it: others may have executed it, or the books may not fill it now."""
        try:
            returned = self._view.call(request)
        except ContractError:
            return False
        _, tip = self._client.raw.calls.abi.decode("executeStep", returned)
        return bool(tip - self._gas_atoms(STEP_GAS) >= self._rules.least_profit_atoms)

    def _gas_atoms(self, gas: int) -> int:
        """Return what gas costs [quote atoms]."""
        native = self._options.native_atoms
        worth = self._view.native_atoms() if native is None else native
        return gas * self._view.gas_price_wei() * worth // _PER_NATIVE
