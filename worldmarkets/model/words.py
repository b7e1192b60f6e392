"""Every storage word of the exchange, unpacked; layouts and names of contracts/types."""

from dataclasses import dataclass, replace

from worldmarkets.model.packing import Word, bits

NO_BID = 0
"""Best bid of a book without bids: below every tick."""
NO_ASK = 2**24 - 1
"""Best ask of a book without asks: above every tick."""
MAX_TICK = 255**3 - 1
"""The highest tick; tick 0 is no price."""
MAX_LIVE = 2**16 - 1
"""The most live orders a level holds."""
OWN_LANES = 4
"""Lanes in a level's own chunk, chunk 0."""
POOL_LANES = 6
"""Lanes in a chunk of the pool."""
MAX_HELD_ATOMS = 2**79 - 1
"""The most atoms of one asset that the exchange holds, of all accounts together."""
MAX_OPEN_ATOMS = 2**76 - 1
"""The most atoms an account's open orders of one side and asset may add up to."""
SPOT = 1
"""Kind of a spot market."""
PERP = 2
"""Kind of a perp market."""
TAG_MASK = 2**12 - 1
"""The bits of a client id that a resting order keeps."""
SECONDS_A_DAY = 86_400
SECONDS_AN_HOUR = 3_600


@dataclass(frozen=True)
class RegistryWord(Word):
    """Counters of the exchange and the insurance fund's share of fees [ppm]."""

    accounts: int = bits(0, 32)
    assets: int = bits(32, 8)
    insurance_ppm: int = bits(40, 20)


@dataclass(frozen=True)
class AccountWord(Word):
    """Owner of an account, its state, and bitmaps of the assets and perps it uses.

    `live` while its orders may rest; `flagged` while it is liquidated; `protected` if it has or had
    a bond or an active line; `owes` while it owes claims of the funds or drawn lines.
    """

    owner: int = bits(0, 160)
    live: int = bits(162, 1)
    flagged: int = bits(163, 1)
    protected: int = bits(164, 1)
    owes: int = bits(165, 1)
    assets: int = bits(168, 44)
    perps: int = bits(212, 44)


@dataclass(frozen=True)
class LedgerWord(Word):
    """What an account has of an asset, and what its open orders would move [atoms].

    A balance is custody in atoms, if `lent` in supply shares of the pool, if negative in borrow
    shares. `touched` keeps a word that was used once from ever being zero again.
    """

    open_bids: int = bits(0, 76)
    open_asks: int = bits(76, 76)
    lent: int = bits(152, 1)
    frozen: int = bits(153, 1)
    touched: int = bits(154, 1)
    balance: int = bits(160, 96, signed=True)


@dataclass(frozen=True)
class CashWord(Word):
    """The ledger word of the quote asset: no market's base, so it has budget instead of totals.

    `loss` is what executions by operators have lost on `day` (of UTC, since 1970), `budget` the
    most they may lose in a day [quote atoms].
    """

    loss: int = bits(0, 64)
    budget: int = bits(64, 64)
    day: int = bits(128, 24)
    lent: int = bits(152, 1)
    frozen: int = bits(153, 1)
    touched: int = bits(154, 1)
    balance: int = bits(160, 96, signed=True)

    def loss_at(self, time: int) -> int:
        """Return what has been lost since the day of `time` [seconds] began [quote atoms]."""
        return self.loss if self.day == time // SECONDS_A_DAY else 0


@dataclass(frozen=True)
class OperatorWord(Word):
    """What an account allows an address, up to the second `expiry`; zero if it never did."""

    permissions: int = bits(0, 8)
    expiry: int = bits(8, 32)
    touched: int = bits(40, 1)


@dataclass(frozen=True)
class OutflowWord(Word):
    """Net outflow of an asset on `day` (of UTC, since 1970) and the day before [atoms].

    `limit_ppm` is the share of what is held that may leave in a day.
    """

    day: int = bits(0, 16)
    limit_ppm: int = bits(16, 20)
    yesterday: int = bits(96, 80, signed=True)
    today: int = bits(176, 80, signed=True)


@dataclass(frozen=True)
class SeasonWord(Word):
    """When an account deposited what it has of an asset, withdrawals taken off [atoms].

    `today` and `yesterday` are seen from `day` (of UTC, since 1970); `seasoned` is all before.
    """

    day: int = bits(0, 16)
    today: int = bits(16, 80)
    yesterday: int = bits(96, 80)
    seasoned: int = bits(176, 80)


@dataclass(frozen=True)
class TokenWord(Word):
    """The token behind an asset."""

    token: int = bits(0, 160)
    units_per_atom: int = bits(160, 64)
    decimals: int = bits(224, 8)


@dataclass(frozen=True)
class FeedWord(Word):
    """Where an asset's price comes from, and a price that waits for its confirmation.

    The price is in 1e-18 dollars an atom, 0 if there is none; its time in seconds.
    """

    feed: int = bits(0, 160)
    pending_price: int = bits(160, 64)
    pending_time: int = bits(224, 32)


@dataclass(frozen=True)
class UnderlyingWord(Word):
    """Price and risk of an asset; prices in 1e-18 dollars an atom, time in seconds.

    Beta is in thousandths, the other risk parameters and the confidence in basis points, depth in
    10,000 dollars. `unconfirmed` while a price that has jumped waits for a second report;
    `lendable` once the asset's lending pool is open.
    """

    price: int = bits(0, 64)
    slow_price: int = bits(64, 64)
    confidence_bps: int = bits(128, 14)
    time: int = bits(142, 32)
    beta_milli: int = bits(174, 12)
    iota_bps: int = bits(186, 14)
    basis_bps: int = bits(200, 12)
    spot_exit_bps: int = bits(212, 12)
    perp_exit_bps: int = bits(224, 12)
    depth: int = bits(236, 16)
    unconfirmed: int = bits(252, 1)
    lendable: int = bits(253, 1)


@dataclass(frozen=True)
class RiskWord(Word):
    """The part of ATLAS that is the same for all assets.

    Sigma and the quote token's price in basis points (0 before the first), levels in percent.
    `lendable` once the quote asset's lending pool is open.
    """

    sigma_bps: int = bits(0, 12)
    end_percent: int = bits(12, 7)
    maintenance_percent: int = bits(19, 7)
    peg_bps: int = bits(26, 16)
    peg_time: int = bits(42, 32)
    lendable: int = bits(74, 1)


@dataclass(frozen=True)
class RampWord(Word):
    """When an asset was listed, and when its risk was changed last, 0 for never [seconds]."""

    listed_at: int = bits(0, 32)
    changed_at: int = bits(32, 32)


@dataclass(frozen=True)
class PoolIndexWord(Word):
    """What a share of a lending pool is worth [1e-18 atoms], as of `time`, and how that grows.

    `rate` is what borrowing costs since then [1e-16 a second], `rate_at_target` what it would cost
    at the target utilisation [1e-18 a second].
    """

    supply_index: int = bits(0, 76)
    borrow_index: int = bits(76, 76)
    time: int = bits(152, 32)
    rate: int = bits(184, 32)
    rate_at_target: int = bits(216, 40)


@dataclass(frozen=True)
class PoolTotalsWord(Word):
    """What a lending pool has and owes: shares, and cash that is not borrowed [atoms]."""

    supply_shares: int = bits(0, 80)
    borrow_shares: int = bits(80, 80)
    cash: int = bits(160, 80)
    reserve_permille: int = bits(240, 10)
    touched: int = bits(250, 1)


@dataclass(frozen=True)
class PoolTermsWord(Word):
    """How much may be lent to a pool and borrowed from it: caps [atoms], shares in thousandths.

    `window` is what was borrowed lately [2^-32 of supply], as of `window_time`.
    """

    supply_cap: int = bits(0, 80)
    borrow_cap: int = bits(80, 80)
    ceiling_permille: int = bits(160, 10)
    hourly_permille: int = bits(170, 10)
    window: int = bits(192, 32)
    window_time: int = bits(224, 32)


@dataclass(frozen=True)
class ConfigWord(Word):
    """The terms of a market that no order reads; all after the band are of a perp alone.

    The notional whose price is the impact price is in dollars; the cap of the funding rate, the
    interest in it and the clamp are in 1e-8 per 8 hours.
    """

    base: int = bits(0, 16)
    kind: int = bits(16, 4)
    band_bps: int = bits(20, 12)
    atoms_per_lot: int = bits(32, 64)
    impact_notional: int = bits(96, 32)
    mark_band_bps: int = bits(128, 12)
    funding_cap: int = bits(140, 24)
    interest: int = bits(164, 24)
    clamp: int = bits(188, 24)


@dataclass(frozen=True)
class BookWord(Word):
    """All that placing an order reads of a market.

    `highest_bid` and `lowest_ask` are the limits of the price band, 0 before the first price;
    `pause_hour` is the hour since 1970 at which a pause of new risk ends. While `unconfirmed` the
    limits reach to two prices, of which one waits for a second report. Where a spot market has the
    atoms a lot, a perp, whose open totals are lots, has its flat margin.
    """

    best_bid: int = bits(0, 24)
    best_ask: int = bits(24, 24)
    highest_bid: int = bits(48, 24)
    lowest_ask: int = bits(72, 24)
    min_lots: int = bits(96, 24)
    tick_value: int = bits(120, 32)
    atoms_per_lot: int = bits(152, 64)
    maker_ppm: int = bits(216, 16, signed=True)
    pause_hour: int = bits(232, 23)
    unconfirmed: int = bits(255, 1)

    @property
    def paused_until(self) -> int:
        """When the pause of new risk ends, or ended [seconds]."""
        return self.pause_hour * SECONDS_AN_HOUR

    @property
    def flat_until(self) -> int:
        """Last second at which the flat margin of a perp counts, 0 if it does not."""
        return self.atoms_per_lot % 2**32

    @property
    def flat_bps(self) -> int:
        """Rate of the flat margin of a perp [basis points]."""
        return self.atoms_per_lot >> 32 & 0xFFFF

    @property
    def flat_limit(self) -> int:
        """Up to what worth of a position it counts [10,000 dollars]."""
        return self.atoms_per_lot >> 48

    def with_flat_margin(self, until: int, bps: int, limit: int) -> "BookWord":
        """Return the word of a perp with another flat margin."""
        return replace(self, atoms_per_lot=until | bps << 32 | limit << 48)

    def best(self, is_ask: bool) -> int:
        """Return the best tick of one side, NO_BID or NO_ASK if there is none."""
        return self.best_ask if is_ask else self.best_bid

    def crosses(self, is_ask: bool, tick: int) -> bool:
        """Return whether an order at `tick` would trade."""
        return self.best_bid >= tick if is_ask else self.best_ask <= tick

    def band_limit(self, is_ask: bool) -> int:
        """Return the lowest tick of an ask or the highest of a bid; 0 before the first price."""
        return self.lowest_ask if is_ask else self.highest_bid

    def outside_band(self, is_ask: bool, tick: int) -> bool:
        """Return whether `tick` is beyond the band on the side that loses its owner money."""
        return tick < self.lowest_ask if is_ask else tick > self.highest_bid


@dataclass(frozen=True)
class TapeWord(Word):
    """What trades change in a market: last tick, fees not yet split, number of fills.

    Of a perp also the lots that are held long, and the most there may be.
    """

    last: int = bits(0, 24)
    open_interest: int = bits(24, 40)
    fees: int = bits(80, 80)
    sequence: int = bits(160, 40)
    taker_ppm: int = bits(200, 16, signed=True)
    touched: int = bits(216, 1)
    open_interest_cap: int = bits(217, 39)


@dataclass(frozen=True)
class LevelWord(Word):
    """The queue at one tick. `tail_live` is 0 while head and tail are the same chunk.

    `generation` is that of the tail chunk; it grows with every chunk the level starts.
    """

    head_chunk: int = bits(0, 32)
    tail_chunk: int = bits(32, 32)
    head_live: int = bits(64, 8)
    tail_live: int = bits(72, 8)
    tail_place: int = bits(80, 4)
    live: int = bits(84, 16)
    lots: int = bits(100, 56)
    generation: int = bits(156, 48)
    head_generation: int = bits(204, 48)


@dataclass(frozen=True)
class ChunkHeader(Word):
    """Where a chunk stands; the own chunk uses only `next`, `live` counts between head and tail."""

    next: int = bits(0, 32)
    previous: int = bits(32, 32)
    live: int = bits(64, 8)
    tick: int = bits(72, 24)
    generation: int = bits(96, 48)


@dataclass(frozen=True)
class Lane(Word):
    """A resting order, half a storage word; `tag` are the low bits of its client id."""

    account: int = bits(0, 32)
    lots: int = bits(32, 40)
    expiry: int = bits(72, 32)
    owner_hash: int = bits(104, 8)
    is_ask: int = bits(112, 1)
    reduce_only: int = bits(113, 1)
    by_operator: int = bits(114, 1)
    tag: int = bits(116, 12)


@dataclass(frozen=True)
class OrderTerms(Word):
    """How an order behaves beyond its market, side, price and size; half of it as in a lane."""

    time_in_force: int = bits(0, 3)
    self_trade: int = bits(3, 2)
    expiry: int = bits(72, 32)
    reduce_only: int = bits(113, 1)
    client_id: int = bits(116, 64)

    @property
    def tag(self) -> int:
        """The bits of the client id that a resting order keeps."""
        return self.client_id & TAG_MASK


@dataclass(frozen=True)
class PoolWord(Word):
    """The free chunks of a market: the first one, and how many were made."""

    free: int = bits(0, 32)
    made: int = bits(32, 32)


@dataclass(frozen=True)
class OrderId(Word):
    """Where an order is, and in which life of that place: never valid twice."""

    generation: int = bits(0, 48)
    place: int = bits(48, 8)
    chunk: int = bits(56, 32)
    tick: int = bits(88, 24)
    market: int = bits(112, 16)


def spot_market(base_asset: int) -> int:
    """Return the id of the spot market of an asset."""
    return SPOT << 8 | base_asset


def perp_market(base_asset: int) -> int:
    """Return the id of the perp market of an asset."""
    return PERP << 8 | base_asset


def is_perp(market_id: int) -> bool:
    """Return whether an id is that of a perp market, listed or not."""
    return market_id >> 8 == PERP


def base_of(market_id: int) -> int:
    """Return the base asset of a market."""
    return market_id & 0xFF


def lanes_in(chunk: int) -> int:
    """Return how many lanes a chunk has."""
    return POOL_LANES if chunk else OWN_LANES


def lane_of(pair: int, place: int) -> Lane:
    """Return the lane at `place` from the storage word that holds it."""
    return Lane.unpack(pair >> 128 * (place & 1) & (1 << 128) - 1)


def pair_with(pair: int, place: int, lane: Lane) -> int:
    """Return the storage word `pair` with the lane at `place` replaced."""
    shift = 128 * (place & 1)
    return pair & ~((1 << 128) - 1 << shift) | lane.pack() << shift
