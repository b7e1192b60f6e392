"""Deficits: whose they are, and who pays them, step by step."""

from dataclasses import replace

from tests.model.liquidation import (
    BIDDER,
    DOLLAR,
    LENDER,
    LOTS,
    STRANGER,
    TRADER,
    Scene,
    fill_insurance,
    give,
    indebted,
    leveraged,
    make_backstop,
    refresh,
)
from tests.model.perps import (
    PERP_MARKET,
    assert_sound,
    fund,
    jump,
    open_pool,
    pool_word,
    position,
    trade,
)
from tests.model.setting import LISTER, add_user
from worldmarkets.model import accounts, balances, pools, slots
from worldmarkets.model.interface import PoolTerms
from worldmarkets.model.liquidation import attribution, waterfall
from worldmarkets.model.liquidation.attribution import Part
from worldmarkets.model.liquidation.waterfall_invariants import check_amounts, check_order
from worldmarkets.model.liquidation_events import (
    DeficitPaid,
    Flagged,
    PoolLoss,
    ShortfallAdded,
    SliceTaken,
)
from worldmarkets.model.liquidation_words import FundWord, ProtectionWord
from worldmarkets.model.perp_words import PerpPoolWord
from worldmarkets.model.pools import Pool
from worldmarkets.model.rates import WAD
from worldmarkets.model.state import State
from worldmarkets.model.words import PoolIndexWord, PoolTotalsWord, spot_market

DAY = 86_400
PPM = 10**6


def lost(scene: Scene, dollars: int = 1_750) -> DeficitPaid:
    """Let the price fall until the trader's deficit is 500 dollars, and flag him."""
    jump(scene.exchange, 1_850)
    jump(scene.exchange, dollars)
    before = State(dict(scene.exchange.state.words))
    before.time = scene.exchange.time
    scene.exchange.flag_account(scene.trader)
    (deficit,) = scene.deficits()
    assert check_amounts(scene.exchange.events) == []
    assert check_order(before, scene.exchange.state, scene.exchange.events) == []
    assert_sound(scene.exchange)
    return deficit


def steps(paid: DeficitPaid) -> tuple[int, ...]:
    return (
        paid.bond_atoms,
        paid.line_atoms,
        paid.insurance_atoms,
        paid.backstop_atoms,
        paid.shortfall_atoms,
        paid.loss_atoms,
    )


# ---------------------------------------------------------------------- the steps


def test_insurance_pays_a_deficit_and_keeps_a_claim() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 10_000)
    paid = lost(scene)
    assert paid.deficit_atoms == 500 * DOLLAR
    assert steps(paid) == (0, 0, 500 * DOLLAR + 1, 0, 0, 0)
    # Its balance is what it was and what came, its position as before.
    assert scene.atoms(scene.trader) == 2_500 * DOLLAR + 1
    assert position(scene.exchange, scene.trader).size == LOTS
    assert scene.stands().equity == 1
    assert scene.atoms(accounts.INSURANCE) == 9_500 * DOLLAR - 1
    word = scene.exchange.state.load(ProtectionWord, slots.protection(scene.trader))
    assert word == ProtectionWord(insurance_claim=500 * DOLLAR + 1, touched=1)
    assert scene.word().owes
    assert not scene.word().protected
    day = scene.exchange.time // DAY
    assert scene.used(PERP_MARKET) == FundWord(day, 500 * DOLLAR + 1, 0, 1)


def test_insurance_pays_half_of_what_it_has_of_a_kind_a_day_then_the_backstop_a_fifth() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 500)
    backstop = make_backstop(scene.exchange, 1_000)
    paid = lost(scene)
    assert steps(paid) == (0, 0, 250 * DOLLAR, 200 * DOLLAR, 50 * DOLLAR + 1, 0)
    assert scene.atoms(accounts.INSURANCE) == 250 * DOLLAR
    assert scene.atoms(backstop) == 800 * DOLLAR
    assert pool_word(scene.exchange) == PerpPoolWord(0, 50 * DOLLAR + 1, 1)
    word = scene.exchange.state.load(ProtectionWord, slots.protection(scene.trader))
    assert (word.insurance_claim, word.backstop_claim) == (250 * DOLLAR, 200 * DOLLAR)
    assert scene.atoms(scene.trader) == 2_450 * DOLLAR
    shortfall = ShortfallAdded(PERP_MARKET, scene.trader, 50 * DOLLAR + 1, 50 * DOLLAR + 1)
    assert [type(event) for event in scene.exchange.events] == [
        Flagged,
        ShortfallAdded,
        DeficitPaid,
    ]
    assert scene.exchange.events[1] == shortfall


def test_cap_of_a_day_is_of_what_a_fund_had_that_day_and_ends_with_it() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 500)
    lost(scene)
    # Of 500 half is used up; a dollar more lets half a dollar more be paid.
    for added, more in ((0, 0), (1, DOLLAR // 2)):
        if added:
            give(scene.exchange, accounts.INSURANCE, added)
        jump(scene.exchange, 1_749 - added)
        scene.exchange.review_account(scene.trader)
        (paid,) = scene.deficits()
        assert paid.insurance_atoms == more
    scene.exchange.time += DAY
    jump(scene.exchange, 1_700)
    has = scene.atoms(accounts.INSURANCE)
    scene.exchange.review_account(scene.trader)
    (paid,) = scene.deficits()
    assert paid.insurance_atoms == has // 2
    assert scene.used(PERP_MARKET).day == scene.exchange.time // DAY
    assert scene.used(PERP_MARKET).insurance == has // 2
    assert_sound(scene.exchange)


def test_nobody_pays_and_all_is_shortfall_of_the_market() -> None:
    scene = leveraged()
    paid = lost(scene)
    assert steps(paid) == (0, 0, 0, 0, 500 * DOLLAR + 1, 0)
    assert scene.used(PERP_MARKET) == FundWord()
    assert not scene.word().owes
    assert scene.atoms(scene.trader) == 2_000 * DOLLAR
    # The atom more was less than a whole one in the unit of the perp.
    assert scene.stands().equity == 0


def test_bond_pays_first_and_leaves_no_claim() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 10_000)
    give(scene.exchange, scene.trader, 100)
    scene.exchange.lock_bond(TRADER, scene.trader, 100 * DOLLAR)
    paid = lost(scene)
    assert steps(paid) == (100 * DOLLAR, 0, 400 * DOLLAR + 1, 0, 0, 0)
    assert scene.bond() == 0
    assert scene.counts().bonds == 0
    assert scene.word().protected


def test_bond_that_is_enough_keeps_a_deficit_away() -> None:
    scene = leveraged()
    give(scene.exchange, scene.trader, 600)
    scene.exchange.lock_bond(TRADER, scene.trader, 600 * DOLLAR)
    jump(scene.exchange, 1_850)
    jump(scene.exchange, 1_750)
    scene.exchange.flag_account(scene.trader)
    assert scene.deficits() == []
    assert scene.stands().covered == 100 * DOLLAR


def test_lines_pay_after_the_bond_in_their_order_and_are_drawn() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 10_000)
    give(scene.exchange, scene.trader, 100)
    scene.exchange.lock_bond(TRADER, scene.trader, 100 * DOLLAR)
    lenders = [with_line(scene, LENDER, 150), with_line(scene, STRANGER, 50)]
    expired = with_line(scene, BIDDER, 70, expiry=scene.exchange.time)
    paid = lost(scene)
    assert steps(paid) == (100 * DOLLAR, 200 * DOLLAR, 200 * DOLLAR + 1, 0, 0, 0)
    lines = waterfall.protection.load_lines(scene.exchange.state, scene.trader)
    assert lines.drawn == 200 * DOLLAR
    words = [line_of(scene, lender) for lender in lenders]
    assert [(word.locked, word.drawn) for word in words] == [(0, 150 * DOLLAR), (0, 50 * DOLLAR)]
    assert line_of(scene, expired).locked == 70 * DOLLAR
    assert scene.counts().lines == 70 * DOLLAR
    assert scene.atoms(scene.trader) == 2_500 * DOLLAR + 1


def with_line(scene: Scene, owner: int, dollars: int, expiry: int = 2**32 - 1) -> int:
    """Let somebody lend the trader a line, and return the lender."""
    lender = fund(scene.exchange, owner, 1_000)
    line = (lender, scene.trader, dollars * DOLLAR, 0, expiry)
    scene.exchange.offer_line(owner, *line)
    scene.exchange.accept_line(TRADER, scene.trader, lender, 0)
    return lender


def line_of(scene: Scene, lender: int) -> waterfall.protection.LineWord:
    return waterfall.protection.load_line(scene.exchange.state, scene.trader, lender)


def test_shortfall_is_all_the_word_can_count() -> None:
    scene = leveraged()
    slot = slots.perp_pool(PERP_MARKET)
    scene.exchange.state.store(slot, PerpPoolWord(0, 2**80 - 1 - 7, 1))
    jump(scene.exchange, 1_850)
    jump(scene.exchange, 1_750)
    scene.exchange.flag_account(scene.trader)
    assert pool_word(scene.exchange).shortfall == 2**80 - 1
    (paid,) = scene.deficits()
    assert paid.shortfall_atoms == 7


def test_winner_draws_less_after_a_shortfall_and_all_together_nothing_too_much() -> None:
    scene = leveraged()
    lost(scene)
    scene.exchange.settle(STRANGER, scene.trader, PERP_MARKET)
    scene.exchange.time += 20
    pool = pool_word(scene.exchange)
    assert (pool.cash, pool.shortfall) == (2_000 * DOLLAR, 500 * DOLLAR + 1)
    drawn = scene.exchange.settle(0xA1, scene.winner, PERP_MARKET)
    assert drawn == 2_500 * DOLLAR * pool.cash // (pool.cash + pool.shortfall)
    assert_sound(scene.exchange)


# ---------------------------------------------------------------------- lenders' losses


def test_debt_that_nobody_pays_is_lost_by_lenders() -> None:
    scene = indebted()
    jump(scene.exchange, 1_850)
    jump(scene.exchange, 1_750)
    deficit = -scene.stands().equity
    lent = pools.read(scene.exchange.state, 0)
    scene.exchange.flag_account(scene.trader)
    _, loss, paid = scene.exchange.events
    assert isinstance(loss, PoolLoss)
    assert isinstance(paid, DeficitPaid)
    assert steps(paid) == (0, 0, 0, 0, 0, deficit + 1)
    pool = pools.read(scene.exchange.state, 0)
    assert loss == PoolLoss(0, scene.trader, deficit + 1, pool.supply_index)
    assert pool.supply_index < lent.supply_index
    fallen = lent.supplied + lent.reserve - pool.supplied - pool.reserve
    assert fallen in range(deficit - 2, deficit + 3)
    assert scene.ledger(scene.trader, 1).balance == 10**9
    assert 0 <= scene.stands().equity <= 2
    assert_sound(scene.exchange)


def test_debt_in_tokens_is_repaid_by_half_of_what_the_insurance_has_of_them() -> None:
    """Beside the quote that it pays for such debts; its tokens are a claim, too, at their worth."""
    scene = short_seller()
    give_tokens(scene, 10**7)
    jump(scene.exchange, 2_150)
    jump(scene.exchange, 2_300)
    deficit, owed = -scene.stands().equity, -scene.atoms(scene.trader, 1)
    scene.exchange.flag_account(scene.trader)
    (paid,) = scene.deficits()
    in_kind = 5 * 10**6 * 2_300 * 10**10 // 10**12
    assert steps(paid) == (0, 0, in_kind, 0, 0, deficit + 1 - in_kind)
    wanted = -(-(deficit + 1) * 10**12 // (2_300 * 10**10))
    (loss,) = [event for event in scene.exchange.events if isinstance(event, PoolLoss)]
    # Of what was paid in kind an atom repaid nothing: shares are rounded down.
    assert loss.atoms == wanted - 5 * 10**6 + 1
    assert scene.ledger(accounts.INSURANCE, 1).balance == 5 * 10**6
    assert scene.used(spot_market(1)).insurance == 5 * 10**6
    assert scene.used(1) == FundWord()
    word = scene.exchange.state.load(ProtectionWord, slots.protection(scene.trader))
    assert word.insurance_claim == in_kind
    assert owed + scene.atoms(scene.trader, 1) in range(wanted - 1, wanted + 3)
    assert scene.stands().equity in range(60)
    assert_sound(scene.exchange)


def short_seller() -> Scene:
    """A trader with 2,000 dollars who owes ten tokens that he has sold for 20,000."""
    scene = leveraged(lots=1)
    open_pool(scene.exchange, 1, 20 * 10**8)
    trader = fund(scene.exchange, TRADER, 22_000)
    scene.exchange.state.time = scene.exchange.time
    accounts.use(scene.exchange.state, trader, 1)
    balances.add(scene.exchange.state, trader, 1, -(10**9))
    other = add_user(scene.exchange, STRANGER, 0, 0)
    accounts.use(scene.exchange.state, other, 1)
    balances.add(scene.exchange.state, other, 1, 10**9)
    scene.trader = trader
    return scene


def give_tokens(scene: Scene, atoms: int) -> None:
    """Let the insurance fund have tokens in custody."""
    other = add_user(scene.exchange, STRANGER, 0, 1)
    accounts.use_any(scene.exchange.state, accounts.INSURANCE, 1)
    scene.exchange.transfer(STRANGER, other, accounts.INSURANCE, 1, atoms)


def test_insurance_in_quote_pays_for_a_debt_in_tokens() -> None:
    scene = short_seller()
    fill_insurance(scene.exchange, 10_000)
    jump(scene.exchange, 2_150)
    jump(scene.exchange, 2_300)
    deficit = -scene.stands().equity
    scene.exchange.flag_account(scene.trader)
    (paid,) = scene.deficits()
    assert steps(paid) == (0, 0, deficit + 1, 0, 0, 0)
    assert scene.used(1).insurance == deficit + 1
    assert scene.stands().equity == 1
    assert_sound(scene.exchange)


def pool_with(supply_shares: int, borrow_shares: int, cash: int, **indices: int) -> Pool:
    index = {"supply_index": WAD, "borrow_index": WAD, **indices}
    return Pool(
        1, index["supply_index"], index["borrow_index"], supply_shares, borrow_shares, cash, 0, 1
    )


def test_forgiving_lowers_what_lenders_have_to_what_is_there() -> None:
    pool = pool_with(100, 90, 10)
    assert waterfall._forgive(pool, 30) == 30
    assert (pool.borrow_shares, pool.cash, pool.supply_index) == (60, 10, WAD * 70 // 100)


def test_forgiving_takes_the_reserve_first() -> None:
    pool = pool_with(100, 120, 10)
    assert waterfall._forgive(pool, 30) == 30
    assert (pool.borrow_shares, pool.supply_index) == (90, WAD)


def test_forgiving_leaves_lenders_the_lowest_index() -> None:
    shares = 10**10
    pool = pool_with(shares, shares, 0)
    left = -(-shares * waterfall.MIN_SUPPLY_INDEX // WAD)
    assert waterfall._forgive(pool, shares) == shares - left
    assert pool.supply_index == waterfall.MIN_SUPPLY_INDEX
    assert waterfall._forgive(pool, left) == 0


def test_forgiving_without_lenders_takes_all() -> None:
    pool = pool_with(0, 50, 0)
    assert waterfall._forgive(pool, 50) == 50
    assert (pool.borrow_shares, pool.supply_index) == (0, WAD)


# ---------------------------------------------------------------------- attribution


def test_split_rounds_down_and_gives_the_last_what_is_left() -> None:
    assert attribution.split(10, [(1, 1), (2, 0), (3, 2)]) == [(1, 3), (3, 7)]
    assert attribution.split(10, []) == []
    assert attribution.split(0, [(1, 1), (2, 1)]) == [(1, 0), (2, 0)]


def mixed() -> Scene:
    """A trader with a perp and tokens on credit."""
    scene = indebted(margin=3_500)
    other = fund(scene.exchange, STRANGER, 10**6)
    trade(scene.exchange, (TRADER, scene.trader), (STRANGER, other), 5_000)
    return scene


def test_parts_are_of_perps_up_to_their_losses_and_then_of_debts() -> None:
    """A loss of 1,250 dollars in the perp, and debts of 16,507."""
    scene = mixed()
    jump(scene.exchange, 1_850)
    jump(scene.exchange, 1_750)
    state = scene.exchange.state
    state.time = scene.exchange.time
    losses = attribution.perp_losses(state, scene.trader)
    assert losses == {PERP_MARKET: 1_250 * DOLLAR}
    debts = attribution.debts_of(state, scene.trader)
    assert list(debts) == [0]
    rest = attribution.parts_of(state, scene.trader, 2_000 * DOLLAR, 1_000 * DOLLAR)
    assert rest == [Part(PERP_MARKET, 625 * DOLLAR + 1), Part(0, 375 * DOLLAR + 1)]
    small = attribution.parts_of(state, scene.trader, 1_000 * DOLLAR, 999)
    assert small == [Part(PERP_MARKET, 1_000), Part(0, 1)]


def test_deficit_of_perp_and_debt_is_paid_by_both_sides() -> None:
    scene = mixed()
    jump(scene.exchange, 1_850)
    jump(scene.exchange, 1_720)
    jump(scene.exchange, 1_600)
    deficit = -scene.stands().equity
    assert deficit > 2_000 * DOLLAR
    before = State(dict(scene.exchange.state.words))
    before.time = scene.exchange.time
    scene.exchange.flag_account(scene.trader)
    (paid,) = scene.deficits()
    assert paid.shortfall_atoms + paid.loss_atoms == deficit + 2
    assert paid.shortfall_atoms == 2_000 * DOLLAR + 1
    assert check_order(before, scene.exchange.state, scene.exchange.events) == []
    assert_sound(scene.exchange)


# ---------------------------------------------------------------------- bidders


def test_bidder_is_paid_by_bond_lines_and_funds_in_order() -> None:
    scene = leveraged()
    give(scene.exchange, scene.trader, 10)
    scene.exchange.lock_bond(TRADER, scene.trader, 10 * DOLLAR)
    lender = with_line(scene, LENDER, 20)
    fill_insurance(scene.exchange, 50)
    backstop = make_backstop(scene.exchange, 100)
    scene.flag(1_810)
    scene.open_auction(420)
    jump(scene.exchange, 1_798)
    stands = scene.stands()
    assert stands.equity == -20 * DOLLAR
    scene.exchange.time += 120
    refresh(scene.exchange)
    clock = scene.auction().clock_start
    assert scene.exchange.time - clock >= 120
    price = stands.equity - stands.exit_cost
    scene.take()
    (paid,) = scene.deficits()
    wanted = -price
    assert paid.deficit_atoms == wanted
    assert steps(paid)[:4] == (10 * DOLLAR, 20 * DOLLAR, 25 * DOLLAR, 20 * DOLLAR)
    assert sum(steps(paid)) == wanted
    assert scene.used(slots.PAID_BIDDERS).insurance == 25 * DOLLAR
    assert scene.used(PERP_MARKET) == FundWord()
    assert scene.atoms(backstop) == 80 * DOLLAR
    assert line_of(scene, lender).drawn == 20 * DOLLAR
    assert scene.auction().in_deficit == 0
    # What nobody paid is his as profit of the perp.
    (added,) = [event for event in scene.exchange.events if isinstance(event, ShortfallAdded)]
    assert added == ShortfallAdded(
        PERP_MARKET, scene.trader, paid.shortfall_atoms, paid.shortfall_atoms
    )
    (taken,) = [event for event in scene.exchange.events if isinstance(event, SliceTaken)]
    assert taken.paid_atoms == -wanted
    assert check_amounts(scene.exchange.events) == []
    assert_sound(scene.exchange)


def test_bidder_of_an_account_without_perps_gets_what_is_there() -> None:
    scene = indebted()
    scene.flag(1_803)
    scene.open_auction(420)
    stands = scene.stands()
    assert 0 < stands.equity < stands.exit_cost
    result = scene.exchange.take_slice(BIDDER, scene.trader, scene.bidder, PPM, 0)
    assert result.paid_atoms == 0
    (paid,) = scene.deficits()
    assert paid.deficit_atoms == stands.exit_cost - stands.equity
    assert sum(steps(paid)) == 0
    assert check_amounts(scene.exchange.events) == []
    assert_sound(scene.exchange)


# ---------------------------------------------------------------------- funds that are lent


def test_insurance_that_has_lent_its_balance_pays_what_the_pool_has() -> None:
    scene = leveraged()
    open_pool(scene.exchange, 0, 1_000 * DOLLAR)
    fill_insurance(scene.exchange, 10_000)
    state = scene.exchange.state
    word = scene.ledger(accounts.INSURANCE)
    pool = pools.load(state, 0)
    shares = pool.lend(word.balance)
    state.store(slots.ledger(accounts.INSURANCE, 0), replace(word, balance=shares, lent=1))
    pools.store(state, pool)
    borrower = add_user(scene.exchange, STRANGER, 0, 1_000)
    scene.exchange.set_pool_terms(LISTER, 0, PoolTerms(2**79 - 1, 2**79 - 1, 999, 999))
    units = 10_700 * 10**18
    scene.exchange.borrow(STRANGER, borrower, 0, units, STRANGER)
    paid = lost(scene)
    # Half of the 300 that nobody has borrowed.
    assert steps(paid) == (0, 0, 150 * DOLLAR, 0, 350 * DOLLAR + 1, 0)


def test_pool_and_index_words_of_a_loss_are_of_now() -> None:
    scene = indebted()
    jump(scene.exchange, 1_850)
    scene.exchange.time += 500
    jump(scene.exchange, 1_750)
    scene.exchange.flag_account(scene.trader)
    index = scene.exchange.state.load(PoolIndexWord, slots.pool_index(0))
    totals = scene.exchange.state.load(PoolTotalsWord, slots.pool_totals(0))
    assert index.time == scene.exchange.time
    assert totals.borrow_shares == -scene.ledger(scene.trader).balance
