"""The one check an action must pass at its end: cash accounts, no credit."""

from worldmarkets.model import slots
from worldmarkets.model.accounts import ledger, used_assets
from worldmarkets.model.errors import InsufficientBalance
from worldmarkets.model.fees import fee_up
from worldmarkets.model.state import State
from worldmarkets.model.words import BookWord, spot_market


def check(state: State, account_id: int) -> None:
    """Pass if the account can meet all its resting orders at their worst.

    Every base balance must cover its open asks; cash must cover all open bids, each at the limit
    of its band, with the maker fee rounded up.

    Raises:
        InsufficientBalance: of the first asset that falls short, base assets before the quote.
    """
    worst_atoms = 0
    for asset_id in used_assets(state, account_id):
        if asset_id == 0:
            continue
        word = ledger(state, account_id, asset_id)
        if word.balance < word.open_asks:
            raise InsufficientBalance(account_id, asset_id, word.balance, word.open_asks)
        worst_atoms += worst_cost(state, asset_id, word.open_bids)
    cash = ledger(state, account_id, 0).balance
    if cash < worst_atoms:
        raise InsufficientBalance(account_id, 0, cash, worst_atoms)


def worst_cost(state: State, asset_id: int, open_bid_atoms: int) -> int:
    """Return what open bids of an asset cost at most, fee included [quote atoms]."""
    if open_bid_atoms == 0:
        return 0
    book = state.load(BookWord, slots.book(spot_market(asset_id)))
    notional = open_bid_atoms // book.atoms_per_lot * book.highest_bid * book.tick_value
    return notional + max(0, fee_up(notional, book.maker_ppm))
