"""Standby lines: offered, accepted, noticed, drawn, closed and repaid."""

import pytest

from tests.model.liquidation import (
    BIDDER,
    DOLLAR,
    LENDER,
    STRANGER,
    TRADER,
    Scene,
    give,
    leveraged,
    refresh,
)
from tests.model.perps import assert_sound, fund, jump, make_perps, open_pool
from tests.model.setting import LISTER
from worldmarkets.model.errors import (
    AccessManagedUnauthorized,
    AccountFrozen,
    AccountHealthy,
    AccountUnhealthy,
    BelowInitialMargin,
    BelowLeastProtection,
    InsufficientBalance,
    InvalidParameter,
    LineCommitted,
    LineExists,
    LineExpired,
    NoSuchLine,
    NotAccountOwner,
    PaidTooMuch,
    PriceMoving,
    SameAccount,
    TooManyLines,
    UnknownAccount,
    ZeroAddress,
)
from worldmarkets.model.liquidation import protection
from worldmarkets.model.liquidation.moves import PAUSE
from worldmarkets.model.liquidation_events import (
    BackstopSet,
    LineAccepted,
    LineClosed,
    LineDrawn,
    LineNoticed,
    LineOffered,
    LineRepaid,
    LiquidatorSet,
)
from worldmarkets.model.liquidation_words import LineState, LinesWord, LineWord

FOREVER = 2**32 - 1
HOUR = 3_600
ATOMS, FEE = 100 * DOLLAR, 3 * DOLLAR


@pytest.fixture
def scene() -> Scene:
    return leveraged()


@pytest.fixture
def lender(scene: Scene) -> int:
    return fund(scene.exchange, LENDER, 1_000)


def offer(scene: Scene, lender: int, **terms: int) -> None:
    wanted = {"atoms": ATOMS, "fee": FEE, "expiry": FOREVER, **terms}
    scene.exchange.offer_line(LENDER, lender, scene.trader, *wanted.values())


def accept(scene: Scene, lender: int, max_fee: int = FEE) -> None:
    scene.exchange.accept_line(TRADER, scene.trader, lender, max_fee)


def word(scene: Scene, lender: int) -> LineWord:
    return protection.load_line(scene.exchange.state, scene.trader, lender)


def listed(scene: Scene) -> LinesWord:
    return protection.load_lines(scene.exchange.state, scene.trader)


# ---------------------------------------------------------------------- offers


def test_offer_line_locks_what_it_promises(scene: Scene, lender: int) -> None:
    offer(scene, lender)
    assert scene.exchange.events == [LineOffered(scene.trader, lender, ATOMS, FEE, FOREVER)]
    assert word(scene, lender) == LineWord(ATOMS, FEE, FOREVER, 0, LineState.OFFERED, 1)
    assert scene.atoms(lender) == 900 * DOLLAR
    assert scene.counts().lines == ATOMS
    # It protects nobody yet.
    assert scene.stands().protected == 0
    assert not scene.word().protected
    assert_sound(scene.exchange)


def test_offer_line_by_others_or_for_nobody_is_refused(scene: Scene, lender: int) -> None:
    with pytest.raises(NotAccountOwner):
        scene.exchange.offer_line(STRANGER, lender, scene.trader, ATOMS, FEE, FOREVER)
    with pytest.raises(UnknownAccount):
        scene.exchange.offer_line(LENDER, lender, 99, ATOMS, FEE, FOREVER)
    with pytest.raises(SameAccount):
        scene.exchange.offer_line(LENDER, lender, lender, ATOMS, FEE, FOREVER)


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        ({"atoms": 10 * DOLLAR - 1}, BelowLeastProtection),
        ({"fee": 2**80}, InvalidParameter),
        ({"expiry": 999}, LineExpired),
        ({"atoms": 1_000 * DOLLAR + 1}, InsufficientBalance),
    ],
)
def test_offer_line_on_impossible_terms_is_refused(
    scene: Scene, lender: int, terms: dict[str, int], error: type[Exception]
) -> None:
    with pytest.raises(error):
        offer(scene, lender, **terms)
    assert word(scene, lender) == LineWord()


def test_offer_line_at_the_limits_is_made(scene: Scene, lender: int) -> None:
    scene.exchange.time = 1_001
    offer(scene, lender, atoms=10 * DOLLAR, fee=2**80 - 1, expiry=1_001)
    assert word(scene, lender).drawn == 2**80 - 1


def test_offer_line_twice_is_refused(scene: Scene, lender: int) -> None:
    offer(scene, lender)
    with pytest.raises(LineExists) as refused:
        offer(scene, lender)
    assert refused.value.arguments == (scene.trader, lender)
    accept(scene, lender)
    with pytest.raises(LineExists):
        offer(scene, lender)


def test_offer_line_of_a_flagged_lender_is_refused(scene: Scene) -> None:
    other = fund(scene.exchange, BIDDER, 100)
    scene.flag(1_870)
    with pytest.raises(AccountFrozen) as refused:
        scene.exchange.offer_line(TRADER, scene.trader, other, ATOMS, 0, FOREVER)
    assert refused.value.account_id == scene.trader


def test_offer_line_needs_what_a_withdrawal_would(scene: Scene) -> None:
    other = fund(scene.exchange, BIDDER, 100)
    free = scene.exchange.preview_margin(scene.trader)[0].free_atoms
    with pytest.raises(BelowInitialMargin):
        scene.exchange.offer_line(TRADER, scene.trader, other, free + 1, 0, FOREVER)
    scene.exchange.offer_line(TRADER, scene.trader, other, free, 0, FOREVER)
    assert_sound(scene.exchange)


def test_offer_line_of_what_is_lent_waits_while_a_price_moves() -> None:
    exchange = make_perps()
    open_pool(exchange)
    lender, account = fund(exchange, LENDER, 1_000), fund(exchange, TRADER, 0)
    exchange.set_lent(LENDER, lender, 0, True)
    jump(exchange, 2_100)
    with pytest.raises(PriceMoving):
        exchange.offer_line(LENDER, lender, account, ATOMS, 0, FOREVER)
    exchange.time += 10
    exchange.offer_line(LENDER, lender, account, ATOMS, 0, FOREVER)
    assert_sound(exchange)


# ---------------------------------------------------------------------- acceptance


def test_accept_line_pays_the_fee_and_protects(scene: Scene, lender: int) -> None:
    offer(scene, lender)
    accept(scene, lender)
    assert scene.exchange.events == [LineAccepted(scene.trader, lender, ATOMS, FEE)]
    assert word(scene, lender) == LineWord(ATOMS, 0, FOREVER, 0, LineState.ACTIVE, 1)
    assert listed(scene) == LinesWord(first=lender, touched=1)
    assert scene.atoms(scene.trader) == 1_997 * DOLLAR
    assert scene.atoms(lender) == 903 * DOLLAR
    assert scene.stands().protected == ATOMS
    assert scene.word().protected
    assert_sound(scene.exchange)


def test_accept_line_without_fee_pays_nothing(scene: Scene, lender: int) -> None:
    offer(scene, lender, fee=0)
    accept(scene, lender, 0)
    assert scene.exchange.events == [LineAccepted(scene.trader, lender, ATOMS, 0)]
    assert scene.atoms(lender) == 900 * DOLLAR


def test_accept_line_by_others_or_of_nobody_is_refused(scene: Scene, lender: int) -> None:
    with pytest.raises(NoSuchLine):
        accept(scene, lender)
    offer(scene, lender)
    with pytest.raises(NotAccountOwner):
        scene.exchange.accept_line(LENDER, scene.trader, lender, FEE)
    accept(scene, lender)
    with pytest.raises(NoSuchLine) as refused:
        accept(scene, lender)
    assert refused.value.arguments == (scene.trader, lender)


def test_accept_line_for_a_higher_fee_than_allowed_is_refused(scene: Scene, lender: int) -> None:
    offer(scene, lender)
    with pytest.raises(PaidTooMuch) as refused:
        accept(scene, lender, FEE - 1)
    assert refused.value.arguments == (FEE, FEE - 1)


def test_accept_line_after_its_expiry_is_refused(scene: Scene, lender: int) -> None:
    offer(scene, lender, expiry=scene.exchange.time + 5)
    scene.exchange.time += 6
    with pytest.raises(LineExpired) as refused:
        accept(scene, lender)
    assert refused.value.arguments == (1_005, 1_006)
    scene.exchange.time -= 1
    accept(scene, lender)


def test_accept_line_whose_fee_is_not_there_is_refused(scene: Scene, lender: int) -> None:
    offer(scene, lender, fee=2_001 * DOLLAR)
    with pytest.raises(InsufficientBalance):
        accept(scene, lender, 2**70)
    assert word(scene, lender).state == LineState.OFFERED


def test_accept_line_whose_fee_is_margin_is_refused(scene: Scene, lender: int) -> None:
    free = scene.exchange.preview_margin(scene.trader)[0].free_atoms
    offer(scene, lender, fee=free + 1)
    with pytest.raises(BelowInitialMargin):
        accept(scene, lender, 2**70)


def test_accept_line_of_a_flagged_account_is_refused(scene: Scene, lender: int) -> None:
    offer(scene, lender)
    scene.flag(1_870)
    with pytest.raises(AccountFrozen):
        accept(scene, lender)


def test_accept_line_beyond_the_most_is_refused(scene: Scene) -> None:
    lenders = [fund(scene.exchange, LENDER, 1_000) for _ in range(5)]
    for lender in lenders:
        offer(scene, lender, fee=0)
    for lender in lenders[:4]:
        accept(scene, lender)
    assert listed(scene).lenders == tuple(lenders[:4])
    with pytest.raises(TooManyLines) as refused:
        accept(scene, lenders[4])
    assert refused.value.arguments == (scene.trader, 4)
    assert scene.stands().protected == 4 * ATOMS
    assert_sound(scene.exchange)


# ---------------------------------------------------------------------- notice and end


@pytest.fixture
def active(scene: Scene, lender: int) -> Scene:
    offer(scene, lender)
    accept(scene, lender)
    return scene


def notice(scene: Scene, lender: int) -> None:
    scene.exchange.give_notice(LENDER, scene.trader, lender)


def close(scene: Scene, lender: int) -> None:
    scene.exchange.close_line(LENDER, scene.trader, lender)


def test_close_line_that_was_only_offered_gives_it_back(scene: Scene, lender: int) -> None:
    offer(scene, lender)
    close(scene, lender)
    assert scene.exchange.events == [LineClosed(scene.trader, lender, ATOMS)]
    assert word(scene, lender) == LineWord(touched=1)
    assert scene.atoms(lender) == 1_000 * DOLLAR
    assert scene.counts().lines == 0
    offer(scene, lender)
    assert_sound(scene.exchange)


def test_close_line_without_notice_or_before_an_hour_is_refused(active: Scene, lender: int) -> None:
    with pytest.raises(LineCommitted) as refused:
        close(active, lender)
    assert refused.value.arguments == (active.trader, lender, 0)
    notice(active, lender)
    closes_at = active.exchange.time + HOUR
    assert active.exchange.events == [LineNoticed(active.trader, lender, closes_at)]
    active.exchange.time = closes_at - 1
    with pytest.raises(LineCommitted) as refused:
        close(active, lender)
    assert refused.value.arguments == (active.trader, lender, closes_at)
    assert active.stands().protected == ATOMS
    active.exchange.time = closes_at
    close(active, lender)
    assert word(active, lender) == LineWord(touched=1)
    assert listed(active).lenders == ()
    assert active.atoms(lender) == 1_003 * DOLLAR
    assert_sound(active.exchange)


def test_second_notice_starts_anew(active: Scene, lender: int) -> None:
    notice(active, lender)
    active.exchange.time += HOUR - 1
    notice(active, lender)
    active.exchange.time += 1
    with pytest.raises(LineCommitted):
        close(active, lender)


def test_notice_or_end_of_a_line_for_who_is_not_healthy_is_refused(
    active: Scene, lender: int
) -> None:
    notice(active, lender)
    active.exchange.time += HOUR
    jump(active.exchange, 1_870)
    active.exchange.time += PAUSE
    stands = active.stands()
    for action in (notice, close):
        with pytest.raises(AccountUnhealthy) as refused:
            action(active, lender)
        expected = (active.trader, stands.equity, stands.maintenance)
        assert refused.value.arguments == expected


def test_notice_or_end_of_a_line_for_a_flagged_account_is_refused(
    active: Scene, lender: int
) -> None:
    notice(active, lender)
    active.exchange.time += HOUR
    jump(active.exchange, 1_850)
    active.exchange.flag_account(active.trader)
    jump(active.exchange, 1_885)
    active.exchange.time += PAUSE
    assert active.stands().is_healthy
    for action in (notice, close):
        with pytest.raises(AccountUnhealthy):
            action(active, lender)


def test_close_line_that_has_expired_needs_no_notice(scene: Scene, lender: int) -> None:
    offer(scene, lender, expiry=1_010)
    accept(scene, lender)
    scene.exchange.time = 1_010
    assert scene.stands().protected == ATOMS
    with pytest.raises(LineCommitted):
        close(scene, lender)
    scene.exchange.time = 1_011
    jump(scene.exchange, 1_870)
    assert scene.stands().protected == 0
    close(scene, lender)
    assert scene.atoms(lender) == 1_003 * DOLLAR
    assert_sound(scene.exchange)


def test_notice_or_end_of_no_line_is_refused(scene: Scene, lender: int) -> None:
    for action in (notice, close):
        with pytest.raises(NoSuchLine):
            action(scene, lender)
    offer(scene, lender)
    with pytest.raises(NoSuchLine):
        notice(scene, lender)
    with pytest.raises(NotAccountOwner):
        scene.exchange.close_line(TRADER, scene.trader, lender)
    with pytest.raises(NotAccountOwner):
        scene.exchange.give_notice(TRADER, scene.trader, lender)


def test_close_line_in_the_middle_moves_the_others_forward(scene: Scene) -> None:
    lenders = [fund(scene.exchange, LENDER, 1_000) for _ in range(3)]
    for lender in lenders:
        offer(scene, lender, fee=0)
        accept(scene, lender)
    notice(scene, lenders[1])
    scene.exchange.time += HOUR
    close(scene, lenders[1])
    first, _, third = lenders
    assert listed(scene) == LinesWord(first, third, touched=1)
    refresh(scene.exchange)
    offer(scene, lenders[1], fee=0)
    accept(scene, lenders[1])
    assert listed(scene).lenders == (first, third, lenders[1])
    assert_sound(scene.exchange)


# ---------------------------------------------------------------------- draws


def test_draw_line_brings_the_account_to_its_end(active: Scene, lender: int) -> None:
    """Anyone may, below maintenance; 297 dollars would be needed, and 100 are there."""
    jump(active.exchange, 1_874)
    stands = active.stands()
    assert not stands.is_healthy
    assert stands.is_safe
    assert active.exchange.draw_line(active.trader, lender) == ATOMS
    assert active.exchange.events == [LineDrawn(active.trader, lender, ATOMS, ATOMS)]
    assert word(active, lender) == LineWord(0, ATOMS, FOREVER, 0, LineState.ACTIVE, 1)
    assert listed(active) == LinesWord(first=lender, drawn=ATOMS, touched=1)
    assert active.atoms(active.trader) == 2_097 * DOLLAR
    assert active.stands().protected == 0
    assert active.counts().lines == 0
    assert active.word().owes
    assert_sound(active.exchange)


def test_draw_line_takes_no_more_than_what_is_missing(scene: Scene) -> None:
    rich = fund(scene.exchange, LENDER, 1_000)
    offer(scene, rich, atoms=900 * DOLLAR, fee=0)
    accept(scene, rich)
    jump(scene.exchange, 1_870)
    stands = scene.stands()
    missing = stands.end - stands.equity
    assert scene.exchange.draw_line(scene.trader, rich) == missing
    assert word(scene, rich).locked == 900 * DOLLAR - missing
    with pytest.raises(AccountHealthy) as refused:
        scene.exchange.draw_line(scene.trader, rich)
    assert refused.value.arguments == (scene.trader, stands.end, stands.maintenance)
    # A second draw adds up.
    jump(scene.exchange, 1_845)
    more = scene.exchange.draw_line(scene.trader, rich)
    assert scene.exchange.events == [LineDrawn(scene.trader, rich, more, missing + more)]
    assert listed(scene).drawn == missing + more
    assert_sound(scene.exchange)


def test_draw_line_of_a_flagged_account_can_end_its_liquidation(scene: Scene) -> None:
    lender = fund(scene.exchange, LENDER, 1_000)
    offer(scene, lender, atoms=500 * DOLLAR, fee=0)
    accept(scene, lender)
    jump(scene.exchange, 1_820)
    scene.exchange.flag_account(scene.trader)
    jump(scene.exchange, 1_865)
    scene.exchange.draw_line(scene.trader, lender)
    assert scene.stands().is_restored
    assert scene.exchange.review_account(scene.trader) == (False, True)
    assert_sound(scene.exchange)


def test_draw_line_of_who_is_healthy_is_refused(active: Scene, lender: int) -> None:
    jump(active.exchange, 1_890)
    with pytest.raises(AccountHealthy):
        active.exchange.draw_line(active.trader, lender)


def test_draw_line_that_is_none_offered_or_empty_is_refused(scene: Scene, lender: int) -> None:
    jump(scene.exchange, 1_870)
    with pytest.raises(NoSuchLine):
        scene.exchange.draw_line(scene.trader, lender)
    offer(scene, lender)
    with pytest.raises(NoSuchLine):
        scene.exchange.draw_line(scene.trader, lender)
    with pytest.raises(NoSuchLine):
        scene.exchange.draw_line(99, lender)


def test_draw_line_after_its_expiry_is_refused(scene: Scene, lender: int) -> None:
    offer(scene, lender, expiry=1_010)
    accept(scene, lender)
    jump(scene.exchange, 1_870)
    scene.exchange.time = 1_011
    with pytest.raises(LineExpired):
        scene.exchange.draw_line(scene.trader, lender)
    scene.exchange.time = 1_010
    scene.exchange.draw_line(scene.trader, lender)
    scene.exchange.time = 1_011
    with pytest.raises(NoSuchLine):
        scene.exchange.draw_line(scene.trader, lender)


def test_close_line_that_is_drawn_in_part_stays_until_it_is_repaid(scene: Scene) -> None:
    lender = fund(scene.exchange, LENDER, 1_000)
    offer(scene, lender, atoms=900 * DOLLAR, fee=0)
    accept(scene, lender)
    jump(scene.exchange, 1_870)
    drawn = scene.exchange.draw_line(scene.trader, lender)
    notice(scene, lender)
    scene.exchange.time += HOUR
    close(scene, lender)
    assert scene.exchange.events == [LineClosed(scene.trader, lender, 900 * DOLLAR - drawn)]
    after = word(scene, lender)
    assert (after.state, after.locked, after.drawn) == (LineState.ACTIVE, 0, drawn)
    assert listed(scene).lenders == (lender,)
    with pytest.raises(NoSuchLine):
        close(scene, lender)
    give(scene.exchange, scene.trader, 1_000)
    scene.exchange.repay_claims(scene.trader)
    assert scene.exchange.events == [LineRepaid(scene.trader, lender, drawn, 0)]
    assert word(scene, lender) == LineWord(touched=1)
    assert not scene.word().owes
    assert scene.atoms(lender) == 1_000 * DOLLAR
    assert_sound(scene.exchange)


def test_line_that_is_repaid_and_still_locked_can_be_drawn_again(scene: Scene) -> None:
    lender = fund(scene.exchange, LENDER, 1_000)
    offer(scene, lender, atoms=900 * DOLLAR, fee=0)
    accept(scene, lender)
    jump(scene.exchange, 1_870)
    drawn = scene.exchange.draw_line(scene.trader, lender)
    give(scene.exchange, scene.trader, 700)
    scene.exchange.repay_claims(scene.trader)
    after = word(scene, lender)
    assert (after.locked, after.drawn) == (900 * DOLLAR - drawn, 0)
    assert listed(scene).lenders == (lender,)
    assert scene.stands().protected == 900 * DOLLAR - drawn
    assert_sound(scene.exchange)


def test_withdrawal_leaves_what_is_drawn_of_lines(scene: Scene, lender: int) -> None:
    offer(scene, lender, fee=0)
    accept(scene, lender)
    jump(scene.exchange, 1_875)
    scene.exchange.draw_line(scene.trader, lender)
    give(scene.exchange, scene.trader, 1_000)
    margin = scene.exchange.preview_margin(scene.trader)[0]
    free = margin.settled_atoms - margin.initial_atoms - ATOMS
    with pytest.raises(BelowInitialMargin):
        scene.exchange.withdraw(TRADER, scene.trader, 0, (free + 1) * 10**12, TRADER)
    scene.exchange.withdraw(TRADER, scene.trader, 0, free * 10**12, TRADER)


# ---------------------------------------------------------------------- who is chosen


def test_set_liquidator_by_the_owner_alone(scene: Scene) -> None:
    scene.exchange.set_liquidator(TRADER, scene.trader, BIDDER, True)
    assert scene.exchange.events == [LiquidatorSet(scene.trader, BIDDER, True)]
    with pytest.raises(NotAccountOwner):
        scene.exchange.set_liquidator(BIDDER, scene.trader, BIDDER, True)
    with pytest.raises(ZeroAddress):
        scene.exchange.set_liquidator(TRADER, scene.trader, 0, True)
    with pytest.raises(UnknownAccount):
        scene.exchange.set_liquidator(TRADER, 99, BIDDER, True)


def test_set_backstop_by_listers_once(scene: Scene) -> None:
    with pytest.raises(AccessManagedUnauthorized):
        scene.exchange.set_backstop(TRADER, scene.winner)
    with pytest.raises(UnknownAccount):
        scene.exchange.set_backstop(LISTER, 99)
    scene.exchange.set_backstop(LISTER, scene.winner)
    assert scene.exchange.events == [BackstopSet(scene.winner)]
    assert scene.counts().backstop == scene.winner
    with pytest.raises(InvalidParameter) as refused:
        scene.exchange.set_backstop(LISTER, scene.bidder)
    assert refused.value.arguments == (b"accountId".ljust(32, b"\0"), scene.bidder)


def test_set_backstop_to_the_insurance_fund_is_refused(scene: Scene) -> None:
    with pytest.raises(InvalidParameter):
        scene.exchange.set_backstop(LISTER, 1)
    assert scene.counts().backstop == 0


def test_close_line_while_a_price_moves_fast_waits(active: Scene, lender: int) -> None:
    notice(active, lender)
    active.exchange.time += HOUR
    jump(active.exchange, 1_960)
    with pytest.raises(PriceMoving):
        close(active, lender)
    active.exchange.time += PAUSE
    close(active, lender)
