"""The dearest reads of accounts there are, on a node whose words are overridden for the call."""

from dataclasses import replace

import pytest

from tests.lens.support import Overridden
from tests.lens.test_perp_limits import write_perps
from worldmarkets.client.liquidationlens_views import Level
from worldmarkets.keepers.liquidationview import STANDINGS
from worldmarkets.model import slots
from worldmarkets.model.liquidation_words import (
    AuctionWord,
    LineState,
    LinesWord,
    LineWord,
    ProtectionWord,
)
from worldmarkets.model.perp_words import PositionWord
from worldmarkets.model.words import (
    AccountWord,
    LedgerWord,
    PoolIndexWord,
    PoolTotalsWord,
    RegistryWord,
    UnderlyingWord,
)

pytestmark = pytest.mark.node

USED = 16
"""The most assets an account uses, and the most perps."""
ONE = 10**18
LENDERS = (1, 2, 3, 4)


def write_accounts(node: Overridden, count: int) -> None:
    """Override accounts that use and owe as much as there can be, all of them flagged."""
    write_perps(node)
    registry = RegistryWord.unpack(node.word(slots.registry()))
    node.words[slots.registry()] = replace(registry, accounts=count, assets=44).pack()
    risk = UnderlyingWord.unpack(node.word(slots.underlying(1)))
    for asset in range(44):
        node.words[slots.underlying(asset)] = replace(risk, price=10**10 + asset, lendable=1).pack()
        node.words[slots.pool_index(asset)] = PoolIndexWord(2 * ONE, 3 * ONE, 10**6, 1).pack()
        node.words[slots.pool_totals(asset)] = PoolTotalsWord(10**12, 10**9, 10**9).pack()
    for account in range(1, count + 1):
        write_account(node, account)


def write_account(node: Overridden, account: int) -> None:
    # Perps of other assets than those that it has: as many legs as there can be.
    assets = (1 << USED) - 1
    perps = ((1 << USED) - 1) << USED
    word = AccountWord(5, assets=assets, perps=perps, flagged=1, protected=1, owes=1)
    node.words[slots.account(account)] = word.pack()
    for asset in range(USED):
        ledger = LedgerWord(balance=-(10**9) if asset % 2 else 10**9, lent=1, touched=1)
        node.words[slots.ledger(account, asset)] = ledger.pack()
        position = PositionWord(size=-5 if asset % 2 else 5, touched=1)
        node.words[slots.position(account, USED + asset)] = position.pack()
    node.words[slots.auction(account)] = AuctionWord(1, 1, 1, touched=1).pack()
    node.words[slots.protection(account)] = ProtectionWord(1, 2, 3, touched=1).pack()
    node.words[slots.lines(account)] = LinesWord(*LENDERS, drawn=7, touched=1).pack()
    for lender in LENDERS:
        line = LineWord(1, 1, 2**32 - 1, 0, LineState.ACTIVE, touched=1)
        node.words[slots.line(account, lender)] = line.pack()


def test_page_of_accounts_that_use_all_they_may_fits(node: Overridden) -> None:
    write_accounts(node, 40)
    page = node.liquidation_lens.accounts(level=Level.ALL)
    assert len(page.items) == page.next - 1 > 0
    assert {found.locked_atoms for found in page.items} == {5}
    assert {found.drawn_atoms for found in page.items} == {7}


def test_standings_of_as_many_accounts_as_keepers_ask_for_fit(node: Overridden) -> None:
    write_accounts(node, STANDINGS)
    found = node.liquidation_lens.standings(range(1, STANDINGS + 1))
    assert [one.account_id for one in found] == list(range(1, STANDINGS + 1))


def test_page_of_accounts_that_use_little_fits(node: Overridden) -> None:
    """As many accounts as a page looks at, each with one leg that is owed."""
    write_accounts(node, 80)
    for account in range(1, 81):
        word = AccountWord(5, assets=3, flagged=1, protected=1, owes=1)
        node.words[slots.account(account)] = word.pack()
    page = node.liquidation_lens.accounts(level=Level.ALL)
    assert (len(page.items), page.next) == (80, 0)


def test_assets_as_many_as_there_can_be_fit(node: Overridden) -> None:
    write_perps(node)
    page = node.liquidation_lens.assets()
    assert (len(page.items), page.next) == (44, 0)
