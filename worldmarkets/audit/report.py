"""The audit of a deployed exchange: its invariants on words read at one block."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from worldmarkets.abi import abi_of
from worldmarkets.audit.checks import (
    check_flows,
    check_indices,
    check_operators,
    check_terms,
)
from worldmarkets.audit.history import read_history
from worldmarkets.audit.liquidation import liquidation_rows
from worldmarkets.audit.margin import margin_rows
from worldmarkets.audit.perps import perp_rows
from worldmarkets.audit.rows import AuditRow, tokens
from worldmarkets.audit.words import block_time, words_at
from worldmarkets.model import pools, slots
from worldmarkets.model.findings import Finding
from worldmarkets.model.invariants import (
    check_bitmap_parents,
    check_first_in_first_out,
    check_levels,
    check_open_totals,
    check_stale_ids,
)
from worldmarkets.model.reading import Book, WordReader, read_book
from worldmarkets.model.solvency import Solvency, check_pool, check_solvency, solvency
from worldmarkets.model.words import (
    AccountWord,
    CashWord,
    OrderId,
    OutflowWord,
    RegistryWord,
    TokenWord,
    base_of,
    is_perp,
    perp_market,
    spot_market,
)
from worldmarkets.rpc import Rpc, RpcError, quantity
from worldmarkets.transactions.receipts import to_hex
from worldmarkets.transactions.sender import call, revert_data

_TRIED_CANCELS = 64


@dataclass(frozen=True)
class AuditReport:
    """What an audit found at a block."""

    block: int
    rows: tuple[AuditRow, ...]

    @property
    def passes(self) -> bool:
        """Whether every invariant holds."""
        return all(row.passes for row in self.rows)


def audit_exchange(
    rpc: Rpc, exchange: str, block: int, first_block: int = 0, symbols: Sequence[str] = ()
) -> AuditReport:
    """Check the invariants of every asset and market, and of the accounts, as of one block.

    What there is to check is read from the chain too: accounts, assets and markets from the words,
    what happened to them from the logs since `first_block`, that of the deployment or before.
    `symbols` names assets by their ids.

    Raises:
        RpcError: the node does not keep the state of the block any more.
    """
    return _Audit(rpc, exchange, block, first_block, symbols).run()


class _Audit:
    def __init__(
        self, rpc: Rpc, exchange: str, block: int, first_block: int, symbols: Sequence[str]
    ) -> None:
        self._symbols = symbols
        self._rpc = rpc
        self._exchange = exchange
        self._block = block
        self._reader = WordReader(words_at(rpc, exchange, block), block_time(rpc, block))
        self._told = read_history(rpc, exchange, first_block, block)
        self._history = self._told.orders
        registry = self._reader.load(RegistryWord, slots.registry())
        self._accounts = range(1, registry.accounts + 1)
        self._assets = range(registry.assets)
        kinds = (spot_market, perp_market)
        candidates = [market_of(asset) for market_of in kinds for asset in self._assets]
        self._reader.prefetch(map(slots.config, candidates))
        self._markets = [
            market for market in candidates if self._reader.load_raw(slots.config(market))
        ]

    def run(self) -> AuditReport:
        """Check everything."""
        rows = [row for asset in self._assets for row in self._check_asset(asset)]
        rows += [self._check_flows(asset) for asset in self._assets]
        rows.append(self._check_operators())
        rows += margin_rows(self._reader, self._call, self._accounts, self._assets)
        rows += liquidation_rows(self._reader, self._told, self._accounts)
        for market in self._markets:
            rows += self._check_market(market)
            if is_perp(market):
                name = self._market_symbol(market)
                rows += perp_rows(self._reader, market, self._accounts, name)
        return AuditReport(self._block, tuple(rows))

    def _check_asset(self, asset: int) -> list[AuditRow]:
        word = self._reader.load(TokenWord, slots.token(asset))
        held = self._held(word.token)
        state = solvency(self._reader, asset, self._accounts, self._markets, held)
        amounts = (state.custody, state.pool_cash, state.perp_cash, state.locked, state.fees)
        total, custody, pool, perps, locked, fees = (
            tokens(units, word.decimals) for units in (held, *amounts)
        )
        checked = (
            f"{total} {self._symbol(asset)} held, {custody} in custody of "
            f"{len(self._accounts)} accounts, {pool} in the pool, {perps} in those of perps, "
            f"{locked} locked, {fees} collected as fees"
        )
        rows = [AuditRow("SOLV-1", f"asset {asset}", checked, tuple(check_solvency(state)))]
        if pools.is_open(self._reader, asset):
            rows.append(self._check_pool(asset, state))
        return rows

    def _check_pool(self, asset: int, state: Solvency) -> AuditRow:
        word = self._reader.load(TokenWord, slots.token(asset))
        pool = pools.read(self._reader, asset)
        lent, owed, kept = (
            tokens(atoms * word.units_per_atom, word.decimals)
            for atoms in (pool.supplied, pool.borrowed, pool.reserve)
        )
        checked = (
            f"{lent} {self._symbol(asset)} lent with interest, {owed} owed, {kept} kept for the "
            f"insurance fund, at {pool.utilisation / 1e18:.1%} utilisation; indices told of "
            f"{len(self._told.indices.get(asset, []))} times never fell"
        )
        findings = check_pool(self._reader, state) + check_indices(self._reader, self._told, asset)
        return AuditRow("LEND-1", f"asset {asset}", checked, tuple(findings))

    def _check_flows(self, asset: int) -> AuditRow:
        findings = check_flows(self._reader, self._told, asset, self._accounts)
        word = self._reader.load(OutflowWord, slots.outflow(asset))
        token = self._reader.load(TokenWord, slots.token(asset))
        out = tokens(word.today * token.units_per_atom, token.decimals)
        checked = (
            f"{out} {self._symbol(asset)} of net outflow on its last day, "
            f"limit {word.limit_ppm:,} ppm a day, "
            f"and the age of deposits in {len(self._accounts)} accounts"
        )
        return AuditRow("FLOW-1", f"asset {asset}", checked, tuple(findings))

    def _check_operators(self) -> AuditRow:
        findings = check_operators(self._reader, self._told, self._accounts)
        words = [
            self._reader.load(CashWord, slots.ledger(account, 0)) for account in self._accounts
        ]
        token = self._reader.load(TokenWord, slots.token(0))
        lost, budget = (
            tokens(sum(atoms) * token.units_per_atom, token.decimals)
            for atoms in ((word.loss for word in words), (word.budget for word in words))
        )
        checked = (
            f"{len(self._told.operators)} operators as their owners set them; on the last day of "
            f"each they lost {lost} {self._symbol(0)} of {budget}"
        )
        return AuditRow("AUTH-2", "accounts", checked, tuple(findings))

    def _check_market(self, market: int) -> list[AuditRow]:
        book = read_book(self._reader, market)
        placed = [one for one in self._history.placed if OrderId.unpack(one).market == market]
        gone = [one for one in placed if one in self._history.gone]
        ticks = {OrderId.unpack(one).tick for one in placed}
        self._prefetch_lanes(market, placed, ticks)
        findings = (
            check_levels(self._reader, book, ticks)
            + check_bitmap_parents(self._reader, market, ticks),
            check_first_in_first_out(book, self._history) + _check_missing(book, placed, gone),
            check_stale_ids(self._reader, book, self._history) + self._try_cancels(gone),
            check_open_totals(self._reader, book, self._accounts),
            check_terms(self._reader, book, self._told),
        )
        expiring = sum(order.lane.expiry != 0 for order in book.orders())
        orders = sum(len(level.orders) for level in book.levels)
        levels = f"{len(book.levels)} of {len(ticks):,} levels ever used"
        tried = f"the newest {min(len(gone), _TRIED_CANCELS)} tried with cancel"
        checked = (
            f"{self._market_symbol(market)}: {orders:,} orders on {levels}",
            f"{orders:,} orders in the order of the {len(placed):,} that were placed",
            f"{len(gone):,} ids of orders that are gone looked up, {tried}",
            f"open totals of {len(self._accounts)} accounts",
            f"{orders:,} orders as their records tell, {expiring:,} of them with an expiry",
        )
        return [
            AuditRow(f"BOOK-{number}", f"market {market}", text, tuple(found))
            for number, (text, found) in enumerate(zip(checked, findings, strict=True), start=1)
        ]

    def _market_symbol(self, market: int) -> str:
        base = self._symbol(base_of(market))
        return f"{base}-PERP" if is_perp(market) else f"{base}/{self._symbol(0)}"

    def _symbol(self, asset: int) -> str:
        return self._symbols[asset] if asset < len(self._symbols) else f"asset {asset}"

    def _call(self, data: bytes) -> bytes:
        return call(self._rpc, self._exchange, data, block=quantity(self._block))

    def _held(self, token: int) -> int:
        abi = abi_of("FaucetToken")
        data = abi.encode("balanceOf", self._exchange)
        returned = call(self._rpc, f"0x{token:040x}", data, block=quantity(self._block))
        return int(abi.decode("balanceOf", returned)[0])

    def _prefetch_lanes(self, market: int, ids: Sequence[int], ticks: Iterable[int]) -> None:
        """Fetch what looking for stale ids reads, in a few calls instead of one a word."""
        wanted = [slots.level(market, tick) for tick in ticks]
        for place in map(OrderId.unpack, ids):
            wanted.append(slots.header(market, place.tick, place.chunk))
            wanted.append(slots.lanes(market, place.tick, place.chunk, place.place))
        for layer, children in ((0, 255), (1, 255**2), (2, 255**3)):
            wanted += {slots.bitmap(market, layer, tick // children) for tick in ticks}
        self._reader.prefetch(wanted)

    def _try_cancels(self, gone: Sequence[int]) -> list[Finding]:
        """BOOK-3 by the contract itself: the newest stale ids must not be cancelled."""
        abi = abi_of("Exchange")
        stale = next(error for error in abi.errors.values() if error.name == "StaleOrder")
        owner = self._reader.load(AccountWord, slots.account(self._accounts[-1])).owner
        tried = list(gone[-_TRIED_CANCELS:])
        calls = [
            (
                "eth_call",
                [
                    {
                        "from": f"0x{owner:040x}",
                        "to": self._exchange,
                        "data": to_hex(abi.encode("cancel", self._accounts[-1], order_id)),
                    },
                    quantity(self._block),
                ],
            )
            for order_id in tried
        ]
        findings = []
        for order_id, outcome in zip(tried, self._rpc.batch(calls), strict=True):
            data = revert_data(outcome) if isinstance(outcome, RpcError) else None
            if data is None or data[:4] != stale.selector:
                text = f"cancelling order {order_id:#x}, which is gone, does not end in StaleOrder"
                market = OrderId.unpack(order_id).market
                findings.append(Finding("BOOK-3", f"market {market}", text))
        return findings


def _check_missing(book: Book, placed: Sequence[int], gone: Sequence[int]) -> list[Finding]:
    """BOOK-2: every order that was placed and is not gone stands in the book."""
    missing = set(placed) - set(gone) - {order.order_id for order in book.orders()}
    subject = f"market {book.market_id}"
    return [
        Finding("BOOK-2", subject, f"order {one:#x} is not in the book") for one in sorted(missing)
    ]
