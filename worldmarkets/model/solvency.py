"""Whether the exchange has what it owes: SOLV-1 and LEND-1, on words read from any source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from worldmarkets.model import balances, pools, slots
from worldmarkets.model.findings import Finding
from worldmarkets.model.liquidation_words import LiquidationWord
from worldmarkets.model.perp_words import Q24, PerpPoolWord
from worldmarkets.model.perps import funding, positions
from worldmarkets.model.rates import WAD
from worldmarkets.model.reading import WordReader
from worldmarkets.model.words import (
    LedgerWord,
    PoolTotalsWord,
    RiskWord,
    TapeWord,
    TokenWord,
    UnderlyingWord,
    is_perp,
)


@dataclass(frozen=True)
class Solvency:
    """What the exchange holds of an asset and owes [token units], and the shares of its pool.

    Fees of perps are not counted: until they are collected they are in the pools of the perps.
    """

    asset_id: int
    held: int
    custody: int
    pool_cash: int
    fees: int
    supply_shares: int
    borrow_shares: int
    perp_cash: int = 0
    """Cash of the pools of all perps."""
    locked: int = 0
    """Bonds, and what is locked of standby lines."""

    @property
    def surplus(self) -> int:
        """Held beyond what is owed; negative if it is insolvent."""
        owed = self.custody + self.pool_cash + self.perp_cash + self.locked + self.fees
        return self.held - owed


def solvency(
    reader: WordReader,
    asset_id: int,
    account_ids: Sequence[int],
    market_ids: Sequence[int],
    held_token_units: int,
) -> Solvency:
    """Add up what the exchange holds of an asset and owes to accounts, to its pool and as fees."""
    wanted = [slots.ledger(account_id, asset_id) for account_id in account_ids]
    markets = market_ids if asset_id == 0 else []
    tapes = [slots.tape(market_id) for market_id in markets if not is_perp(market_id)]
    perps = [slots.perp_pool(market_id) for market_id in markets if is_perp(market_id)]
    pool = [slots.pool_index(asset_id), slots.pool_totals(asset_id), slots.liquidation()]
    reader.prefetch([slots.token(asset_id), *pool, *wanted, *tapes, *perps])
    units = reader.load(TokenWord, slots.token(asset_id)).units_per_atom
    words = [reader.load(LedgerWord, slot) for slot in wanted]
    fees = sum(reader.load(TapeWord, slot).fees for slot in tapes)
    cash = reader.load(PoolTotalsWord, slots.pool_totals(asset_id)).cash
    is_open = pools.is_open(reader, asset_id)
    owes = [word for word in words if word.balance < 0 and is_open]
    lends = [word for word in words if word.balance >= 0 and word.lent]
    custody = sum(word.balance for word in words if word not in owes and word not in lends)
    return Solvency(
        asset_id,
        held_token_units,
        custody * units,
        cash * units,
        fees * units,
        sum(word.balance for word in lends),
        -sum(word.balance for word in owes),
        sum(reader.load(PerpPoolWord, slot).cash for slot in perps) * units,
        _locked(reader) * units if asset_id == 0 else 0,
    )


def check_solvency(state: Solvency) -> list[Finding]:
    """SOLV-1: tokens held = custody + cash of all pools + bonds and lines + fees not yet split."""
    if state.surplus == 0:
        return []
    owed = f"{state.custody} in custody, {state.pool_cash} in the pool, {state.fees} of fees"
    owed += f", {state.perp_cash} in the pools of perps, {state.locked} of bonds and lines"
    text = f"held {state.held}, owed {owed} [token units]"
    return [Finding("SOLV-1", f"asset {state.asset_id}", text)]


def _locked(reader: WordReader) -> int:
    """Return what is locked of bonds and lines [quote atoms]."""
    word = reader.load(LiquidationWord, slots.liquidation())
    return word.bonds + word.lines


def check_pool(reader: WordReader, state: Solvency) -> list[Finding]:
    """LEND-1: shares of accounts = those of the pool; what is lent is there or owed.

    What the risk engine reads of the asset says whether there is a pool.
    """
    asset_id = state.asset_id
    is_open, texts = pools.is_open(reader, asset_id), []
    if is_open != _is_lendable(reader, asset_id):
        texts.append(f"the pool is {'open' if is_open else 'closed'}, the flag says otherwise")
    return [Finding("LEND-1", f"asset {asset_id}", text) for text in texts + _faults(reader, state)]


def _is_lendable(reader: WordReader, asset_id: int) -> bool:
    if asset_id == 0:
        return bool(reader.load(RiskWord, slots.risk()).lendable)
    return bool(reader.load(UnderlyingWord, slots.underlying(asset_id)).lendable)


def _faults(reader: WordReader, state: Solvency) -> list[str]:
    if not pools.is_open(reader, state.asset_id):
        return []
    pool, texts = pools.read(reader, state.asset_id), []
    if (state.supply_shares, state.borrow_shares) != (pool.supply_shares, pool.borrow_shares):
        texts.append(
            f"counted {pool.supply_shares} supply and {pool.borrow_shares} borrow shares; accounts "
            f"have {state.supply_shares} and {state.borrow_shares}"
        )
    there = pool.cash * WAD + pool.borrow_shares * pool.borrow_index
    if there < pool.supply_shares * pool.supply_index:
        texts.append(f"lent {pool.supplied}, there {pool.cash}, owed {pool.borrowed} [atoms]")
    return texts


def value(
    reader: WordReader,
    account_ids: Sequence[int],
    atom_prices: Mapping[int, int],
    market_ids: Sequence[int] = (),
) -> Fraction:
    """Return what accounts have together, at constant prices of an atom (for SOLV-3).

    Shares count exactly: rounded to atoms, interest would come in jumps, which lenders and
    borrowers do not make at the same time. So does what is not settled of perps, whose funding goes
    on: where nobody else has a position, what they gain from each other is nothing.
    """
    reader.prefetch(
        slots.ledger(account, asset) for account in account_ids for asset in atom_prices
    )
    held = sum(
        (
            _exact_atoms(reader, account_id, asset_id) * price
            for account_id in account_ids
            for asset_id, price in atom_prices.items()
        ),
        Fraction(0),
    )
    unsettled = (
        _unsettled_atoms(reader, account_id, market_id) * atom_prices[0]
        for market_id in market_ids
        if is_perp(market_id)
        for account_id in account_ids
    )
    return held + sum(unsettled, Fraction(0))


def _unsettled_atoms(reader: WordReader, account_id: int, market_id: int) -> Fraction:
    units = positions.unsettled_now(reader, account_id, market_id)
    return Fraction(units * funding.load(reader, market_id).tick_value, Q24)


def _exact_atoms(reader: WordReader, account_id: int, asset_id: int) -> Fraction:
    word = balances.load(reader, account_id, asset_id)
    if word.balance == 0 or not (word.lent or word.balance < 0):
        return Fraction(word.balance)
    if not pools.is_open(reader, asset_id):
        return Fraction(word.balance)
    pool = pools.read(reader, asset_id)
    index = pool.borrow_index if word.balance < 0 else pool.supply_index
    return Fraction(word.balance * index, WAD)
