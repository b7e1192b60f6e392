"""Marks, funding and settlement by the module alone, over words written for it."""

from typing import Any

import pytest
from eth_abi import decode
from hypothesis import given
from hypothesis import strategies as st

from tests.support.abi import Reverted, codec, creation_code
from tests.support.backend import user_address
from tests.support.bits import ceiling, pack
from tests.support.perp_formulas import (
    CONFIG,
    MARK,
    PARTS,
    POSITION,
    Q24,
    SAMPLE,
    averaged,
    common,
    deviation,
    funding_at,
    mark_at,
    rate_of,
)
from tests.support.pyrevm_backend import PyrevmBackend

ASSET = 1
MARKET = 2 << 8 | ASSET
OWNER, STRANGER = user_address(1), user_address(2)
ACCOUNT = 7
PRICE = 20 * 10**12
TICK_VALUE = 100
LOT = 100_000
INDEX = 20_000 * Q24
RATES = {"interest": 10_000, "clamp": 50_000, "funding_cap": 4_000_000}
TERMS = {
    "band_bps": 500,
    "atoms_per_lot": LOT,
    "impact_notional": 20_000,
    "mark_band_bps": 300,
    **RATES,
}
IMPACT_LOTS = 10_000
"""Lots worth 20,000 dollars at the price."""


def slot(region: int, key: int) -> int:
    return region << 64 | key


CONFIG_SLOT, BOOK_SLOT, MARK_SLOT, TAPE_SLOT, SAMPLE_SLOT, POOL_SLOT = (
    slot(region, MARKET) for region in (8, 9, 10, 16, 25, 26)
)
FEED_SLOT, UNDERLYING_SLOT = slot(6, ASSET), slot(7, ASSET)
POSITION_SLOT = slot(4, ACCOUNT << 8 | ASSET)
CASH_SLOT = slot(3, ACCOUNT << 8)


class Module:
    """The module with one perp listed, its words read and written by slot."""

    def __init__(self) -> None:
        self.backend = PyrevmBackend()
        # Refuses every call, as a failed check does.
        self.refusing = self.backend.deploy(OWNER, creation_code("PerpMathHarness"))
        self.codec = codec("PerpModule", "IExchange")
        self.start = self.backend.time
        self.use(user_address(99))

    def use(self, risk_engine: str) -> None:
        code = creation_code("PerpModule", risk_engine, self.refusing, self.refusing)
        self.address = self.backend.deploy(OWNER, code)
        rate = rate_of(0, interest=10_000, clamp=50_000, cap=4_000_000)
        mark = pack(MARK, mark=INDEX, rate=rate, time=self.start, tick_value=TICK_VALUE)
        words = {
            CONFIG_SLOT: ASSET | 2 << 16 | pack(CONFIG, **TERMS),
            BOOK_SLOT: (2**24 - 1) << 24 | 3 << 96 | TICK_VALUE << 120 | 1 << 152,
            MARK_SLOT: mark,
            TAPE_SLOT: 1 << 216,
            POOL_SLOT: 1 << 160,
            UNDERLYING_SLOT: PRICE | PRICE << 64,
            slot(2, ACCOUNT): int(OWNER, 16),
        }
        for key, word in words.items():
            self.write(key, word)

    def write(self, key: int, word: int) -> None:
        self.backend.set_word(self.address, key, word)

    def word(self, key: int) -> int:
        return self.backend.word(self.address, key)

    def quote(self, bid: int, ask: int, lots: int, last: int) -> None:
        """One level a side, 0 for none."""
        book = self.word(BOOK_SLOT) >> 48 << 48
        self.write(BOOK_SLOT, book | bid | (ask or 2**24 - 1) << 24)
        self.write(TAPE_SLOT, last | 1 << 216)
        for tick in (bid, ask):
            if tick:
                self.write(slot(11, MARKET << 24 | tick), lots << 100)

    def position(self, size: int, cash: int) -> None:
        self.write(POSITION_SLOT, pack(POSITION, size=size, cash=cash, entry=9))

    def pool(self, cash: int, shortfall: int) -> None:
        self.write(POOL_SLOT, cash | shortfall << 80 | 1 << 160)

    def balance(self, atoms: int) -> None:
        self.write(CASH_SLOT, atoms % 2**96 << 160)

    def call(self, function: str, *arguments: object, caller: str = OWNER) -> Any:
        data = self.codec.encode(function, *arguments)
        result = self.backend.call(caller, self.address, data)
        if not result.ok:
            raise self.codec.error(result.returned)
        self.events = self.codec.events(result.logs)
        values = self.codec.decode(function, result.returned)
        return values[0] if values else None

    def state(self) -> tuple[int, ...]:
        """What a settlement may change."""
        return tuple(map(self.word, (POSITION_SLOT, POOL_SLOT, CASH_SLOT, MARK_SLOT)))


@pytest.fixture
def module() -> Module:
    return Module()


@pytest.fixture(scope="module")
def shared() -> Module:
    return Module()


# ------------------------------------------------------------------ pokes

Quote = tuple[int, int, int, int]
QUOTES = st.tuples(
    st.just(0) | st.integers(18_000, 20_500),
    st.just(0) | st.integers(1, 2_000),
    st.sampled_from((1, IMPACT_LOTS - 1, IMPACT_LOTS, 10**6)),
    st.just(0) | st.integers(17_000, 23_000),
).map(lambda q: (q[0], (q[0] or 20_000) + q[1] if q[1] else 0, q[2], q[3]))
STEPS = st.lists(
    st.tuples(st.sampled_from((0, 1, 2, 60, 299, 300, 301, 5_000)), QUOTES), max_size=7
)


def sample_of(quote: Quote, index: int) -> tuple[int, int, int]:
    """Premium, middle and book."""
    bid, ask, lots, last = quote
    needed = ceiling(20_000 * 10**6 * Q24, index * TICK_VALUE)
    deep = lots >= needed
    above = max(0, bid * Q24 - index) if bid and deep else 0
    below = max(0, index - ask * Q24) if ask and deep else 0
    premium = deviation(index + above - below, index)
    if not (bid and ask):
        return premium, 0, 0
    middle = deviation((bid + ask) * 2**23, index)
    book = deviation(sorted((bid, ask, last))[1] * Q24, index) if last else 0
    return premium, middle, book


def poked(mark: int, samples: int, quote: Quote, now: int) -> tuple[int, int]:
    """Mark word and sample word after a poke."""
    funding = funding_at(mark, now)
    until = MARK["until"].of(mark)
    mark = MARK["time"].put(MARK["funding"].put(mark, funding), now)
    if until == 0 or now > until - 300:
        held = [common(PARTS[i].of(samples), PARTS[i + 3].of(samples)) for i in range(3)]
        span = SAMPLE["span"].of(samples)
        premium = averaged(SAMPLE["premium"].of(samples), held[0], span, 3_600)
        middle = averaged(SAMPLE["middle"].of(samples), held[1], span, 150)
        older = [part.of(samples) for part in PARTS[3:]]
        span = min(now - (until - 300), 300) if until else 0
        averages = {"premium": premium, "middle": middle, "book_counted": held[2]}
        samples = pack(SAMPLE, span=span, **averages)
        for part, value in zip(PARTS, (*older, *sample_of(quote, INDEX)), strict=True):
            samples = part.put(samples, value)
        rate = rate_of(premium, RATES["interest"], RATES["clamp"], RATES["funding_cap"])
        mark = MARK["until"].put(MARK["rate"].put(mark, rate), now + 300)
    else:
        for part, again in zip(PARTS[3:], sample_of(quote, INDEX), strict=True):
            samples = part.put(samples, common(part.of(samples), again))
    middle, book = SAMPLE["middle"].of(samples), SAMPLE["book_counted"].of(samples)
    level = mark_at(INDEX, middle, book, MARK["rate"].of(mark), 300)
    return MARK["mark"].put(mark, level), samples


@given(STEPS)
def test_poke_markets_samples_counts_and_marks(shared: Module, steps: list[Any]) -> None:
    before = shared.backend.snapshot()
    mark, samples = shared.word(MARK_SLOT), 0
    for seconds, quote in steps:
        shared.backend.set_time(shared.backend.time + seconds)
        shared.quote(*quote)
        shared.call("pokeMarkets", [MARKET])
        now = shared.backend.time
        mark, samples = poked(mark, samples, quote, now)
        assert shared.word(MARK_SLOT) == mark
        assert shared.word(SAMPLE_SLOT) == samples
        level = MARK["mark"].of(mark)
        band = shared.word(BOOK_SLOT) >> 48 & 2**48 - 1
        assert band == level * 10_500 // (10_000 * Q24) | ceiling(level * 9_500, 10_000 * Q24) << 24
        (event,) = shared.events
        assert event.name == "MarkUpdated"
        assert event.fields == {
            "marketId": MARKET,
            "mark": level,
            "fundingIndex": MARK["funding"].of(mark),
            "rate": MARK["rate"].of(mark),
            "time": now,
        }
    shared.backend.revert(before)


def test_poke_markets_pushed_and_pulled_quotes_earn_nothing(module: Module) -> None:
    honest, pushed = (19_990, 20_010, 10**6, 20_000), (20_900, 20_910, 10**6, 20_905)
    for second in range(40):
        module.backend.set_time(module.start + 1 + second)
        # The push is there at every other sample alone, right after the honest poke.
        module.quote(*(honest if second % 2 == 0 else pushed))
        module.call("pokeMarkets", [MARKET])
    assert module.word(MARK_SLOT) % 2**48 == INDEX
    samples = module.word(SAMPLE_SLOT)
    assert [SAMPLE[name].of(samples) for name in ("premium", "middle", "book_counted")] == [0] * 3


def test_poke_markets_while_a_price_waits_reaches_to_both(module: Module) -> None:
    waiting = PRICE * 3 // 2
    module.write(UNDERLYING_SLOT, PRICE | PRICE << 64 | 1 << 252)
    # Pending price and time, as the feed word has them.
    module.write(FEED_SLOT, 0xFEED | waiting << 160)
    module.call("pokeMarkets", [MARKET])
    rate = rate_of(0, 10_000, 50_000, 4_000_000)
    low, high = (mark_at(i, 0, 0, rate, 300) for i in (INDEX, INDEX * 3 // 2))
    book = module.word(BOOK_SLOT)
    assert book >> 48 & 2**24 - 1 == high * 10_500 // (10_000 * Q24)
    assert book >> 72 & 2**24 - 1 == ceiling(low * 9_500, 10_000 * Q24)
    assert book >> 255 == 1
    assert module.word(MARK_SLOT) % 2**48 == low


def test_poke_markets_of_what_is_no_perp_or_has_no_price_reverts(module: Module) -> None:
    for market in (1 << 8 | ASSET, 2 << 8 | 2, 0xFFFF, 0):
        with pytest.raises(Reverted) as caught:
            module.call("pokeMarkets", [market])
        assert (caught.value.name, caught.value.arguments) == ("UnknownMarket", (market,))
    module.write(UNDERLYING_SLOT, 0)
    before = module.state()
    with pytest.raises(Reverted) as caught:
        module.call("pokeMarkets", [MARKET])
    assert (caught.value.name, caught.value.arguments) == ("PriceUnavailable", (ASSET,))
    assert module.state() == before


# ------------------------------------------------------------------ settlement


def settled_event(atoms: int, cancelled: int, balance: int) -> dict[str, int]:
    return {
        "accountId": ACCOUNT,
        "marketId": MARKET,
        "atoms": atoms,
        "cancelledAtoms": cancelled,
        "balanceAtoms": balance,
    }


def check_settled(module: Module, atoms: int, cancelled: int, balance: int, pool: int) -> None:
    (event,) = module.events
    assert (event.name, event.fields) == ("Settled", settled_event(atoms, cancelled, balance))
    assert POSITION["cash"].of(module.word(CASH_SLOT)) == balance
    assert module.word(POOL_SLOT) % 2**80 == pool
    position = module.word(POSITION_SLOT)
    assert position >> 154 & 1 == 1
    assert POSITION["entry"].of(position) == 0


def cash_of(module: Module) -> int:
    return POSITION["cash"].of(module.word(POSITION_SLOT))


def test_settle_loss_paid_whole_by_a_stranger(module: Module) -> None:
    # Long two lots from 10 ticks higher, and a little more: 2,000 atoms and a fraction.
    module.position(2, -2 * (INDEX + 10 * Q24) - 1)
    module.balance(5_000)
    assert module.call("settle", ACCOUNT, MARKET, caller=STRANGER) == -2_001
    check_settled(module, -2_001, 0, 2_999, 2_001)
    assert cash_of(module) == -2 * INDEX


def test_settle_loss_takes_positive_cash_alone(module: Module) -> None:
    module.position(2, -2 * (INDEX + 10 * Q24))
    module.balance(70)
    assert module.call("settle", ACCOUNT, MARKET) == -70
    check_settled(module, -70, 0, 0, 70)
    assert cash_of(module) == -2 * (INDEX + 10 * Q24) + 70 * Q24 // TICK_VALUE
    module.balance(-30)
    assert module.call("settle", ACCOUNT, MARKET) == 0
    check_settled(module, 0, 0, -30, 70)


def test_settle_profit_draws_what_the_pool_has(module: Module) -> None:
    module.position(-2, 2 * (INDEX + 10 * Q24) + 1)
    module.pool(150, 0)
    assert module.call("settle", ACCOUNT, MARKET, caller=STRANGER) == 150
    check_settled(module, 150, 0, 150, 0)
    assert cash_of(module) == 2 * (INDEX + 10 * Q24) + 1 - ceiling(150 * Q24, TICK_VALUE)
    module.pool(10_000, 0)
    left = cash_of(module) - 2 * INDEX
    atoms = left * TICK_VALUE // Q24
    assert module.call("settle", ACCOUNT, MARKET) == atoms
    check_settled(module, atoms, 0, 150 + atoms, 10_000 - atoms)
    assert cash_of(module) == 2 * INDEX


def test_settle_profit_in_a_shortfall_is_the_owners_choice_and_final(module: Module) -> None:
    module.position(-2, 2 * (INDEX + 10 * Q24))
    module.pool(300, 100)
    before = module.state()
    with pytest.raises(Reverted) as caught:
        module.call("settle", ACCOUNT, MARKET, caller=STRANGER)
    assert caught.value.name == "NotAccountOwner"
    assert caught.value.arguments == (ACCOUNT, STRANGER)
    assert module.state() == before
    assert module.call("settle", ACCOUNT, MARKET) == 300
    check_settled(module, 300, 100, 300, 0)
    assert module.word(POOL_SLOT) == 1 << 160
    assert cash_of(module) == 2 * (INDEX + 10 * Q24) - 400 * Q24 // TICK_VALUE


def test_settle_nothing_changes_nothing(module: Module) -> None:
    module.position(3, -3 * INDEX)
    before = module.state()
    assert module.call("settle", ACCOUNT, MARKET, caller=STRANGER) == 0
    assert (module.events, module.state()) == ([], before)


def test_settle_dust_of_a_profit_stays_with_the_pool(module: Module) -> None:
    module.position(0, 1)
    module.pool(10, 0)
    assert module.call("settle", ACCOUNT, MARKET) == 0
    check_settled(module, 0, 0, 0, 10)
    assert cash_of(module) == 0
    # A used word is never zero again.
    assert module.word(POSITION_SLOT) == 1 << 154


def test_settle_counts_funding_up_to_now(module: Module) -> None:
    rate, mark = 4_000_000, module.word(MARK_SLOT)
    mark = MARK["until"].put(MARK["rate"].put(mark, rate), module.start + 300)
    module.write(MARK_SLOT, mark)
    module.position(5, -5 * INDEX)
    module.balance(10**6)
    module.backend.set_time(module.start + 400)
    funding = funding_at(mark, module.start + 300) >> 16
    atoms = module.call("settle", ACCOUNT, MARKET)
    assert atoms == -ceiling(5 * funding * TICK_VALUE, Q24) < 0
    assert POSITION["entry"].of(module.word(POSITION_SLOT)) == funding >> 14
    # Others are booked against the same index: the market's words stay.
    assert module.word(MARK_SLOT) == mark


def test_settle_of_an_unknown_market_or_account_reverts(module: Module) -> None:
    for account, market, error in (
        (ACCOUNT, 1 << 8 | ASSET, ("UnknownMarket", (1 << 8 | ASSET,))),
        (8, 2 << 8 | 9, ("UnknownMarket", (2 << 8 | 9,))),
        (8, MARKET, ("UnknownAccount", (8,))),
    ):
        for function in ("settle", "settleOnCredit"):
            with pytest.raises(Reverted) as caught:
                module.call(function, account, market)
            assert (caught.value.name, caught.value.arguments) == error


def test_settle_on_credit_pays_all_of_a_loss_and_is_checked(module: Module) -> None:
    module.position(2, -2 * (INDEX + 10 * Q24))
    module.balance(70)
    before = module.state()
    with pytest.raises(Reverted) as caught:
        module.call("settleOnCredit", ACCOUNT, MARKET, caller=STRANGER)
    assert caught.value.name == "NotAccountOwner"
    # Without a pool a balance is below zero until the check.
    assert module.call("settleOnCredit", ACCOUNT, MARKET) == -2_000
    check_settled(module, -2_000, 0, -1_930, 2_000)
    module.use(module.refusing)
    module.position(2, -2 * (INDEX + 10 * Q24))
    module.balance(70)
    with pytest.raises(Reverted):
        module.call("settleOnCredit", ACCOUNT, MARKET)
    assert module.state() == before
    # A profit needs no check.
    module.position(0, Q24)
    module.pool(100, 0)
    assert module.call("settleOnCredit", ACCOUNT, MARKET) == 100


def test_settle_on_credit_of_more_than_there_can_be_keeps_the_words_whole(module: Module) -> None:
    mark = MARK["tick_value"].put(module.word(MARK_SLOT), 2**32 - 1)
    module.write(MARK_SLOT, mark)
    module.position(0, -(2**95))
    module.pool(2**79 - 1, 2**80 - 1)
    most = 2**79 - 1
    assert module.call("settleOnCredit", ACCOUNT, MARKET) == -most
    assert module.word(POOL_SLOT) == (2**80 - 2) | (2**80 - 1) << 80 | 1 << 160
    assert POSITION["cash"].of(module.word(CASH_SLOT)) == -most


def test_open_isolated_is_the_owners_alone(module: Module) -> None:
    order = (MARKET, 20_000, 0, 5, 1, 0)
    with pytest.raises(Reverted) as caught:
        module.call("openIsolated", ACCOUNT, 100, order, caller=STRANGER)
    assert caught.value.name == "NotAccountOwner"


def test_open_isolated_makes_an_account_moves_cash_and_places(module: Module) -> None:
    steps = module.backend.deploy(OWNER, creation_code("IsolatedSteps"))
    module.codec = codec("PerpModule", "IsolatedSteps")
    module.address = module.backend.deploy(OWNER, creation_code("PerpModule", steps, steps, steps))
    module.write(slot(2, ACCOUNT), int(OWNER, 16))
    order = (MARKET, 20_000, 0, 5, 1, 0)

    assert module.call("openIsolated", ACCOUNT, 100, order) == 77

    assert [event.address for event in module.events] == [module.address] * 3
    assert {event.fields["caller"] for event in module.events} == {OWNER}
    assert [event.fields["name"] for event in module.events] == [
        "createAccount",
        "transfer",
        "place",
    ]
    moved, placed = (event.fields["arguments"] for event in module.events[1:])
    assert decode(["uint256"] * 4, moved) == (ACCOUNT, 77, 0, 100)
    assert decode(["uint256"] * 4, placed) == (77, MARKET, 20_000, 5)
    # An error of a step comes through as it is.
    with pytest.raises(Reverted) as caught:
        module.call("openIsolated", ACCOUNT, 100, (MARKET, 20_000, 0, 0, 1, 0))
    assert (caught.value.name, caught.value.arguments) == ("NoLots", (77,))
