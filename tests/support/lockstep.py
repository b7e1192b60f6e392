"""Model and chain in lockstep: what runs on both, and the comparing of all that it leads to.

Compared after each action: what it returned, the name and arguments of its error, its log
entries field by field, and every word the model wrote, and on request every word it knows.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from tests.support.abi import Event, Reverted, codec
from tests.support.system import (
    ADMIN,
    GUARDIAN,
    RAMP_SECONDS,
    TREASURY,
    AssetPlan,
    System,
)
from worldmarkets.model import Exchange, OrderResult, SpotTerms
from worldmarkets.model import events as model_events
from worldmarkets.model.errors import ContractError
from worldmarkets.model.interface import (
    AssetRiskTerms,
    MarketRiskTerms,
    PerpTerms,
    PoolTerms,
)
from worldmarkets.model.liquidation_interface import PlanStep
from worldmarkets.model.outside import PostedPriceFeed, Token, WrappedNative
from worldmarkets.model.records import Filled, Header, Record, Removed, unpack_record
from worldmarkets.model.slots import place_of


class Lockstep:
    """A deployed system and its model, and what is around the exchange.

    `happened` counts what actions led to: names of errors, kinds of records, reasons of removals.
    """

    def __init__(
        self,
        system: System,
        assets: Sequence[AssetPlan],
        markets: dict[int, SpotTerms],
        insurance_ppm: int,
    ) -> None:
        """Model a system that `deploy_system` has just made with the same arguments."""
        self.system = system
        self.happened: Counter[str] = Counter()
        # Only a node can tell which words a transaction changed.
        self._sees_storage = hasattr(system.backend, "storage_changes")
        self.model = Exchange.create(
            number(system.exchange),
            number(TREASURY),
            insurance_ppm,
            time=system.backend.time,
            listers=[number(ADMIN)],
            guardians=[number(GUARDIAN)],
            ramp_seconds=RAMP_SECONDS,
        )
        self._feed = PostedPriceFeed(number(system.feed))
        self.model.feeds[self._feed.address] = self._feed
        for asset, plan in enumerate(assets):
            token = self._new_token(system.tokens[asset], plan)
            self.model.tokens[token.address] = token
            feed = 0 if plan.price is None else self._feed.address
            self.model.list_asset(number(ADMIN), token.address, plan.units_per_atom, feed)
            if plan.price is not None:
                self._feed.post(asset, plan.price, self.model.time)
                self.model.poke([asset])
        for base_asset, terms in markets.items():
            self.model.list_spot_market(number(ADMIN), base_asset, terms)
        self.compare_all_words()

    # --------------------------------------------------------------- outside the exchange

    def set_time(self, timestamp: int) -> None:
        self.system.backend.set_time(timestamp)
        self.model.time = timestamp

    def tamper(self, slot: int, word: int) -> None:
        """Put a word into the exchange on both sides, as only a fault could (in-process EVM)."""
        backend: Any = self.system.backend
        backend.set_word(self.system.exchange, slot, word)
        self.model.state.store_raw(slot, word)

    def post_price(self, asset: int, price: int) -> None:
        self.system.post_price(asset, price)
        self._feed.post(asset, price, self.model.time)

    def mint(self, holder: str, asset: int, token_units: int) -> None:
        self.system.mint(holder, asset, token_units)
        self.token(asset).draw(number(holder), token_units)
        self.token(asset).approve(number(holder), self.model.address, 2**256 - 1)

    def mint_only(self, holder: str, asset: int, token_units: int) -> None:
        """Give a holder test tokens without an allowance."""
        self.system.mint_only(holder, asset, token_units)
        self.token(asset).draw(number(holder), token_units)

    def approve(self, holder: str, asset: int, token_units: int) -> None:
        """Let the exchange pull so many token units of a holder."""
        token = self.system.tokens[asset]
        call = (token, "FaucetToken", holder, "approve", self.system.exchange, token_units)
        self.system.execute_on(*call)
        self.token(asset).approve(number(holder), self.model.address, token_units)

    def token(self, asset: int) -> Token:
        return self.model.tokens[number(self.system.tokens[asset])]

    def _new_token(self, address: str, plan: AssetPlan) -> Token:
        """The model of a token that the system has deployed."""
        if not plan.is_native:
            return Token(number(address), plan.decimals)
        domain = self.system.view(address, "WrappedNative", "DOMAIN_SEPARATOR")[0]
        return WrappedNative(number(address), domain)

    # --------------------------------------------------------------- comparing

    def compare_all_words(self) -> None:
        """Compare every word the model ever wrote."""
        self._compare_words(sorted(self.model.state.words))

    def records(self) -> tuple[Record, ...]:
        """The records of the last action."""
        return tuple(
            record
            for event in self.model.events
            if isinstance(event, model_events.BookRecords)
            for record in event.records
        )

    def _act(
        self,
        sender: str,
        call: tuple[Any, ...],
        on_model: Callable[[], Any],
        as_returned: Callable[[Any], tuple[Any, ...]],
        value: int = 0,
    ) -> Any:
        """Run one action on both and compare; raises the model's error if both refuse."""
        expected: Any = None
        refused: ContractError | None = None
        before = dict(self.model.state.words) if self._sees_storage else {}
        try:
            expected = on_model()
        except ContractError as error:
            refused = error
        try:
            returned = self.system.execute(sender, *call, value=value)
        except Reverted as error:
            self._compare_errors(call, error, refused)
        else:
            assert refused is None, (
                f"{call}: model refuses with {refused}, chain returns {returned}"
            )
            assert returned == as_returned(expected), f"{call}: returned"
            self._compare_events(call)
            if self._sees_storage:
                self._compare_changes(before)
        self._compare_words(sorted(self.model.state.written))
        if refused is not None:
            self.happened[refused.name] += 1
            raise refused
        self._count()
        return expected

    def _compare_errors(
        self, call: tuple[Any, ...], reverted: Reverted, refused: ContractError | None
    ) -> None:
        assert refused is not None, f"{call}: chain reverts with {reverted}, model goes on"
        arguments = tuple(map(as_plain, reverted.arguments))
        assert (reverted.name, arguments) == (refused.name, refused.arguments), f"{call}: error"

    def _compare_events(self, call: tuple[Any, ...]) -> None:
        known = codec("Exchange")
        chain = known.events(
            tuple(log for log in self.system.last.logs if log.address == self.system.exchange)
        )
        assert [as_model_event(event) for event in chain] == self.model.events, f"{call}: events"

    def _compare_words(self, slots: Sequence[int]) -> None:
        chain = self.system.read_words(slots)
        differ = [
            f"{place_of(slot)}: chain {word:#x}, model {self.model.state.load_raw(slot):#x}"
            for slot, word in zip(slots, chain, strict=True)
            if word != self.model.state.load_raw(slot)
        ]
        assert not differ, "\n".join(differ)

    def _compare_changes(self, before: dict[int, int]) -> None:
        """Compare which words changed: the chain writes no word that the model does not know."""
        words = self.model.state.words
        changed = {slot: word for slot, word in words.items() if before.get(slot, 0) != word}
        chain = self.system.backend.storage_changes(self.system.exchange)  # type: ignore[attr-defined]
        assert chain == changed, "words changed on chain and in the model"

    def _count(self) -> None:
        for event in self.model.events:
            self.happened[type(event).__name__] += 1
        for record in self.records():
            self.happened[type(record).__name__] += 1
            if isinstance(record, Removed):
                self.happened[f"Removed {record.reason}"] += 1
            elif isinstance(record, Filled) and not record.gone:
                self.happened["Filled in part"] += 1


def _steps(*steps: Sequence[Any]) -> tuple[PlanStep, ...]:
    """The steps of a plan."""
    return tuple(PlanStep(*step) for step in steps)


_TERMS: dict[str, Callable[..., Any]] = {
    "MarketListed": SpotTerms,
    "PerpMarketListed": PerpTerms,
    "PoolTermsSet": PoolTerms,
    "AssetRiskSet": AssetRiskTerms,
    "MarketRiskSet": MarketRiskTerms,
    "PlanSet": _steps,
}
"""What the last field of an event is, where it is a struct or several."""


def number(address: str) -> int:
    """An address as the model has it."""
    return int(address, 16)


def result_tuple(result: OrderResult) -> tuple[int, ...]:
    """An OrderResult as the ABI returns it."""
    return (result.order_id, result.filled_lots, result.resting_lots, result.refusal)


def as_plain(value: Any) -> Any:
    """A decoded ABI value as the model has it: addresses are numbers."""
    return number(value) if isinstance(value, str) and value.startswith("0x") else value


def as_model_event(event: Event) -> model_events.Event:
    """A decoded event as the model has it."""
    if event.name == "BookRecords":
        header = Header.unpack(event.fields["header"])
        assert header == Header(header.account), "version and spare bits of the header"
        data = event.fields["records"]
        words = [int.from_bytes(data[i : i + 32], "big") for i in range(0, len(data), 32)]
        records = tuple(map(unpack_record, words))
        assert [record.pack() for record in records] == words, "spare bits of records"
        return model_events.BookRecords(header.account, records)
    kind = getattr(model_events, event.name)
    values = [as_plain(value) for value in event.fields.values()]
    if event.name in _TERMS:
        values[-1] = _TERMS[event.name](*values[-1])
    by_name = dict(zip(map(snake, event.fields), values, strict=True))
    return kind(**{known.name: by_name[known.name] for known in fields(kind)})


def snake(name: str) -> str:
    """The field name of an ABI name."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
