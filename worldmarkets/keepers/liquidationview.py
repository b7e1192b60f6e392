"""What a liquidator sees of an exchange, in integers."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from worldmarkets.client import Client
from worldmarkets.client.events import LoggedEvent
from worldmarkets.client.lens import MAX_ITEMS, walk
from worldmarkets.client.liquidationlens_views import Level, Line, Standing
from worldmarkets.client.planwords import Planned, plan_slots, planned
from worldmarkets.keepers.chain import chain_time
from worldmarkets.keepers.stepping import Conditions
from worldmarkets.keepers.unwinding import MARK_ONE, Leg, Venue
from worldmarkets.keepers.watching import Prices
from worldmarkets.model.interface import Side
from worldmarkets.model.words import spot_market
from worldmarkets.rpc import number
from worldmarkets.transactions import Request

LEVELS = 50
"""Levels that are read of each side of a book."""

STANDINGS = 16
"""Accounts a call: with all the assets and perps there can be, they stay below 30 million gas."""
_PRICES_A_QUOTE_ATOM = 10**12
_WEI = 10**18
_RATE_SCALE = 100 * 365 * 86_400
"""From a year's borrow rate [1e-18] to that of a second [1e-16]."""


class LiquidationView:
    """Reads what the liquidator needs, each time anew."""

    def __init__(self, client: Client) -> None:
        """Take a client of the exchange."""
        self._client = client
        self._lens = client.raw.lens
        self._perp_lens = client.raw.perp_lens
        self._liquidation = client.raw.liquidation_lens

    # ------------------------------------------------------------- the chain

    def now(self) -> int:
        """Return the time of the next block, or of the newest [seconds]."""
        return chain_time(self._client.raw.rpc)

    def head(self) -> int:
        """Return the number of the newest block."""
        return number(self._client.raw.rpc.call("eth_blockNumber"))

    def gas_price_wei(self) -> int:
        """Return what a unit of gas costs now."""
        return number(self._client.raw.rpc.call("eth_gasPrice"))

    def events(self, from_block: int, to_block: int) -> list[LoggedEvent]:
        """Return what the exchange has logged in some blocks."""
        return list(self._client.raw.events(from_block=from_block, to_block=to_block))

    # ------------------------------------------------------------- accounts

    def snapshot(self) -> list[Standing]:
        """Return where all accounts stand that owe something or use a perp, or are frozen."""
        return list(walk(partial(self._liquidation.accounts, level=Level.ALL)))

    def standings(self, account_ids: Iterable[int]) -> list[Standing]:
        """Return where accounts stand."""
        found: list[Standing] = []
        left = iter(account_ids)
        while some := list(islice(left, STANDINGS)):
            found += self._liquidation.standings(some)
        return found

    def lines(self, account_id: int) -> tuple[Line, ...]:
        """Return the accepted lines of an account, the oldest first."""
        return self._liquidation.protection(account_id).lines

    def is_chosen(self, account_id: int, bidder_account_id: int) -> bool:
        """Return whether a bidder may take slices of an account within its window."""
        owner = self._lens.account(bidder_account_id).owner
        return self._liquidation.is_liquidator(account_id, owner)

    def legs(self, account_id: int) -> list[Leg]:
        """Return what an account has of markets, in whole lots."""
        markets = {market.market_id: market for market in self._client.markets}
        legs = []
        for holding in self._lens.account(account_id).holdings:
            market = markets.get(spot_market(holding.asset_id))
            if holding.asset_id and market is not None:
                lots = abs(holding.balance_atoms) // market.atoms_per_lot
                signed = lots if holding.balance_atoms >= 0 else -lots
                legs.append(Leg(market.market_id, signed))
        positions = self._perp_lens.positions(account_id)
        return legs + [Leg(one.market_id, one.size_lots) for one in positions]

    def dead_orders(self, account_id: int) -> list[int]:
        """Return the ids of all orders of an account, found in the books it has some in."""
        found: list[int] = []
        for holding in self._lens.account(account_id).holdings:
            opens = (holding.open_bid_atoms, holding.open_ask_atoms)
            for side, atoms in zip((Side.BID, Side.ASK), opens, strict=True):
                if atoms:
                    found += self._orders(account_id, spot_market(holding.asset_id), side)
        for position in self._perp_lens.positions(account_id):
            opens = (position.open_bid_lots, position.open_ask_lots)
            for side, lots in zip((Side.BID, Side.ASK), opens, strict=True):
                if lots:
                    found += self._orders(account_id, position.market_id, side)
        return found

    def _orders(self, account_id: int, market_id: int, side: Side) -> Iterator[int]:
        for level in walk(partial(self._lens.depth, market_id, side)):
            for order in walk(partial(self._lens.queue, market_id, level.tick)):
                if order.account_id == account_id:
                    yield order.id

    # ------------------------------------------------------------- plans

    def account_ids(self) -> range:
        """Return the ids of all accounts."""
        return range(1, self._lens.registry().account_count + 1)

    def plans(self, account_ids: Sequence[int]) -> dict[int, list[Planned]]:
        """Return the plans of those accounts that have one."""
        found = {}
        per_call = MAX_ITEMS // len(plan_slots(0))
        for first in range(0, len(account_ids), per_call):
            some = account_ids[first : first + per_call]
            slots = [slot for account_id in some for slot in plan_slots(account_id)]
            words = self._client.raw.read_words(slots)
            each = len(slots) // len(some)
            for index, account_id in enumerate(some):
                steps = planned(account_id, words[each * index : each * (index + 1)])
                if steps:
                    found[account_id] = steps
        return found

    # ------------------------------------------------------------- prices and books

    def prices(self) -> Prices:
        """Return prices and marks by asset."""
        marks = {perp.base_asset_id: perp.mark for perp in walk(self._perp_lens.perps)}
        return {
            risk.asset_id: (risk.price, marks.get(risk.asset_id, 0))
            for risk in walk(self._lens.risks)
        }

    def conditions(self, prices: Prices) -> Conditions:
        """Return what steps of plans look at."""
        return Conditions(
            prices={asset_id: price for asset_id, (price, _) in prices.items()},
            funding={perp.market_id: perp.rate for perp in walk(self._perp_lens.perps)},
            borrow_rates={
                pool.asset_id: pool.borrow_rate // _RATE_SCALE for pool in walk(self._lens.pools)
            },
        )

    def venues(self, prices: Prices) -> dict[int, Venue]:
        """Return all markets to trade in, with their best levels."""
        found = {}
        for market in walk(self._lens.markets):
            price, terms = prices.get(market.base_asset_id, (0, 0))[0], market.terms
            lot = price * terms.atoms_per_lot * MARK_ONE // _PRICES_A_QUOTE_ATOM
            found[market.market_id] = Venue(
                market.market_id,
                terms.tick_value,
                terms.min_lots,
                terms.taker_ppm,
                lot // terms.tick_value,
                market.highest_bid_tick,
                market.lowest_ask_tick,
                self._levels(market.market_id, Side.BID),
                self._levels(market.market_id, Side.ASK),
            )
        for perp in walk(self._perp_lens.perps):
            found[perp.market_id] = Venue(
                perp.market_id,
                perp.terms.tick_value,
                perp.terms.min_lots,
                perp.terms.taker_ppm,
                perp.mark,
                perp.book.highest_bid_tick,
                perp.book.lowest_ask_tick,
                self._levels(perp.market_id, Side.BID),
                self._levels(perp.market_id, Side.ASK),
            )
        return found

    def _levels(self, market_id: int, side: Side) -> tuple[tuple[int, int], ...]:
        levels = self._lens.depth(market_id, side, 0, LEVELS).items
        return tuple((level.tick, level.lots) for level in levels)

    # ------------------------------------------------------------- what things cost, and do

    def native_atoms(self) -> int:
        """Return what a whole native token is worth [quote atoms]; 0 if it is not listed."""
        for asset in self._client.assets:
            if asset.is_wrapped_native:
                (found,) = self._lens.assets(asset.asset_id, 1).items
                atoms = _WEI // asset.units_per_atom
                return atoms * found.price // _PRICES_A_QUOTE_ATOM
        return 0

    def call(self, request: Request) -> bytes:
        """Return what a transaction would return now; raises the ContractError of a revert."""
        return self._client.raw.call(self._client.raw.calls.exchange, request.data)
