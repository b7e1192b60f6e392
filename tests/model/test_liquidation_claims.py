"""What an account owes to those who paid for it: before its owner takes anything out."""

import pytest

from tests.model.liquidation import (
    DOLLAR,
    LENDER,
    STRANGER,
    TRADER,
    WINNER,
    Scene,
    fill_insurance,
    give,
    leveraged,
    make_backstop,
)
from tests.model.perps import (
    PERP_MARKET,
    assert_sound,
    fund,
    jump,
    mark_word,
    open_pool,
    perp_order,
)
from tests.model.setting import add_user
from worldmarkets.model import Side, accounts, risk
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import BelowInitialMargin, UnknownAccount, UnsettledProfit
from worldmarkets.model.liquidation import protection
from worldmarkets.model.liquidation_events import AccountThawed, ClaimRepaid, LineRepaid
from worldmarkets.model.liquidation_words import LineState, LineWord, ProtectionWord
from worldmarkets.model.perp_words import Q24

FOREVER = 2**32 - 1


def paid_for(insurance: int = 10_000, backstop: int = 0) -> Scene:
    """A trader for whom funds have paid a deficit of 500 dollars and an atom."""
    scene = leveraged()
    fill_insurance(scene.exchange, insurance)
    if backstop:
        make_backstop(scene.exchange, backstop)
    jump(scene.exchange, 1_850)
    jump(scene.exchange, 1_750)
    scene.exchange.flag_account(scene.trader)
    return scene


def close(scene: Scene) -> None:
    """Let the trader close his position at the mark and settle it."""
    tick = mark_word(scene.exchange).mark // Q24
    bid = perp_order(Side.BID, tick, 10_000)
    scene.exchange.place(WINNER, scene.winner, bid)
    now = {"time_in_force": Tif.IMMEDIATE_OR_CANCEL, "reduce_only": True}
    scene.exchange.place(TRADER, scene.trader, perp_order(Side.ASK, tick, 10_000, **now))
    scene.exchange.settle(TRADER, scene.trader, PERP_MARKET)


def claims(scene: Scene) -> tuple[int, int]:
    word = protection.load(scene.exchange.state, scene.trader)
    return word.insurance_claim, word.backstop_claim


# ---------------------------------------------------------------------- repaying


def test_repay_claims_of_an_unknown_account_is_refused() -> None:
    with pytest.raises(UnknownAccount):
        leveraged().exchange.repay_claims(99)


def test_repay_claims_of_who_owes_nothing_pays_nothing() -> None:
    scene = leveraged()
    words = dict(scene.exchange.state.words)
    assert scene.exchange.repay_claims(scene.trader) == 0
    assert scene.exchange.events == []
    assert scene.exchange.state.words == words


def test_repay_claims_takes_no_more_than_what_is_beyond_the_initial_requirement() -> None:
    scene = paid_for()
    assert scene.exchange.repay_claims(scene.trader) == 0
    jump(scene.exchange, 1_800)
    surplus = risk.settled_surplus(scene.exchange.state, scene.trader)
    assert surplus < 0
    give(scene.exchange, scene.trader, 1_000)
    surplus = risk.settled_surplus(scene.exchange.state, scene.trader)
    owed = claims(scene)[0]
    assert 0 < surplus < owed
    has = scene.atoms(accounts.INSURANCE)
    assert scene.exchange.repay_claims(scene.trader) == surplus
    assert scene.exchange.events == [ClaimRepaid(scene.trader, surplus, 0)]
    assert claims(scene) == (owed - surplus, 0)
    assert scene.atoms(accounts.INSURANCE) == has + surplus
    assert risk.settled_surplus(scene.exchange.state, scene.trader) == 0
    assert scene.word().owes
    assert scene.exchange.repay_claims(scene.trader) == 0
    assert_sound(scene.exchange)


def test_repay_claims_counts_resting_orders() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 10_000)
    order_id = scene.exchange.place(
        TRADER, scene.trader, perp_order(Side.BID, 17_000, 2_000)
    ).order_id
    jump(scene.exchange, 1_850)
    jump(scene.exchange, 1_750)
    scene.exchange.flag_account(scene.trader)
    give(scene.exchange, scene.trader, 1_200)
    ordered = risk.settled_surplus(scene.exchange.state, scene.trader)
    scene.exchange.cancel(TRADER, scene.trader, order_id)
    free = risk.settled_surplus(scene.exchange.state, scene.trader)
    assert ordered < free
    assert scene.exchange.repay_claims(scene.trader) == free


def test_repay_claims_shares_between_the_funds_and_ends_the_debt() -> None:
    scene = paid_for(500, 1_000)
    assert claims(scene) == (250 * DOLLAR, 200 * DOLLAR)
    give(scene.exchange, scene.trader, 5_000)
    assert scene.exchange.repay_claims(scene.trader) == 450 * DOLLAR
    assert scene.exchange.events == [ClaimRepaid(scene.trader, 250 * DOLLAR, 200 * DOLLAR)]
    assert claims(scene) == (0, 0)
    assert not scene.word().owes
    assert_sound(scene.exchange)


def test_repay_claims_rounds_the_part_of_the_insurance_down() -> None:
    scene = paid_for(500, 1_000)
    give(scene.exchange, scene.trader, 10)
    close(scene)
    state, has = scene.exchange.state, scene.atoms(scene.trader)
    word = ProtectionWord(insurance_claim=has, backstop_claim=2 * has + 1, touched=1)
    protection.store(state, scene.trader, word)
    assert scene.exchange.repay_claims(scene.trader) == has
    insurance = has * has // (3 * has + 1)
    assert 3 * insurance < has
    assert scene.exchange.events == [ClaimRepaid(scene.trader, insurance, has - insurance)]


def test_repay_claims_takes_only_what_the_pool_gives_of_what_is_lent() -> None:
    scene = paid_for()
    give(scene.exchange, scene.trader, 5_000)
    open_pool(scene.exchange, 0, 100 * DOLLAR)
    scene.exchange.set_lent(TRADER, scene.trader, 0, True)
    borrower = add_user(scene.exchange, STRANGER, 0, 1_000)
    units = 7_400 * 10**18
    scene.exchange.borrow(STRANGER, borrower, 0, units, STRANGER)
    assert scene.exchange.repay_claims(scene.trader) == 200 * DOLLAR + 1
    assert claims(scene) == (300 * DOLLAR, 0)
    assert_sound(scene.exchange)


def test_repay_claims_thaws_an_account_without_flag() -> None:
    scene = paid_for()
    give(scene.exchange, scene.trader, 5_000)
    assert scene.exchange.review_account(scene.trader) == (False, False)
    scene.exchange.repay_claims(scene.trader)
    kinds = [type(event) for event in scene.exchange.events]
    assert kinds == [ClaimRepaid, AccountThawed]
    assert scene.word().live


def test_repay_claims_leaves_a_flag() -> None:
    scene = paid_for()
    give(scene.exchange, scene.trader, 5_000)
    scene.exchange.repay_claims(scene.trader)
    assert not scene.word().live
    assert scene.word().flagged
    assert scene.exchange.review_account(scene.trader) == (False, True)


def test_repay_claims_pays_lines_after_the_funds_and_drops_what_is_empty() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 10_000)
    lenders = [lend(scene, LENDER, 100), lend(scene, STRANGER, 100)]
    jump(scene.exchange, 1_850)
    jump(scene.exchange, 1_790)
    scene.exchange.flag_account(scene.trader)
    # The bond of nobody: both lines pay 100 dollars but the deficit is of 100 only.
    assert scene.deficits() == []
    jump(scene.exchange, 1_750)
    scene.exchange.review_account(scene.trader)
    (paid,) = scene.deficits()
    assert (paid.line_atoms, paid.insurance_atoms) == (200 * DOLLAR, 300 * DOLLAR + 1)
    give(scene.exchange, scene.trader, 1_000)
    surplus = risk.settled_surplus(scene.exchange.state, scene.trader)
    assert surplus < 300 * DOLLAR
    give(scene.exchange, scene.trader, 150 + 300 - surplus // DOLLAR)
    has = [scene.atoms(lender) for lender in lenders]
    atoms = scene.exchange.repay_claims(scene.trader)
    assert 400 * DOLLAR < atoms < 500 * DOLLAR
    second = atoms - 400 * DOLLAR - 1
    assert scene.exchange.events == [
        ClaimRepaid(scene.trader, 300 * DOLLAR + 1, 0),
        LineRepaid(scene.trader, lenders[0], 100 * DOLLAR, 0),
        LineRepaid(scene.trader, lenders[1], second, 100 * DOLLAR - second),
    ]
    got = [scene.atoms(lender) - before for lender, before in zip(lenders, has, strict=True)]
    assert got == [100 * DOLLAR, second]
    words = [protection.load_line(scene.exchange.state, scene.trader, one) for one in lenders]
    assert words[0] == LineWord(touched=1)
    assert (words[1].state, words[1].drawn) == (LineState.ACTIVE, 100 * DOLLAR - second)
    lines = protection.load_lines(scene.exchange.state, scene.trader)
    assert (lines.lenders, lines.drawn) == ((lenders[1],), 100 * DOLLAR - second)
    assert scene.word().owes
    give(scene.exchange, scene.trader, 1_000)
    scene.exchange.repay_claims(scene.trader)
    assert not scene.word().owes
    assert protection.load_lines(scene.exchange.state, scene.trader).lenders == ()
    assert_sound(scene.exchange)


def lend(scene: Scene, owner: int, dollars: int) -> int:
    lender = fund(scene.exchange, owner, 1_000)
    line = (lender, scene.trader, dollars * DOLLAR, 0, FOREVER)
    scene.exchange.offer_line(owner, *line)
    scene.exchange.accept_line(TRADER, scene.trader, lender, 0)
    return lender


# ---------------------------------------------------------------------- before the owner


def test_withdrawal_leaves_what_is_owed_although_nothing_else_is_required() -> None:
    scene = paid_for()
    close(scene)
    scene.exchange.deactivate_market(TRADER, scene.trader, PERP_MARKET)
    give(scene.exchange, scene.trader, 1_000)
    owed, has = claims(scene)[0], scene.atoms(scene.trader)
    units = (has - owed + 1) * 10**12
    with pytest.raises(BelowInitialMargin) as refused:
        scene.exchange.withdraw(TRADER, scene.trader, 0, units, TRADER)
    assert refused.value.arguments == (scene.trader, owed - 1, owed)
    scene.exchange.withdraw(TRADER, scene.trader, 0, units - 10**12, TRADER)
    assert scene.atoms(scene.trader) == owed
    assert_sound(scene.exchange)


def test_withdrawal_leaves_what_is_owed_beside_what_is_required() -> None:
    scene = paid_for()
    give(scene.exchange, scene.trader, 3_000)
    required = scene.exchange.preview_margin(scene.trader)[0].initial_atoms
    owed, equity = claims(scene)[0], scene.stands().equity
    free = equity - required - owed
    assert free > 0
    with pytest.raises(BelowInitialMargin) as refused:
        scene.exchange.withdraw(TRADER, scene.trader, 0, (free + 1) * 10**12, TRADER)
    assert refused.value.arguments == (scene.trader, required + owed - 1, required + owed)


def test_withdrawal_beside_a_claim_counts_no_profit_that_is_not_settled() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 10_000)
    jump(scene.exchange, 1_850)
    jump(scene.exchange, 1_750)
    scene.exchange.flag_account(scene.trader)
    give(scene.exchange, scene.trader, 1_000)
    for dollars in (1_850, 1_950, 2_050, 2_150):
        jump(scene.exchange, dollars)
    scene.exchange.time += 3_600
    jump(scene.exchange, 2_150)
    scene.exchange.settle(STRANGER, scene.winner, PERP_MARKET)
    margin = scene.exchange.preview_margin(scene.trader)[0]
    assert margin.equity_atoms > margin.settled_atoms
    free = margin.settled_atoms - margin.initial_atoms - claims(scene)[0]
    with pytest.raises(UnsettledProfit):
        scene.exchange.withdraw(TRADER, scene.trader, 0, (free + 1) * 10**12, TRADER)


# ---------------------------------------------------------------------- before what is risked


def rebounded() -> Scene:
    """A trader who has the funds' 500 dollars back, and may not add risk beside their claim."""
    scene = paid_for()
    give(scene.exchange, scene.trader, 700)
    jump(scene.exchange, 1_800)
    assert scene.exchange.review_account(scene.trader) == (False, False)
    free = scene.exchange.preview_margin(scene.trader)[0].free_atoms
    assert 0 < free < claims(scene)[0]
    return scene


@pytest.mark.parametrize("tick", [17_110, 17_980])
def test_owner_does_not_trade_away_what_funds_have_a_claim_on(tick: int) -> None:
    """All of it 5 % below the mark to a friend would leave 311 dollars for a claim of 500."""
    scene = rebounded()
    friend = fund(scene.exchange, STRANGER, 10**5)
    scene.exchange.place(STRANGER, friend, perp_order(Side.BID, tick, 10_000))
    now = {"time_in_force": Tif.IMMEDIATE_OR_CANCEL, "reduce_only": True}
    order = perp_order(Side.ASK, tick, 10_000, **now)
    if tick < 17_980:
        with pytest.raises(BelowInitialMargin):
            scene.exchange.place(TRADER, scene.trader, order)
    else:
        # Close to the mark he may close everything, and the claim is covered.
        scene.exchange.place(TRADER, scene.trader, order)
        assert scene.stands().equity > claims(scene)[0]


def test_owner_adds_no_risk_beside_a_claim() -> None:
    scene = rebounded()
    scene.exchange.repay_claims(scene.trader)
    give(scene.exchange, scene.trader, 100)
    protection.mark(scene.exchange.state, scene.trader, live=1)
    with pytest.raises(BelowInitialMargin):
        scene.exchange.place(TRADER, scene.trader, perp_order(Side.BID, 17_990, 100))
