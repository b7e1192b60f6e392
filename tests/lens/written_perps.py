"""Perps and positions made of nothing but their words, in an exchange and in the model at once."""

from dataclasses import dataclass, field, replace

from tests.support.system import System
from worldmarkets.model import slots
from worldmarkets.model.packing import Word
from worldmarkets.model.perp_words import (
    MarkWord,
    PerpPoolWord,
    PositionWord,
    SampleWord,
    code_of,
)
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    NO_ASK,
    AccountWord,
    BookWord,
    ConfigWord,
    LedgerWord,
    RegistryWord,
    TapeWord,
    UnderlyingWord,
    perp_market,
)

ETH_PERP = 513
BTC_PERP = 514
TICK_VALUE = 100
ATOMS_PER_LOT = 100_000
"""Of a lot of asset 1: 0.001 WETH; a tick is 0.10 dollars."""
Q24 = 2**24
Q40 = 2**40
OWNER = 0xABCDE
CAP_LOTS = 11 * 2**20
CONFIG = ConfigWord(
    base=1,
    kind=2,
    band_bps=500,
    atoms_per_lot=ATOMS_PER_LOT,
    impact_notional=20_000,
    mark_band_bps=300,
    funding_cap=4_000_000,
    interest=10_000,
    clamp=50_000,
)


@dataclass
class WrittenPerps:
    """Writes words into the storage of a system's exchange and into a state of the model."""

    system: System
    state: State = field(default_factory=State)

    def write(self, slot: int, word: Word) -> None:
        self.system.backend.set_word(self.system.exchange, slot, word.pack())
        self.state.store(slot, word)

    def list_perp(self, asset: int = 1, mark: MarkWord | None = None) -> int:
        """List the perp of an asset: an empty book, and a mark of 20,000 ticks."""
        market = perp_market(asset)
        self.write(slots.config(market), replace(CONFIG, base=asset))
        book = BookWord(best_ask=NO_ASK, min_lots=3, tick_value=TICK_VALUE, maker_ppm=-100)
        self.write(slots.book(market), book)
        tape = TapeWord(taker_ppm=350, touched=1, open_interest_cap=2**39 - 1)
        self.write(slots.tape(market), tape)
        self.write(slots.mark(market), mark or self.mark(20_000 * Q24))
        self.write(slots.sample(market), SampleWord())
        self.write(slots.perp_pool(market), PerpPoolWord(touched=1))
        return market

    def mark(self, mark: int, funding: int = 0, rate: int = 0, age: int = 0) -> MarkWord:
        """A mark word of so many seconds ago, whose rate holds for 300 seconds from then."""
        time = self.system.backend.time - age
        code = code_of(CAP_LOTS)
        assert code is not None
        return MarkWord(mark, funding, rate, time, time + 300, TICK_VALUE, code)

    def account(self, account: int, *assets: int, cash: int = 0, lent: int = 0) -> None:
        """An account that uses the perps of some assets and has quote atoms, or shares."""
        perps = sum(1 << asset for asset in assets)
        self.write(slots.account(account), AccountWord(owner=OWNER, assets=1, perps=perps))
        self.write(slots.ledger(account, 0), LedgerWord(balance=cash, lent=lent, touched=1))
        registry = RegistryWord.unpack(self.system.read_word(slots.registry()))
        self.write(slots.registry(), replace(registry, accounts=max(account, registry.accounts)))

    def position(self, account: int, asset: int, word: PositionWord) -> None:
        self.write(slots.position(account, asset), word)

    def price(self, asset: int, price: int) -> None:
        """Set the price of an atom [1e-18 dollars]."""
        self.write(slots.underlying(asset), UnderlyingWord(price=price))
