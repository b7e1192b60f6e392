"""Random actions on the books."""

from tests.differential.choices import Choices
from tests.differential.setting import HUGE_MARKET
from worldmarkets.model import OrderRequest, SelfTrade, Side, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.packed import pack_batch
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.records import Filled, Placed, Reduced, Removed
from worldmarkets.model.words import OrderId, lanes_in

FOREVER = 2**64 - 1


class OrderActions(Choices):
    """Placing, cancelling and changing orders."""

    def place(self) -> None:
        account = self.any_account()
        self.place_one(self.sender(account), account, self.order())

    def burst(self) -> None:
        """Many small orders at one tick: chunks are made, linked and reused."""
        account, market = self.any_account(), self.any_market()
        side, lots = self.random.choice(list(Side)), self.book(market).min_lots
        tick, terms = self.quiet_tick(market, side), self.terms()
        orders = [
            OrderRequest(
                market, side, tick, lots + self.random.randrange(3), Tif.POST_ONLY, 64, **terms
            )
            for _ in range(self.random.randrange(6, 20))
        ]
        act = self.random.choice([self.mirror.batch, self.mirror.batch_packed])
        self.follow(act, self.accounts[account], account, [], orders, FOREVER, False)

    def drop_tail(self) -> None:
        """Fill a level's last chunk behind others, cancel all of it, and place behind it."""
        account, market = self.any_account(), self.any_market()
        side, lots = self.random.choice(list(Side)), self.book(market).min_lots
        tick = self.quiet_tick(market, side)
        order = OrderRequest(market, side, tick, lots, Tif.POST_ONLY)
        sender = self.accounts[account]
        for _ in range(16):
            self.follow(self.mirror.place, sender, account, order)
            level = LevelQueue(self.mirror.model.state, market, tick).level
            if (
                level.tail_place == lanes_in(level.tail_chunk)
                and level.tail_chunk != level.head_chunk
            ):
                break
        for order_id in list(LevelQueue(self.mirror.model.state, market, tick).order_ids()):
            if order_id.chunk == level.tail_chunk:
                owner = self.live[order_id.pack()]
                self.follow(self.mirror.cancel, self.accounts[owner], owner, order_id.pack())
        self.follow(self.mirror.place, sender, account, order)

    def sweep(self) -> None:
        """Take whole levels."""
        account, market = self.any_account(), self.any_market()
        side = self.random.choice(list(Side))
        book = self.book(market)
        tick = book.lowest_ask if side == Side.ASK else book.highest_bid
        lots = self.random.choice([40, 200, 2_000])
        tif = self.random.choice([Tif.IMMEDIATE_OR_CANCEL, Tif.GOOD_TILL_CANCELLED])
        mode = self.random.choice(list(SelfTrade))
        fills = self.random.choice([1, 3, 20, 64])
        order = OrderRequest(market, side, tick, lots, tif, fills, mode)
        self.place_one(self.sender(account), account, order)

    def place_one(self, sender: str, account: int, order: OrderRequest) -> None:
        """Place an order, and count what it came to that no record says."""
        result = self.follow(self.mirror.place, sender, account, order)
        records = self.mirror.records()
        met = {r.order_id for r in records if isinstance(r, Filled | Removed | Reduced)}
        dropped = order.lots - result.filled_lots - result.resting_lots
        crosses = self.book(order.market_id).crosses(order.side == Side.ASK, order.tick)
        happened = self.mirror.happened
        happened["fills used up"] += bool(dropped and crosses and len(met) == order.max_fills)
        happened["decremented"] += any(isinstance(r, Reduced) for r in records)
        happened["client id without rest"] += any(
            isinstance(r, Placed) and not r.order_id for r in records
        )
        for record in records:
            if isinstance(record, Placed) and record.order_id:
                happened["slid"] += OrderId.unpack(record.order_id).tick != order.tick
                happened["cut to reduce"] += record.reduce_only and record.lots < order.lots
                happened["placed by an operator"] += record.by_operator

    def cancel(self) -> None:
        account, order_id = self.any_order()
        self.follow(self.mirror.cancel, self.sender(account), account, order_id)

    def cancel_many(self) -> None:
        account, order_id = self.any_order()
        others = [known for known, owner in self.live.items() if owner == account]
        order_ids = self.random.sample(others, min(len(others), self.random.randrange(20)))
        order_ids += [order_id] * self.random.choice([0, 0, 1, 1, 2])
        self.random.shuffle(order_ids)
        self.follow(self.mirror.cancel_many, self.sender(account), account, order_ids)

    def reduce(self) -> None:
        account, order_id = self.any_order()
        lots = self.random.choice([0, 1, 2, 3, 5, 19, 20, 21, 30, 2**40 - 1])
        self.follow(self.mirror.reduce, self.sender(account), account, order_id, lots)

    def amend(self) -> None:
        account, order_id = self.any_order()
        lane = self.lane(order_id)
        order = self.order() if lane is None or self.chance(0.1) else self.like(order_id, lane)
        arguments = (self.sender(account), account, order_id, order)
        result = self.follow(self.mirror.amend, *arguments)
        same = result.order_id == order_id
        self.mirror.happened["amended in place" if same else "amended anew"] += 1

    def batch(self) -> None:
        account, order_id = self.any_order()
        others = [known for known, owner in self.live.items() if owner == account]
        cancels = self.random.sample(others, min(len(others), self.random.randrange(4)))
        if self.chance(0.2):
            cancels.append(order_id)
        places = [self.order() for _ in range(self.random.randrange(6))]
        deadline = self.mirror.model.time + self.random.choice([-1, 0, 10, 10, 10])
        all_or_none = self.chance(0.2)
        arguments = (self.sender(account), account, cancels, places, deadline, all_or_none)
        act = self.random.choice([self.mirror.batch, self.mirror.batch_packed])
        _, results = self.follow(act, *arguments)
        for order, result in zip(places, results, strict=True):
            if order.time_in_force == Tif.FILL_OR_KILL and not all_or_none:
                self.mirror.happened[f"whole or not in a batch: {result.refusal.name}"] += 1

    def malformed_batch(self) -> None:
        """A packed batch with a byte too few or too many, or with one changed."""
        account, order_id = self.any_order()
        places = [self.order() for _ in range(self.random.randrange(4))]
        packed = bytearray(pack_batch(account, [order_id], places))
        chance = self.random.random()
        if chance < 0.4:
            del packed[self.random.randrange(len(packed)) :]
        elif chance < 0.6:
            packed += b"\0"
        else:
            packed[self.random.randrange(8, len(packed))] ^= 1 << self.random.randrange(8)
        sender = self.sender(account)
        self.follow(lambda *_: self.mirror.send_packed(sender, bytes(packed)), sender, account)

    def wash(self) -> None:
        """In one batch rest an ask, sell the base it offers, and buy the own ask."""
        account, market = self.any_account(), self.any_market()
        book = self.book(market)
        ledger = self.mirror.model.state.load_raw(slots.ledger(account, market & 0xFF)) >> 160
        lots = min(max(ledger // book.atoms_per_lot, book.min_lots), 2**40 - 1)
        low, high = book.lowest_ask, book.highest_bid
        ioc, mode = Tif.IMMEDIATE_OR_CANCEL, self.random.choice(list(SelfTrade))
        places = [
            OrderRequest(market, Side.ASK, max(low, book.best_bid + 1), lots, Tif.POST_ONLY),
            OrderRequest(market, Side.ASK, low, lots, ioc, self.random.randrange(30)),
            OrderRequest(market, Side.BID, high, lots, ioc, self.random.randrange(30), mode),
        ]
        self.follow(self.mirror.batch, self.accounts[account], account, [], places, FOREVER, False)

    def sell_out(self) -> None:
        """Offer more than an account has of a base asset, reduce-only: it is cut to that."""
        account, market = self.any_account(), self.any_market()
        tick = self.quiet_tick(market, Side.ASK)
        tif = self.random.choice([Tif.POST_ONLY, Tif.POST_ONLY_SLIDE, Tif.FILL_OR_KILL])
        order = OrderRequest(market, Side.ASK, tick, 2**40 - 1, tif, reduce_only=True)
        self.place_one(self.sender(account), account, order)

    def open_too_much(self) -> None:
        """An order of so many atoms that no word counts them."""
        account, lots = self.any_account(), self.random.choice([2**16, 2**17])
        side = self.random.choice(list(Side))
        order = OrderRequest(HUGE_MARKET, side, self.quiet_tick(HUGE_MARKET, side), lots)
        self.place_one(self.accounts[account], account, order)

    def collector_places(self) -> None:
        """Trade a further asset with an account that uses all an account may."""
        order, sender = self.order(), self.accounts[self.collector]
        self.follow(self.mirror.place, sender, self.collector, order)
