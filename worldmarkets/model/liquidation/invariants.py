"""LIQ-3: the words of liquidation agree with each other, on words read from any source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from worldmarkets.model import accounts, slots
from worldmarkets.model.findings import Finding
from worldmarkets.model.liquidation import counters, flags, protection
from worldmarkets.model.liquidation_words import LineState, LinesWord, LineWord
from worldmarkets.model.perp_words import PositionWord
from worldmarkets.model.reading import WordReader
from worldmarkets.model.state import State
from worldmarkets.model.words import LedgerWord

LinePair = tuple[int, int]
"""An account and the lender of a standby line for it."""


@dataclass(frozen=True)
class LockedSums:
    """What is counted of all accounts: flags, deficits, bonds and lines [quote atoms]."""

    flagged: int
    in_deficit: int
    bonds: int
    lines: int


def known_lines(state: State) -> list[LinePair]:
    """Return the lines, also those that are no more, of a state that has all its words."""
    places = (slots.place_of(slot) for slot in state.words)
    keys = [place.key for place in places if place.region == slots.Region.LINE]
    return [(key >> 32, key & 0xFFFFFFFF) for key in keys]


def check_liquidation(
    reader: WordReader, account_ids: Sequence[int], lines: Iterable[LinePair]
) -> list[Finding]:
    """LIQ-3: flags, dead orders, claims and lines of each account, and what is counted of all.

    `lines` are all that were ever offered; none of the others can be found.
    """
    pairs = list(dict.fromkeys(lines))
    _prefetch(reader, account_ids, pairs)
    findings = [
        Finding("LIQ-3", f"account {account_id}", text)
        for account_id in account_ids
        for text in _faults(reader, account_id)
    ]
    findings += [
        Finding("LIQ-3", f"account {account_id}", text)
        for account_id, lender_id in pairs
        for text in _line_faults(reader, account_id, lender_id)
    ]
    counted, found = counters.load(reader), _sums(reader, account_ids, pairs)
    kept = LockedSums(counted.flagged, counted.in_deficit, counted.bonds, counted.lines)
    if kept != found:
        findings.append(Finding("LIQ-3", "accounts", f"counted {kept}, found {found}"))
    return findings


def _prefetch(reader: WordReader, account_ids: Sequence[int], lines: Sequence[LinePair]) -> None:
    wanted = [slots.liquidation(), *(slots.line(*pair) for pair in lines)]
    for slot in (slots.account, slots.auction, slots.protection, slots.lines):
        wanted += map(slot, account_ids)
    reader.prefetch(wanted)
    for account_id in account_ids:
        assets = accounts.used_assets(reader, account_id)
        perps = accounts.used_perps(reader, account_id)
        used = [slots.ledger(account_id, asset) for asset in assets]
        reader.prefetch([*used, *(slots.position(account_id, asset) for asset in perps)])


def _sums(reader: State, account_ids: Sequence[int], lines: Sequence[LinePair]) -> LockedSums:
    words = [accounts.load(reader, account_id) for account_id in account_ids]
    auctions = [flags.load(reader, account_id) for account_id in account_ids]
    bonds = sum(protection.load(reader, account_id).bond for account_id in account_ids)
    locked = sum(protection.load_line(reader, *pair).locked for pair in lines)
    return LockedSums(
        sum(word.flagged for word in words),
        sum(word.in_deficit for word in auctions),
        bonds,
        locked,
    )


def _faults(reader: State, account_id: int) -> list[str]:
    word, auction = accounts.load(reader, account_id), flags.load(reader, account_id)
    bond, lines = protection.load(reader, account_id), protection.load_lines(reader, account_id)
    texts = []
    if word.live and (word.flagged or bond.claims):
        texts.append(f"its orders may rest, flag {word.flagged}, claims {bond.claims}")
    if auction.in_deficit and not word.flagged:
        texts.append("in deficit without a flag")
    if bool(word.owes) != bool(bond.claims + lines.drawn):
        texts.append(f"owes {bond.claims} to funds, {lines.drawn} of lines, says {word.owes}")
    if not word.protected and (bond.bond or lines.lenders):
        texts.append("protected without saying so")
    texts += _list_faults(reader, account_id, lines)
    return texts + _order_faults(reader, account_id)


def _list_faults(reader: State, account_id: int, lines: LinesWord) -> list[str]:
    """Return what is wrong with the list of an account's lines, and with what is drawn of them."""
    lenders = lines.lenders
    texts = []
    if lines.with_lenders(lenders) != lines or len(set(lenders)) != len(lenders):
        texts.append(f"its lines are listed as {lines}")
    words = [protection.load_line(reader, account_id, lender) for lender in lenders]
    if any(word.state != LineState.ACTIVE or not word.locked + word.drawn for word in words):
        texts.append(f"of its lines {lenders} one is not active, or nothing")
    if sum(word.drawn for word in words) != lines.drawn:
        texts.append(f"{lines.drawn} counted as drawn of {words}")
    return texts


def _line_faults(reader: State, account_id: int, lender_id: int) -> list[str]:
    word = protection.load_line(reader, account_id, lender_id)
    is_listed = lender_id in protection.load_lines(reader, account_id).lenders
    if is_listed != (word.state == LineState.ACTIVE):
        return [f"the line of {lender_id} is {word}, listed {is_listed}"]
    if word.state == LineState.NONE and word not in (LineWord(), LineWord(touched=1)):
        return [f"no line of {lender_id}, but {word}"]
    if word.state == LineState.OFFERED and not word.locked:
        return [f"nothing locked of the line that {lender_id} has offered"]
    return []


def _order_faults(reader: State, account_id: int) -> list[str]:
    """Return where orders are dead that should not be, or are not that should."""
    live, texts = accounts.load(reader, account_id).live, []
    for asset_id in accounts.used_assets(reader, account_id):
        ledger = reader.load(LedgerWord, slots.ledger(account_id, asset_id))
        has_orders = asset_id != 0 and bool(ledger.open_bids or ledger.open_asks)
        texts += _dead_faults(f"asset {asset_id}", live, ledger.frozen, has_orders=has_orders)
    for asset_id in accounts.used_perps(reader, account_id):
        position = reader.load(PositionWord, slots.position(account_id, asset_id))
        has_orders = bool(position.open_bids or position.open_asks)
        name = f"the perp of {asset_id}"
        texts += _dead_faults(name, live, position.frozen, has_orders=has_orders)
    return texts


def _dead_faults(name: str, live: int, frozen: int, *, has_orders: bool) -> list[str]:
    if live and frozen:
        return [f"orders of {name} are dead, those of its account are not"]
    if has_orders and not live and not frozen:
        return [f"orders of {name} are not dead, those of its account are"]
    return []
