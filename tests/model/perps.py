"""A model with a spot market and a perp of one asset, without any chain."""

from dataclasses import replace

from tests.model.setting import EXCHANGE, LISTER, MARKET, QUOTE, WETH, make_exchange, set_price
from tests.support.system import DOLLAR
from worldmarkets.model import Exchange, OrderRequest, OrderResult, Side, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.interface import AssetRiskTerms, MarketRiskTerms, PerpTerms, PoolTerms
from worldmarkets.model.invariants import audit
from worldmarkets.model.liquidation.invariants import known_lines
from worldmarkets.model.liquidation.moves import PAUSE
from worldmarkets.model.outside import UNLIMITED
from worldmarkets.model.packing import Word
from worldmarkets.model.perp_words import Q24, MarkWord, PerpPoolWord, PositionWord, SampleWord
from worldmarkets.model.perps.invariants import check_positions, perp_sums
from worldmarkets.model.reading import ReadWords, WordReader
from worldmarkets.model.words import BookWord, LedgerWord, TapeWord

PERP_MARKET = 513
TICK = 20_000
"""The index: a lot of 0.001 at 2,000 dollars costs 20,000 ticks of 100 quote atoms."""
LOT_ATOMS = 2_000_000
"""A lot at the index [quote atoms]."""
TERMS = PerpTerms(
    tick_value=100,
    atoms_per_lot=100_000,
    min_lots=1,
    taker_ppm=0,
    maker_ppm=0,
    band_bps=500,
    open_interest_cap_lots=2**30,
    position_cap_lots=2**24,
    impact_notional=20_000,
    mark_band_bps=300,
    funding_cap=4_000_000,
    interest=10_000,
    clamp=50_000,
)
FEES = replace(TERMS, taker_ppm=350, maker_ppm=-100)
RISK = AssetRiskTerms(1_000, 300, 100, 50, 50)
"""Exits of 0.5 %, a shock of 3 % of the market and 3 % of its own; half a percent of basis."""


def make_perps(terms: PerpTerms = TERMS, price: int = 2_000 * DOLLAR) -> Exchange:
    """An exchange with a spot market and a perp, and risk parameters of majors."""
    exchange = make_exchange(price=price)
    exchange.set_asset_risk(LISTER, 1, RISK)
    exchange.set_market_risk(LISTER, MarketRiskTerms(300))
    exchange.list_perp_market(LISTER, 1, terms)
    return exchange


def open_pool(exchange: Exchange, asset: int = 0, atoms: int = 10**13) -> None:
    """Open a lending pool, into which somebody lends."""
    exchange.set_pool_terms(LISTER, asset, PoolTerms(2**79 - 1, 2**79 - 1, 999, 999))
    lender = fund(exchange, 0x99, 0)
    address = (QUOTE, WETH)[asset]
    units = atoms * (10**12, 10**10)[asset]
    exchange.tokens[address].draw(0x99, units)
    exchange.tokens[address].approve(0x99, EXCHANGE, UNLIMITED)
    exchange.deposit(0x99, lender, asset, units)
    exchange.set_lent(0x99, lender, asset, True)


def fund(exchange: Exchange, owner: int, dollars: int) -> int:
    """Make an account with so many dollars."""
    account = exchange.create_account(owner)
    token = exchange.tokens[QUOTE]
    token.draw(owner, dollars * 10**18)
    token.approve(owner, EXCHANGE, UNLIMITED)
    if dollars:
        exchange.deposit(owner, account, 0, dollars * 10**18)
    return account


def perp_order(side: Side, tick: int, lots: int, **terms: object) -> OrderRequest:
    """An order on the perp."""
    return OrderRequest(PERP_MARKET, side, tick, lots, **terms)  # type: ignore[arg-type]


def spot_order(side: Side, tick: int, lots: int, **terms: object) -> OrderRequest:
    """An order on the spot market."""
    return OrderRequest(MARKET, side, tick, lots, **terms)  # type: ignore[arg-type]


def trade(
    exchange: Exchange,
    buyer: tuple[int, int],
    seller: tuple[int, int],
    lots: int,
    tick: int = TICK,
) -> OrderResult:
    """Let (owner, account) buy of another; the seller rests."""
    exchange.place(*seller, perp_order(Side.ASK, tick, lots))
    bid = perp_order(Side.BID, tick, lots, time_in_force=Tif.IMMEDIATE_OR_CANCEL)
    return exchange.place(*buyer, bid)


def position(exchange: Exchange, account: int) -> PositionWord:
    return exchange.state.load(PositionWord, slots.position(account, 1))


def mark_word(exchange: Exchange) -> MarkWord:
    return exchange.state.load(MarkWord, slots.mark(PERP_MARKET))


def sample_word(exchange: Exchange) -> SampleWord:
    return exchange.state.load(SampleWord, slots.sample(PERP_MARKET))


def pool_word(exchange: Exchange) -> PerpPoolWord:
    return exchange.state.load(PerpPoolWord, slots.perp_pool(PERP_MARKET))


def tape_word(exchange: Exchange) -> TapeWord:
    return exchange.state.load(TapeWord, slots.tape(PERP_MARKET))


def book_word(exchange: Exchange) -> BookWord:
    return exchange.state.load(BookWord, slots.book(PERP_MARKET))


def cash_of(exchange: Exchange, account: int) -> int:
    """Quote balance in custody [atoms]."""
    return exchange.state.load(LedgerWord, slots.ledger(account, 0)).balance


def change(exchange: Exchange, kind: type[Word], slot: int, **changes: int) -> None:
    """Write fields of a word, whatever they were."""
    exchange.state.store(slot, replace(exchange.state.load(kind, slot), **changes))


def jump(exchange: Exchange, dollars: int) -> None:
    """Let a second pass and the price be so many dollars."""
    exchange.time += 1
    set_price(exchange, dollars * DOLLAR)


def move(exchange: Exchange, dollars: int) -> None:
    """Let a second pass, the price be so many dollars, and the pause after a fast move end."""
    jump(exchange, dollars)
    exchange.time += PAUSE


def leave_shortfall(exchange: Exchange, account: int, atoms: int) -> None:
    """Forgive an account a loss that nobody pays, as the recognition of a deficit would."""
    word, units = position(exchange, account), atoms * Q24 // 100
    change(exchange, PositionWord, slots.position(account, 1), cash=word.cash + units)
    change(exchange, PerpPoolWord, slots.perp_pool(PERP_MARKET), shortfall=atoms)


def accounts_of(exchange: Exchange) -> list[int]:
    count = exchange.state.load_raw(slots.registry()) & 0xFFFFFFFF
    return list(range(1, count + 1))


def reader_words(exchange: Exchange) -> ReadWords:
    return lambda wanted: [exchange.state.load_raw(slot) for slot in wanted]


def reader_of(exchange: Exchange) -> WordReader:
    return WordReader(reader_words(exchange), exchange.time)


def assert_sound(exchange: Exchange, roundings: int = 10_000) -> None:
    """SOLV-1, SOLV-2, BOOK-1, BOOK-4, FUND-1, LEND-1, LIQ-3 and use hold."""
    held = {
        asset: exchange.tokens[token].balance_of(EXCHANGE)
        for asset, token in enumerate((QUOTE, WETH))
    }
    accounts, reader = accounts_of(exchange), reader_of(exchange)
    read = reader_words(exchange)
    lines = known_lines(exchange.state)
    found = audit(read, [MARKET, PERP_MARKET], accounts, held, time=exchange.time, lines=lines)
    found += check_positions(perp_sums(reader, PERP_MARKET, accounts), roundings)
    assert found == []
