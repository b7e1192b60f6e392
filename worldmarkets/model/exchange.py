"""The exchange as an object: every entry point of the contract, over words in memory."""

from collections.abc import Iterable, Sequence

from worldmarkets.model import accounts, guards, listing, prices, slots
from worldmarkets.model.assets import invalid, token_of
from worldmarkets.model.errors import ZeroAddress
from worldmarkets.model.events import AccountCreated, OutflowLimitSet
from worldmarkets.model.interface import SpotTerms
from worldmarkets.model.lending_entries import LendingEntries
from worldmarkets.model.liquidation_entries import LiquidationEntries
from worldmarkets.model.perp_entries import PerpEntries
from worldmarkets.model.plan_entries import PlanEntries
from worldmarkets.model.state import State
from worldmarkets.model.vault_entries import VaultEntries
from worldmarkets.model.words import FeedWord, RegistryWord


class Exchange(LiquidationEntries, PlanEntries, PerpEntries, VaultEntries, LendingEntries):
    """The exchange without a chain.

    Methods are the entry points of contracts/interfaces/IExchange.sol and ILiquidation.sol with the
    same arguments, units and errors; `caller` is whoever would sign the transaction, addresses are
    integers. A method that raises has changed nothing. For a what-if, give it the words of a chain
    as a `WordReader`, or copy it first (`copy.deepcopy`).

    Attributes:
        state: every word by slot, as on chain.
        time: timestamp of the next action [seconds].
        events: what the last action emitted.
        tokens, feeds: what the exchange calls, by address; a `WrappedNative` among the tokens is
            the wrapped native token.
        listers, guardians: addresses with the listing and the guardian role.
        ramp_seconds: how long a new asset takes until it may support debt.
    """

    @classmethod
    def create(
        cls,
        address: int,
        treasury: int,
        insurance_ppm: int,
        *,
        time: int = 0,
        listers: Iterable[int] = (),
        guardians: Iterable[int] = (),
        ramp_seconds: int = 0,
    ) -> "Exchange":
        """Return a new exchange, as the contract's constructor leaves it.

        Raises:
            InvalidParameter, ZeroAddress: see the constructor.
        """
        if insurance_ppm > 10**6:
            raise invalid("insurancePpm", insurance_ppm)
        if treasury == 0:
            raise ZeroAddress
        exchange = cls(
            address,
            State(),
            time=time,
            listers=listers,
            guardians=guardians,
            ramp_seconds=ramp_seconds,
        )
        exchange.state.store(slots.registry(), RegistryWord(insurance_ppm=insurance_ppm))
        for owner in (address, treasury):
            account_id = accounts.create(exchange.state, owner)
            exchange.events.append(AccountCreated(account_id, owner))
        accounts.use_any(exchange.state, accounts.INSURANCE, 0)
        return exchange

    # ------------------------------------------------------------------ prices and listing

    def poke(self, asset_ids: Sequence[int]) -> None:
        """Copy the newest prices of assets from their feeds."""

        def action() -> None:
            for asset_id in asset_ids:
                self._poke(asset_id)

        self._act(action)

    def list_asset(self, caller: int, token: int, units_per_atom: int, feed: int) -> int:
        """List an asset under the next id, its token being in `tokens`, and return the id."""

        def action() -> int:
            self._check_role(self.listers, caller)
            decimals = self.tokens[token].decimals
            event = listing.list_asset(self.state, token, decimals, units_per_atom, feed)
            self.events.append(event)
            return event.asset_id

        return self._act(action)

    def list_spot_market(self, caller: int, base_asset_id: int, terms: SpotTerms) -> int:
        """List the spot market of an asset against the quote asset and return its id."""

        def action() -> int:
            self._check_role(self.listers, caller)
            event = listing.list_spot_market(self.state, base_asset_id, terms)
            self.events.append(event)
            return event.market_id

        return self._act(action)

    def collect_fees(self, market_id: int) -> None:
        """Split the fees a market has collected between insurance fund and treasury."""
        self._emit(lambda: listing.collect_fees(self.state, market_id))

    # ------------------------------------------------------------------ guards

    def pause_markets(self, caller: int, market_ids: Sequence[int], hours_long: int) -> None:
        """Pause new risk in markets; only reduce-only orders are accepted."""

        def action() -> None:
            self._check_role(self.guardians, caller)
            guards.check_hours(hours_long)
            for market_id in market_ids:
                self.events.append(guards.pause(self.state, market_id, hours_long, self.time))

        self._act(action)

    def resume_markets(self, caller: int, market_ids: Sequence[int]) -> None:
        """End the pause of markets now."""

        def action() -> None:
            self._check_role(self.guardians, caller)
            for market_id in market_ids:
                event = guards.resume(self.state, market_id, self.time)
                if event is not None:
                    self.events.append(event)

        self._act(action)

    def set_outflow_limit(self, caller: int, asset_id: int, limit_ppm: int) -> None:
        """Set how much of an asset may leave in a day, net of what comes in."""

        def action() -> OutflowLimitSet:
            self._check_role(self.listers, caller)
            return guards.set_outflow_limit(self.state, asset_id, limit_ppm)

        self._emit(action)

    # ------------------------------------------------------------------ inside

    def _poke(self, asset_id: int) -> None:
        token_of(self.state, asset_id)
        address = self.state.load(FeedWord, slots.feed(asset_id)).feed
        if address == 0:
            return
        report = self.feeds[address].latest_price(asset_id)
        self.events += prices.poke(self.state, asset_id, report)
