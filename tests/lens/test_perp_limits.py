"""The dearest reads of perps there are, on a node whose words are overridden for the call."""

import pytest

from tests.lens.support import Overridden
from worldmarkets.model import slots
from worldmarkets.model.perp_words import MarkWord, PerpPoolWord, PositionWord
from worldmarkets.model.words import (
    AccountWord,
    BookWord,
    ConfigWord,
    RegistryWord,
    TapeWord,
    perp_market,
)

pytestmark = pytest.mark.node

ASSETS = 44


def write_perps(node: Overridden) -> None:
    """Override the perps of as many assets as there can be, each with a rate that runs."""
    registry = RegistryWord.unpack(node.word(slots.registry()))
    node.words[slots.registry()] = RegistryWord(registry.accounts, ASSETS).pack()
    for asset in range(ASSETS):
        market = perp_market(asset)
        node.words[slots.config(market)] = ConfigWord(base=asset, kind=2).pack()
        node.words[slots.book(market)] = BookWord(min_lots=1).pack()
        node.words[slots.tape(market)] = TapeWord(touched=1).pack()
        mark = MarkWord(2**48 - 1, -(2**79), 2**23 - 1, 1, 2**32 - 1, asset + 1, 255)
        node.words[slots.mark(market)] = mark.pack()
        node.words[slots.perp_pool(market)] = PerpPoolWord(2**79, 2**79, touched=1).pack()


def test_perps_as_many_as_there_can_be_fit(node: Overridden) -> None:
    write_perps(node)
    page = node.perp_lens.perps()
    assert [found.terms.tick_value for found in page.items] == list(range(1, ASSETS + 1))
    assert {found.terms.position_cap_lots for found in page.items} == {15 * 2**31}
    assert page.next == 0


def test_positions_in_every_perp_fit(node: Overridden) -> None:
    write_perps(node)
    node.words[slots.account(3)] = AccountWord(owner=5, assets=1, perps=2**ASSETS - 1).pack()
    for asset in range(ASSETS):
        word = PositionWord(size=-(2**35) if asset % 2 else 2**35 - 1, cash=2**95 - 1)
        node.words[slots.position(3, asset)] = word.pack()
    found, settled = node.perp_lens.positions(3), node.perp_lens.true_up(3)
    assert [each.market_id for each in found] == [perp_market(asset) for asset in range(ASSETS)]
    assert [each.size_lots for each in found[:2]] == [2**35 - 1, -(2**35)]
    assert [each.profit_atoms for each in found] == [each.profit_atoms for each in settled]
    assert all(each.profit_atoms == each.funding_atoms + each.price_atoms for each in settled)
