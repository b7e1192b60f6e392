"""Seeded random actions of traders of perps, who also lend, borrow and trade spot."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.differential.lending_flow import DAY, OPERATOR, USERS, LendingFlow
from tests.support.backend import user_address
from tests.support.mirror import Mirror
from tests.support.system import (
    ADMIN,
    BTC_MARKET,
    BTC_PERP,
    BTC_PERP_TERMS,
    ETH_MARKET,
    ETH_PERP,
    ETH_PERP_TERMS,
    GUARDIAN,
)
from worldmarkets.atlas.margin import equity, initial_requirement
from worldmarkets.model import OrderRequest, SelfTrade, Side, holdings, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.interface import MarginChange, PerpTerms
from worldmarkets.model.perp_words import Q24, MarkWord, PerpPoolWord, PositionWord, SampleWord
from worldmarkets.model.perps import positions
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.records import Filled, Placed, Removed
from worldmarkets.model.risk import market_risk
from worldmarkets.model.words import NO_ASK, NO_BID, BookWord, OrderId, base_of, is_perp

STRANGER, WHALE = user_address(37), user_address(38)
PERPS = (ETH_PERP, BTC_PERP)
SPOTS = (ETH_MARKET, BTC_MARKET)
ROOM = {ETH_PERP: (200_000, 2**17), BTC_PERP: (3_000_000, 2**21)}
"""Caps on open interest and on a position [lots]."""
LOTS = {ETH_PERP: (1, 1_000, 5_000, 20_000, 60_000), BTC_PERP: (20, 9_999, 200_000, 600_000)}
TERMS = {
    1: replace(ETH_PERP_TERMS, open_interest_cap_lots=200_000, position_cap_lots=2**17),
    2: replace(BTC_PERP_TERMS, open_interest_cap_lots=3_000_000, position_cap_lots=2**21),
}
FOREVER = 2**60


class PerpFlow(LendingFlow):
    """Every action runs on model and chain and is compared."""

    def __init__(self, mirror: Mirror, seed: str) -> None:
        super().__init__(mirror, seed)
        self.can_tamper = hasattr(mirror.system.backend, "set_word")
        self.live: dict[int, int] = {}
        for asset, terms in TERMS.items():
            self.mirror.list_perp_market(ADMIN, asset, terms)
        funds = {0: 10**6 * 10**18, 1: 10**18, 2: 10**8}
        self.whale = self.mirror.new_user(WHALE, funds)
        self.actions += [
            (30, self.place),
            (20, self.quote),
            (30, self.hit),
            (16, self.flip),
            (10, self.refill),
            (20, self.refresh),
            (8, self.cancel),
            (8, self.amend),
            (4, self.reduce),
            (14, self.poke_markets),
            (14, self.settle),
            (5, self.settle_on_credit),
            (2, self.press),
            (5, self.limit),
            (6, self.squeeze),
            (4, self.leave_shortfall),
            (3, self.open_isolated),
            (4, self.deactivate_market),
            (3, self.collect_fees),
            (2, self.idle),
            (1, self.list_again),
            (1, self.pause),
            (5, self.resume),
        ]

    # --------------------------------------------------------------- orders

    def place(self) -> None:
        account, owner = self.any_account()
        sender = self.random.choice([owner, owner, owner, OPERATOR])
        self.follow(self.mirror.place, sender, account, self.order())

    def batch(self) -> None:
        """Cancels and orders of both kinds of markets, typed or packed."""
        account, owner = self.any_account()
        own = [order for order, known in self.live.items() if known == account]
        cancels = self.random.sample(own, min(len(own), self.random.randrange(4)))
        orders = [self.order() for _ in range(self.random.randrange(5))]
        act, deadline = self.mirror.batch, FOREVER
        if self.random.random() < 0.5:
            act, deadline = self.mirror.batch_packed, 2**32 - 1
        all_or_none = self.random.random() < 0.2
        sender = self.random.choice([owner, owner, OPERATOR])
        self.follow(act, sender, account, cancels, orders, deadline, all_or_none)

    def order(self) -> OrderRequest:
        """An order of a perp around the mark, at times at the edges of the band; or a spot one."""
        if self.random.random() < 0.3:
            return super().order()
        market, side = self.random.choice(PERPS), self.random.choice(list(Side))
        away = self.random.choice([0, 0, 1, 2, 5, 10, 30, 48])
        tick = self.mark(market).mark // Q24
        tick += tick * self.random.choice([away, -away]) // 1_000
        tif = self.random.choice([Tif.GOOD_TILL_CANCELLED] * 4 + list(Tif))
        mode, now = self.random.choice(list(SelfTrade)), self.mirror.model.time
        expiry = self.random.choice([0] * 8 + [now - 1, now + 20, now + 20, now + 5_000])
        terms = (mode, expiry, self.random.random() < 0.1, self.random.choice([0, 0, 2**64 - 1]))
        fills = self.random.choice([1, 5, 64, 64])
        lots = self.random.choice(LOTS[market])
        return OrderRequest(market, side, tick, lots, tif, fills, *terms)

    def quote(self) -> None:
        """Quote both sides of a perp in one batch, in lots that leave room for more."""
        account, owner = self.any_account()
        market = self.random.choice(PERPS)
        middle, tenth = self.mark(market).mark // Q24, self.mark(market).mark // Q24 // 1_000
        lots = self.random.choice(LOTS[market][:3]) * self.random.choice([1, 1, 2])
        orders = [
            OrderRequest(market, side, middle + sign * self.random.randint(-1, 8) * tenth, lots)
            for side, sign in ((Side.BID, -1), (Side.ASK, 1)) * 2
        ]
        self.follow(self.mirror.batch, owner, account, [], orders, FOREVER, False)

    def hit(self) -> None:
        """Take what the best quote of a perp offers, or a part of it, or nearly all."""
        account, owner = self.any_account()
        market, side = self.random.choice(PERPS), self.random.choice(list(Side))
        book = self.book(market)
        tick = book.best_ask if side == Side.BID else book.best_bid
        if tick in (NO_BID, NO_ASK):
            return
        level = LevelQueue(self.mirror.model.state, market, tick).level
        part = self.random.choice([level.lots, level.lots - 1, level.lots // 2, 3 * level.lots])
        tif = self.random.choice([Tif.IMMEDIATE_OR_CANCEL, Tif.GOOD_TILL_CANCELLED])
        order = OrderRequest(market, side, tick, max(1, part), tif, self.random.choice([2, 64]))
        self.follow(self.mirror.place, self.random.choice([owner, OPERATOR]), account, order)

    def refill(self) -> None:
        """Bring an account back to wealth."""
        account, owner = self.any_account()
        units = self.random.choice([10**20, 10**22])
        self.mirror.deposit(owner, account, 0, units)

    def refresh(self) -> None:
        """Report the prices once more."""
        self.mirror.set_time(self.mirror.model.time + self.random.choice([0, 1, 3]))
        self.report()

    def sweep(self) -> None:
        account, owner = self.any_account()
        market, side = self.random.choice([*SPOTS, *PERPS]), self.random.choice(list(Side))
        self.take(owner, account, market, side, 10**6)

    def flip(self) -> None:
        """Trade a position through zero, or close it, by whatever there is.

        At times an order rests before that would have reduced it.
        """
        account, owner = self.any_account()
        market = self.random.choice(PERPS)
        size = self.position(account, market).size
        side = Side.ASK if size > 0 else Side.BID
        lots = max(20, abs(size) * self.random.choice([1, 1, 2, 3]))
        if self.random.random() < 0.5:
            tick, tif = self.mark(market).mark // Q24, Tif.POST_ONLY_SLIDE
            rests = OrderRequest(market, side, tick, lots, tif, reduce_only=True)
            self._attempt(lambda: self.follow(self.mirror.place, owner, account, rests))
        self.take(owner, account, market, side, lots, reduce_only=self.random.random() < 0.2)

    def take(
        self, owner: str, account: int, market: int, side: Side, lots: int, **terms: Any
    ) -> None:
        """Take what there is down to the end of the band."""
        book = self.book(market)
        tick = book.lowest_ask if side == Side.ASK else book.highest_bid
        order = OrderRequest(market, side, tick, lots, Tif.IMMEDIATE_OR_CANCEL, **terms)
        before = self.position(account, market).size if is_perp(market) else 0
        self.follow(self.mirror.place, owner, account, order)
        after = self.position(account, market).size if is_perp(market) else 0
        self.mirror.happened["through zero"] += before * after < 0
        self.mirror.happened["closed"] += before != 0 and after == 0

    def cancel(self) -> None:
        if self.live:
            order_id, account = self.random.choice(list(self.live.items()))
            sender = self.random.choice([self.owner(account), self.owner(account), OPERATOR])
            self.follow(self.mirror.cancel, sender, account, order_id)

    def reduce(self) -> None:
        if self.live:
            order_id, account = self.random.choice(list(self.live.items()))
            lots = self.random.choice([1, 20, 999, 10_000])
            self.follow(self.mirror.reduce, self.owner(account), account, order_id, lots)

    def amend(self) -> None:
        """Give a resting order other terms, or only fewer lots."""
        if not self.live:
            return
        order_id, account = self.random.choice(list(self.live.items()))
        where, order = OrderId.unpack(order_id), self.order()
        lane = LevelQueue(self.mirror.model.state, where.market, where.tick).find(where)
        if lane is not None and self.random.random() < 0.5:
            terms = {"expiry": lane.expiry, "reduce_only": bool(lane.reduce_only)}
            fewer = max(1, lane.lots * self.random.choice([1, 2, 3]) // 2)
            side = Side(lane.is_ask)
            order = OrderRequest(where.market, side, where.tick, fewer, **terms)  # type: ignore[arg-type]
        self.follow(self.mirror.amend, self.owner(account), account, order_id, order)

    def open_isolated(self) -> None:
        """Open a position in an account of its own, which trades like any other from then on."""
        account, owner = self.any_account()
        sender = self.random.choice([owner] * 4 + [OPERATOR])
        atoms = self.random.choice([0, 10**9, 10**9, 10**12])
        opened, result = self.mirror.open_isolated(sender, account, atoms, self.order())
        if len(self.accounts) < 9:
            self.accounts[opened] = owner
            if result.order_id:
                self.live[result.order_id] = opened
        self.mirror.happened["opened isolated"] += 1

    def deactivate_market(self) -> None:
        account, owner = self.any_account()
        market = self.random.choice([*PERPS, *PERPS, ETH_MARKET])
        self.mirror.deactivate_market(owner, account, market)

    # --------------------------------------------------------------- settlement

    def settle(self) -> None:
        """By the owner or by anybody; of a random position, or of one that has made money."""
        account, owner = self.any_account()
        market = self.random.choice([*PERPS, *PERPS, *PERPS, *PERPS, ETH_MARKET, 600])
        if self.random.random() < 0.03:
            account = 10**6
        sender = self.random.choice([owner, STRANGER])
        atoms = self.mirror.settle(sender, account, market)
        pool = self.pool(market)
        self.mirror.happened["profit paid"] += atoms > 0
        self.mirror.happened["loss paid"] += atoms < 0
        short = "draw in a shortfall" if atoms > 0 else "loss in a shortfall"
        self.mirror.happened[short] += bool(atoms and pool.shortfall)
        unpaid = atoms < 0 and self.unsettled(account, market) < 0
        self.mirror.happened["loss paid in part"] += unpaid

    def settle_on_credit(self) -> None:
        account, owner = self.any_account()
        sender = self.random.choice([owner] * 5 + [OPERATOR])
        atoms = self.mirror.settle_on_credit(sender, account, self.random.choice(PERPS))
        self.mirror.happened["settled on credit"] += atoms < 0

    def squeeze(self) -> None:
        """Take out all the cash that settled equity lets go, or an atom more."""
        account, owner = self.any_account()
        state = self.mirror.model.state
        state.time = self.mirror.model.time
        held, shared = holdings.read(state, account), market_risk(state)
        views = [holdings.portfolio(state, held, slow=slow) for slow in (False, True)]
        free = min(equity(one, profits=False) - initial_requirement(one, shared) for one in views)
        atoms = max(1, free + self.random.choice([0, 1]))
        self.mirror.withdraw(owner, account, 0, atoms * 10**12, owner)
        self.mirror.happened["withdrew all that is free"] += atoms == free

    def leave_shortfall(self) -> None:
        """Forgive an account a part of a loss that nobody pays, as recognition would."""
        account, _ = self.any_account()
        market = self.random.choice(PERPS)
        lost = -self.unsettled(account, market)
        if lost <= 0 or not self.can_tamper:
            return
        position, pool = self.position(account, market), self.pool(market)
        atoms = self.random.choice([1, lost // 3, lost])
        units = positions.units_down(atoms, self.mark(market).tick_value)
        slot = slots.position(account, base_of(market))
        forgiven = replace(position, cash=position.cash + units, touched=1)
        self.mirror.tamper(slot, forgiven.pack())
        short = replace(pool, shortfall=pool.shortfall + atoms)
        self.mirror.tamper(slots.perp_pool(market), short.pack())

    def collect_fees(self) -> None:
        market = self.random.choice(PERPS)
        before = self.pool(market)
        self.mirror.collect_fees(STRANGER, market)
        repaid = self.pool(market).shortfall < before.shortfall
        self.mirror.happened["fees repaid a shortfall"] += repaid

    # --------------------------------------------------------------- marks

    def poke_markets(self) -> None:
        """Now or after a while; twice in a second now and then."""
        seconds = self.random.choice([0, 0, 0, 1, 1, 20, 299, 300, 301])
        self.mirror.set_time(self.mirror.model.time + seconds)
        choices = [[ETH_PERP], [BTC_PERP], list(PERPS), [ETH_PERP, ETH_PERP], [ETH_PERP, 600]]
        before = {market: self.samples(market) for market in PERPS}
        self.mirror.poke_markets(STRANGER, self.random.choice(choices))
        for market in PERPS:
            now = self.samples(market)
            same = (before[market].premium_a, before[market].span) == (now.premium_a, now.span)
            self.mirror.happened["sampled again"] += same and before[market] != now

    def press(self) -> None:
        """Quote one side alone, far from the index, for hours: funding comes to its cap."""
        self.mirror.set_time(self.mirror.model.time + 1)
        self.report()
        market, side = self.random.choice(PERPS), self.random.choice(list(Side))
        if self.random.random() < 0.7:
            self.clear_out(market)
        book = self.book(market)
        tick = book.lowest_ask if side == Side.ASK else book.highest_bid
        lots = 60_000 if market == ETH_PERP else 200_000
        order = OrderRequest(market, side, tick, lots)
        self._attempt(lambda: self.follow(self.mirror.place, WHALE, self.whale, order))
        for _ in range(self.random.choice([2, 40])):
            self.mirror.set_time(self.mirror.model.time + 300)
            self.mirror.poke_markets(STRANGER, [market])
        rate = self.mark(market).rate
        self.mirror.happened["rate at the cap"] += rate == ETH_PERP_TERMS.funding_cap
        self.mirror.happened["rate at the cap below"] += rate == -ETH_PERP_TERMS.funding_cap

    def clear_out(self, market: int) -> None:
        """Cancel all there is in a book."""
        for order_id, account in list(self.live.items()):
            if OrderId.unpack(order_id).market == market:
                self.follow(self.mirror.cancel, self.owner(account), account, order_id)

    def idle(self) -> None:
        """Nobody does anything for days; what rested may have expired, and prices are old."""
        days = self.random.choice([1, 1, 2, 30])
        self.mirror.set_time(self.mirror.model.time + days * DAY)
        if self.random.random() < 0.7:
            self.report()

    # --------------------------------------------------------------- limits and listing

    def limit(self) -> None:
        """Lower caps below what is there, or lift them again; or set what can not be."""
        market = self.random.choice(PERPS)
        lister = self.random.choice([ADMIN] * 9 + [STRANGER])
        room = ROOM[market]
        caps = [room] * 12 + [(room[0] // 64, room[1] // 64), (1, 8), (1, room[1])]
        caps += [(room[0] // 16, room[1]), (0, 8), (8, 0), (2**39, 8), (8, 17)]
        market = self.random.choice([market] * 9 + [600])
        self.mirror.set_perp_limits(lister, market, *self.random.choice(caps))

    def pause(self) -> None:
        """Let perps take no new risk for a while; orders that only reduce go on."""
        markets = self.random.choice([[ETH_PERP], list(PERPS)])
        self.mirror.pause_markets(GUARDIAN, markets, 1)

    def resume(self) -> None:
        self.mirror.resume_markets(GUARDIAN, PERPS)

    def list_again(self) -> None:
        changes: list[dict[str, int]] = [{}, {"impact_notional": 0}, {"mark_band_bps": 4_096}]
        changes += [{"clamp": 4_000_001}, {"open_interest_cap_lots": 0}, {"tick_value": 0}]
        terms: PerpTerms = replace(ETH_PERP_TERMS, **self.random.choice(changes))  # type: ignore[arg-type]
        asset = self.random.choice([0, 1, 1, 1, 77])
        self.mirror.list_perp_market(self.random.choice([ADMIN] * 4 + [STRANGER]), asset, terms)

    def preview(self) -> None:
        """Of spot legs in atoms and of perp legs in lots, at times more than anybody could have."""
        account, _ = self.any_account()
        changes = []
        for _ in range(self.random.randrange(4)):
            market = self.random.choice([0, 1, 2, *PERPS, *PERPS, *PERPS, 600])
            trade = self.random.choice([0, 10**3, -(10**5), 10**6])
            bids, asks = (self.random.choice([0, 10**3, 10**6]) for _ in range(2))
            reducing = self.random.choice([0, 0, 10**3])
            if self.random.random() < 0.03:
                trade = self.random.choice([2**40, -(2**40) - 1, 2**96 + 1])
            changes.append(MarginChange(market, trade, bids, asks, reducing))
        self.mirror.preview_margin(USERS[0], account, changes)
        self.mirror.happened["previewed perps"] += any(is_perp(one.asset_id) for one in changes)

    # --------------------------------------------------------------- following

    def follow(self, act: Callable[..., Any], sender: str, account: int, *arguments: Any) -> Any:
        """Act, and remember which orders are live."""
        result = act(sender, account, *arguments)
        for record in self.mirror.records():
            if isinstance(record, Placed) and record.order_id:
                self.live[record.order_id] = account
            elif isinstance(record, Removed) or (isinstance(record, Filled) and record.gone):
                self.live.pop(record.order_id, None)
            if isinstance(record, Filled):
                kind = "perp" if is_perp(OrderId.unpack(record.order_id).market) else "spot"
                self.mirror.happened[f"filled {kind}"] += 1
        return result

    def owner(self, account: int) -> str:
        return WHALE if account == self.whale else self.accounts.get(account, STRANGER)

    def book(self, market: int) -> BookWord:
        return self.mirror.model.state.load(BookWord, slots.book(market))

    def mark(self, market: int) -> MarkWord:
        return self.mirror.model.state.load(MarkWord, slots.mark(market))

    def samples(self, market: int) -> SampleWord:
        return self.mirror.model.state.load(SampleWord, slots.sample(market))

    def pool(self, market: int) -> PerpPoolWord:
        return self.mirror.model.state.load(PerpPoolWord, slots.perp_pool(market))

    def position(self, account: int, market: int) -> PositionWord:
        return positions.load(self.mirror.model.state, account, market)

    def unsettled(self, account: int, market: int) -> int:
        """What an account has made and not settled [quote atoms]."""
        state = self.mirror.model.state
        state.time = self.mirror.model.time
        units = positions.unsettled_now(state, account, market)
        return positions.atoms_down(units, self.mark(market).tick_value)
