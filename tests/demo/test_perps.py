"""What a short demonstration leaves of perps, and of the basis trader's profit."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.demo.finished import STEPS, Finished
from worldmarkets.demo.perpchart import chart_data
from worldmarkets.demo.perptables import SplitError, checked
from worldmarkets.demo.session import exactly
from worldmarkets.demo.split import Split
from worldmarkets.model import slots
from worldmarkets.model.events import Settled
from worldmarkets.model.perp_words import PerpPoolWord, PositionWord
from worldmarkets.model.words import LedgerWord
from worldmarkets.strategies import Action

pytestmark = pytest.mark.node

ATOM = Decimal("0.000001")


def split_of(finished: Finished) -> Split:
    return finished.perps.split(finished.session.reader())


def test_split_parts_are_the_profit_to_the_last_digit(finished: Finished) -> None:
    split = split_of(finished)
    with exactly():
        assert split.funding + split.interest + split.fees + split.price == split.profit
        assert split.total == split.profit
    assert split.profit == next(
        standing.profit
        for standing in finished.session.standings()
        if standing.account == finished.perps.basis.account
    )
    assert split.funding > 0, "he is short, and funding is positive"
    assert split.interest < 0
    assert split.fees < 0
    assert split.price != 0


def test_split_fees_are_those_of_the_records_and_less_than_an_atom_a_rounding(
    finished: Finished,
) -> None:
    account, ledger = finished.perps.basis.account, finished.perps.basis.ledger
    split = split_of(finished)
    settled = [
        one.event
        for one in finished.session.stage.operator.events(Settled)
        if isinstance(one.event, Settled) and one.event.account_id == account.account_id
    ]
    assert settled
    assert -len(settled) * ATOM < split.rounding <= 0
    # Both legs in and out: four takes at least, at 350 millionths of what they traded.
    assert ledger.trades >= 4
    turnover = 4 * finished.perps.basis.underlying.path.at(Decimal(0)) * 200
    assert 0 < -split.fees < turnover * Decimal("0.00036")


def test_split_interest_is_what_the_pool_adds_to_his_debt(finished: Finished) -> None:
    """From the words of debt and pool alone, but for an atom each time that he acts."""
    session, debt = finished.session, finished.perps.basis.debt
    reader = session.reader()
    assert debt.looks >= 2
    assert debt.added(0, reader) < 0
    with exactly():
        added = sum(session.worth_of(asset, debt.added(asset, reader)) for asset in session.assets)
        assert abs(split_of(finished).interest - added) <= 2 * debt.looks * ATOM


def test_split_is_all_settled_at_the_end(finished: Finished) -> None:
    """He has unwound, and what is left is dollars."""
    account, basis = finished.perps.basis.account.account_id, finished.perps.basis
    assert not basis.has_position
    assert basis.decisions[Action.OPEN] == 1
    assert basis.decisions[Action.UNWIND] >= 1
    word = PositionWord.unpack(finished.read_word(slots.position(account, 1)))
    assert word.size == 0
    for asset in (0, 1):
        assert LedgerWord.unpack(finished.read_word(slots.ledger(account, asset))).balance >= 0


def test_checked_parts_that_are_not_the_whole_are_refused(finished: Finished) -> None:
    split = split_of(finished)
    checked(split)
    with pytest.raises(SplitError):
        checked(replace(split, funding=split.funding + Decimal("1e-12")))


def test_perps_marks_follow_their_index_and_funding_runs(finished: Finished) -> None:
    samples = finished.perps.samples
    assert [sample.seconds for sample in samples] == [Decimal(n) for n in range(1, STEPS + 1)]
    for place in range(2):
        found = [sample.perps[place] for sample in samples]
        assert all(abs(one.mark / one.index - 1) <= Decimal("0.03") for one in found)
        assert len({one.index for one in found}) > 1
        assert len({one.mark for one in found}) > 1
        assert {one.funding_8h for one in found} >= {Decimal("0.0001")}
    assert not any(sample.is_shocked for sample in samples)


def test_perps_margin_is_sampled_while_he_has_a_position(finished: Finished) -> None:
    ratios = [sample.ratio for sample in finished.perps.samples]
    assert ratios[0] is None
    assert ratios[-1] is None
    lowest = finished.perps.lowest()
    assert lowest is not None
    assert lowest.ratio == min(ratio for ratio in ratios if ratio is not None) > 1


def test_perps_makers_quote_every_book_on_both_sides(finished: Finished) -> None:
    session = finished.session
    sides = {(order.account, order.market, order.is_ask) for order in session.book.orders.values()}
    for hedger in finished.perps.cast.hedgers:
        for one in session.underlyings:
            for market in (one.spot.market_id, one.perp.market_id):
                for is_ask in (False, True):
                    assert (hedger.account_id, market, is_ask) in sides


def test_perps_positions_add_up_and_pools_lack_nothing(finished: Finished) -> None:
    session = finished.session
    for one in session.underlyings:
        base = one.perp.base_asset_id
        words = [
            PositionWord.unpack(finished.read_word(slots.position(account.account_id, base)))
            for account in session.accounts
        ]
        assert sum(word.size for word in words) == 0
        for account, word in zip(session.accounts, words, strict=True):
            told = session.inventory[account.account_id, one.perp.market_id]
            assert word.size == told
        assert any(word.size for word in words)
        pool = PerpPoolWord.unpack(finished.read_word(slots.perp_pool(one.perp.market_id)))
        assert pool.shortfall == 0
    assert finished.report.passes


def test_chart_data_is_that_of_the_samples(finished: Finished) -> None:
    session, scene, credit = finished.session, finished.perps, finished.source.credit
    symbols = [one.symbol for one in session.underlyings]
    data = chart_data(symbols, scene.samples, credit.samples)
    assert [perp.symbol for perp in data.perps] == ["WETH", "WBTC"]
    assert len(data.seconds) == len(data.borrow_8h_percent) == len(data.margin) == STEPS
    last, perp = scene.samples[-1].perps[0], data.perps[0]
    assert (perp.index[-1], perp.mark[-1]) == (last.index, last.mark)
    assert perp.index[-1] == session.reference_price
    assert perp.basis_bps[-1] == (last.mark / last.index - 1) * 10_000
    assert perp.funding_8h_percent[-1] == last.funding_8h * 100
    rate = Decimal(credit.samples[-1].pools[0].borrow_rate)
    assert data.borrow_8h_percent[-1] == rate.scaleb(-18) * 100 / 1_095
    assert not any(data.shocked)
    page = finished.picture.with_name("simulation-perps.png")
    assert page.read_bytes().startswith(b"\x89PNG")
    assert len(page.read_bytes()) > 20_000
