"""MRG-1: nothing slips through the flat margin that the check of margin would refuse.

Each account here has cash for the flat margin of the perp that it trades, and is refused for what
that does not know: what else it has or owes, what is paid for it, or what the market has become.
"""

from dataclasses import replace

import pytest

from tests.support.abi import creation_code
from tests.support.backend import user_address
from tests.support.doubles import script_confidence, script_feed
from tests.support.lending import ETH_RISK, MARKET_RISK
from tests.support.liquidation import GROSS, LiquidationScene
from tests.support.perps import ETH_LOTS, MARGIN, MARK, PerpScene, make_perp_scene
from tests.support.scene import (
    ASK,
    BID,
    DOLLARS,
    ETH_UNIT,
    IOC,
    LOT,
    OPERATOR,
    UNIT,
    order,
)
from tests.support.soundness import refused
from tests.support.system import (
    ADMIN,
    BTC_PERP,
    DOLLAR,
    ETH_MARKET,
    ETH_PERP,
    ETH_PERP_TERMS,
    AssetPlan,
    Side,
    SpotTerms,
    System,
)
from worldmarkets.model import slots
from worldmarkets.model.interface import MarginChange, OrderRequest, Refusal
from worldmarkets.model.words import FeedWord

THIEF, FRIEND = user_address(0x666), user_address(0x667)
BELOW = "BelowInitialMargin"
EIGHTY = 80 * ETH_LOTS
"""An order of 160,000 dollars: it needs 8,800, and 9,200 by the flat margin."""
NEEDS = 8_800 * DOLLARS
FLAT = 9_200 * DOLLARS
BTC_TERMS = replace(ETH_PERP_TERMS, tick_value=10, atoms_per_lot=1_000)
"""A lot is 0.00001 WBTC, a tick a dollar."""
DAY = 86_400


def bid(lots: int = EIGHTY, tick: int = MARK - 1) -> OrderRequest:
    return order(BID, tick, lots, market=ETH_PERP)


def btc_bid(lots: int, tick: int = 59_000) -> OrderRequest:
    return order(BID, tick, lots, market=BTC_PERP)


@pytest.fixture
def thief(perps: PerpScene) -> int:
    """An account with 10,000 dollars."""
    return perps.trader(THIEF)


@pytest.fixture
def both(perps: PerpScene) -> PerpScene:
    """The scene with a second perp."""
    perps.system.list_perp_market(2, BTC_TERMS)
    return perps


def begin(perps: PerpScene, account: int, market: int) -> None:
    """Let an account use a perp, in which it has nothing."""
    resting = perps.system.place(account, market, BID, MARK - 1, 1)
    perps.system.cancel(account, resting.order_id)


# --------------------------------------------------------------- the account itself


@pytest.mark.parametrize("side", [BID, ASK])
def test_cash_too_small_for_both_by_an_atom_is_refused(
    perps: PerpScene, thief: int, side: Side
) -> None:
    tick = MARK - 1 if side == BID else MARK + 1
    perps.take_cash(thief, MARGIN - NEEDS + 1)
    with refused(perps.system, BELOW, thief, NEEDS - 1, NEEDS):
        perps.system.place(thief, ETH_PERP, side, tick, EIGHTY)
    perps.take_cash(thief, -1)
    assert perps.system.place(thief, ETH_PERP, side, tick, EIGHTY).resting_lots == EIGHTY


def test_loss_of_the_perp_itself_counts(perps: PerpScene, thief: int) -> None:
    perps.trade(thief, perps.maker, EIGHTY)
    perps.move_index(1_900)
    margin = perps.margin(thief, MarginChange(ETH_PERP, bid_atoms=1))
    assert perps.cash(thief) > margin.initial_atoms * 525 // 500 > margin.equity_atoms
    with refused(perps.system, BELOW, thief, margin.equity_atoms, margin.initial_atoms):
        perps.system.place_order(thief, bid(1, 18_900))


def test_profit_that_is_not_settled_pays_for_no_free_band(perps: PerpScene, thief: int) -> None:
    """A hundred dollars in cash, 14,344 of paper profit, and 40 ETH to be bought from a friend."""
    perps.trade(thief, perps.maker, EIGHTY)
    perps.move_index(2_180)
    perps.take_cash(thief, MARGIN - 100 * DOLLARS)
    worth = 120 * 2_180 * DOLLARS
    band = worth // 3 * 50 // 10_000
    assert perps.margin(thief).equity_atoms > worth * 525 // 10_000 + band
    with refused(perps.system, "UnsettledProfit", thief, 100 * DOLLARS, band):
        perps.system.place_order(thief, bid(40 * ETH_LOTS))


def test_lent_cash_is_worth_what_its_shares_are(system: System) -> None:
    """After a debt that was forgiven a share may be worth half an atom."""
    perps = make_perp_scene(system)
    thief = perps.trader(THIEF)
    system.set_lent(thief, 0)
    index = perps.index()
    perps.set_word(slots.pool_index(0), replace(index, supply_index=index.supply_index // 2))
    assert perps.ledger(thief, 0).balance == MARGIN
    with refused(system, BELOW, thief, MARGIN // 2, NEEDS):
        system.place_order(thief, bid())


# --------------------------------------------------------------- another perp


def test_loss_of_another_perp_counts(both: PerpScene, thief: int) -> None:
    """Two BTC, bought at 60,000 dollars, have lost 9,000 of his 10,000."""
    system = both.system
    system.place(both.maker, BTC_PERP, ASK, 60_000, 200_000)
    system.place(thief, BTC_PERP, BID, 60_000, 200_000, IOC)
    system.set_price(2, 55_500 * DOLLAR)
    assert both.cash(thief) == MARGIN
    margin = both.margin(thief, MarginChange(ETH_PERP, bid_atoms=1))
    assert margin.equity_atoms < 1_000 * DOLLARS < margin.initial_atoms
    with refused(system, BELOW, thief, margin.equity_atoms, margin.initial_atoms):
        system.place_order(thief, bid(1))
    # Whatever comes to nothing behind it in a batch.
    outside = btc_bid(1, 65_000)
    with refused(system, BELOW, thief, margin.equity_atoms, margin.initial_atoms):
        system.batch(thief, (), [bid(1), outside])


@pytest.mark.parametrize("used", [(), (ETH_PERP,), (BTC_PERP,), (ETH_PERP, BTC_PERP)], ids=str)
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_two_perps_of_a_batch_are_judged_together(
    both: PerpScene, thief: int, used: tuple[int, ...], reverse: bool, packed: bool
) -> None:
    """160,000 dollars of one and 150,000 of the other; cash is enough for either."""
    system = both.system
    for market in used:
        begin(both, thief, market)
    places = [bid(), btc_bid(250_000)]
    if reverse:
        places.reverse()
    send = system.batch_packed if packed else system.batch
    needed = NEEDS + 7_500 * DOLLARS
    with refused(system, BELOW, thief, MARGIN, needed):
        send(thief, (), places)
    for alone in places:
        _, [result] = send(thief, (), [alone])
        assert result.resting_lots == alone.lots
        system.cancel(thief, result.order_id)


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize(
    ("last", "why"),
    [
        (btc_bid(1, 65_000), Refusal.PRICE_OUTSIDE_BAND),
        (order(BID, MARK, 1, market=0x203), Refusal.UNKNOWN_MARKET),
        (order(BID, MARK, 1, market=0x2FF), Refusal.UNKNOWN_MARKET),
        (order(BID, 30_000, 1, market=ETH_MARKET), Refusal.PRICE_OUTSIDE_BAND),
    ],
    ids=["another perp", "an unlisted one", "none at all", "a spot market"],
)
def test_order_that_comes_to_nothing_hides_none_before_it(
    both: PerpScene, thief: int, used: bool, last: OrderRequest, why: Refusal
) -> None:
    system = both.system
    if used:
        begin(both, thief, BTC_PERP)
    with refused(system, BELOW, thief, MARGIN, 11_000 * DOLLARS):
        system.batch(thief, (), [bid(100 * ETH_LOTS), last])
    _, results = system.batch(thief, (), [bid(), last])
    assert [result.refusal for result in results] == [Refusal.NONE, why]


# --------------------------------------------------------------- other assets


def test_debt_of_an_asset_counts(perps: PerpScene, thief: int) -> None:
    """Four ETH are owed and gone, and forty more are to be sold."""
    perps.system.borrow(thief, 1, 4 * ETH_LOTS * LOT * ETH_UNIT)
    with refused(perps.system, BELOW, thief, MARGIN - 8_000 * DOLLARS, 4_800 * DOLLARS):
        perps.perp_ask(thief, MARK + 1, 40 * ETH_LOTS)


@pytest.mark.parametrize("used", [False, True])
def test_bids_on_credit_in_a_spot_market_count(perps: PerpScene, thief: int, used: bool) -> None:
    """40,000 dollars of them, with a perp that was used before or is not."""
    if used:
        begin(perps, thief, ETH_PERP)
    spot = order(BID, MARK - 1, 20 * ETH_LOTS)
    for places in ([spot, bid()], [bid(), spot]):
        with refused(perps.system, BELOW, thief, MARGIN, 11_000 * DOLLARS):
            perps.system.batch(thief, (), places)
    perps.system.place_order(thief, spot)
    with refused(perps.system, BELOW, thief, MARGIN, 11_000 * DOLLARS):
        perps.system.place_order(thief, bid())


def test_key_without_the_permission_to_borrow_trades_nothing_beside_a_debt(
    perps: PerpScene, thief: int
) -> None:
    system = perps.system
    system.set_operator(thief, OPERATOR, daily_loss_atoms=MARGIN)
    assert system.place_order(thief, bid(1), sender=OPERATOR).resting_lots == 1
    system.borrow(thief, 1, ETH_UNIT)
    owed = perps.atoms(thief, 1)
    assert owed < 0
    with refused(system, "InsufficientBalance", thief, 1, owed, 0):
        system.place_order(thief, bid(1), sender=OPERATOR)
    assert system.place_order(thief, bid(1)).resting_lots == 1


def test_spot_order_is_not_judged_by_the_lots_of_its_market(perps: PerpScene, thief: int) -> None:
    """Their atoms are where a perp has its flat margin, and look like one that never ends."""
    system = perps.system
    asset = system.add_asset(AssetPlan("DULL", 18, 10**10, DOLLAR))
    terms = SpotTerms(1_000, 4_000_000_000, 1, 350, 0, 500)
    market = system.list_spot_market(asset, terms)
    assert perps.book(market).flat_until > system.backend.time
    perps.take_cash(thief, MARGIN - 10 * DOLLARS)
    # A new asset supports nothing: all of it, and the free band.
    worth = 400 * DOLLARS
    with refused(system, BELOW, thief, 10 * DOLLARS, worth * 10_050 // 10_000):
        system.place(thief, market, BID, 40_000, 10)


# --------------------------------------------------------------- claims


def test_flagged_account_with_a_claim_gives_nothing_to_a_friend(
    failing: LiquidationScene,
) -> None:
    """A fund has paid a thousand dollars for it; two of its twenty ETH go for 4.9 % too little."""
    system = failing.system
    account, friend = failing.perp_long(equity=GROSS // 20), failing.trader(FRIEND)
    for dollars in (1_900, 1_850):
        failing.move_index(dollars)
        failing.wait(10)
    failing.flag(account)
    claim = failing.protection(account).claims
    assert claim == 1_000 * DOLLARS + 1
    failing.pass_time(20)
    failing.leave_equity(account, 2_500 * DOLLARS)
    tick = 17_600
    lots = 2 * ETH_LOTS
    failing.perp_bid(friend, tick, lots)
    lost = lots * (18_500 - tick) * 100
    fee = lots * tick * 100 * 350 // 10**6
    left, worth = 2_500 * DOLLARS - lost - fee, 18 * 1_850 * DOLLARS
    assert left > worth * 525 // 10_000
    with refused(system, BELOW, account, left, worth * 500 // 10_000 + claim):
        failing.perp_ask(account, tick, lots, IOC, reduce_only=True)


# --------------------------------------------------------------- the price


def trust(perps: PerpScene, confidence_bps: int) -> None:
    """Report the price of asset 1 as it is, with another confidence."""
    system = perps.system
    feed = system.backend.deploy(ADMIN, creation_code("ScriptedPriceFeed"))
    perps.set_word(slots.feed(1), FeedWord(int(feed, 16)))
    script_feed(system, feed, 2_000 * DOLLAR, system.backend.time)
    script_confidence(system, feed, confidence_bps)
    system.poke(1)


def test_price_counts_for_a_minute(perps: PerpScene, thief: int) -> None:
    perps.trade(thief, perps.maker, ETH_LOTS)
    perps.perp_bid(perps.maker, MARK - 2, ETH_LOTS)
    priced = perps.underlying().time
    perps.wait(60)
    assert perps.system.place_order(thief, bid(1)).resting_lots == 1
    perps.wait(1)
    with refused(perps.system, "StalePrice", 1, priced, priced + 1):
        perps.system.place_order(thief, bid(1))
    assert perps.perp_ask(thief, MARK - 2, 500, IOC).filled_lots == 500
    # A poke of the perp makes its price no younger.
    perps.system.poke_markets(ETH_PERP)
    with refused(perps.system, "StalePrice", 1, priced, priced + 1):
        perps.system.place_order(thief, bid(1))


def test_price_that_waits_counts_for_nothing(perps: PerpScene, thief: int) -> None:
    perps.trade(thief, perps.maker, ETH_LOTS)
    perps.perp_bid(perps.maker, MARK - 2, ETH_LOTS)
    perps.system.post_price(1, 2_400 * DOLLAR)
    perps.system.poke(1)
    with refused(perps.system, "PriceUnconfirmed", 1):
        perps.system.place_order(thief, bid(1))
    assert perps.perp_ask(thief, MARK - 2, 500, IOC).filled_lots == 500


def test_price_that_is_not_sure_counts_for_nothing(perps: PerpScene, thief: int) -> None:
    system = perps.system
    perps.trade(thief, perps.maker, ETH_LOTS)
    perps.perp_bid(perps.maker, MARK - 2, ETH_LOTS)
    trust(perps, 8_999)
    with refused(system, "LowConfidence", 1, 8_999, 9_000):
        system.place_order(thief, bid(1))
    assert perps.perp_ask(thief, MARK - 2, 500, IOC).filled_lots == 500


def test_price_that_is_not_wholly_sure_costs(perps: PerpScene, thief: int) -> None:
    """At 99 % the order of 160,000 dollars needs 1,600 more."""
    system = perps.system
    trust(perps, 9_900)
    with refused(system, BELOW, thief, MARGIN, NEEDS + 1_600 * DOLLARS):
        system.place_order(thief, bid())


# --------------------------------------------------------------- what the market has become


def test_quote_token_below_its_peg_costs(perps: PerpScene, thief: int) -> None:
    """At 0.90 dollars shock and exit are 36 % more, beyond what the flat margin would be."""
    system = perps.system
    perps.set_word(slots.feed(0), FeedWord(perps.word(FeedWord, slots.feed(1)).feed))
    system.set_price(0, 9 * DOLLAR // 10)
    needed = 8_000 * DOLLARS * 136 // 100 + 800 * DOLLARS
    with refused(system, BELOW, thief, MARGIN, needed):
        system.place_order(thief, bid())
    # Nor does a new price of the asset bring it back.
    perps.refresh(1)
    with refused(system, BELOW, thief, MARGIN, needed):
        system.place_order(thief, bid())
    system.set_price(0, 99 * DOLLAR // 100)
    assert system.place_order(thief, bid()).resting_lots == EIGHTY


def test_position_beyond_an_eighth_of_the_depth_is_judged_by_its_size(
    perps: PerpScene, thief: int
) -> None:
    """160,000 dollars where the depth is 80,000: the part of its own counts three times."""
    perps.wait(DAY)
    perps.refresh(1)
    perps.system.set_asset_risk(1, replace(ETH_RISK, depth=8))
    needed = NEEDS + 160_000 * DOLLARS * 2 // 100 * 2
    with refused(perps.system, BELOW, thief, MARGIN, needed):
        perps.system.place_order(thief, bid())


@pytest.mark.parametrize("side", [BID, ASK])
def test_position_of_an_eighth_of_the_depth_needs_what_it_needs(
    perps: PerpScene, thief: int, side: Side
) -> None:
    """10,000 dollars, for which 500, a band of 50, and 25 for the size."""
    perps.wait(DAY)
    perps.refresh(1)
    perps.system.set_asset_risk(1, replace(ETH_RISK, depth=8))
    needed = 575 * DOLLARS
    perps.take_cash(thief, MARGIN - needed + 1)
    tick = MARK - 1 if side == BID else MARK + 1
    with refused(perps.system, BELOW, thief, needed - 1, needed):
        perps.system.place(thief, ETH_PERP, side, tick, 5 * ETH_LOTS)
    perps.system.fund(thief, 0, UNIT)
    perps.system.place(thief, ETH_PERP, side, tick, 5 * ETH_LOTS)


def test_risk_that_rises_counts_at_once(perps: PerpScene, thief: int) -> None:
    """Of the market or of the asset, by as much as may be at once; cash is enough for the flat
    margin as it was."""
    system = perps.system
    perps.wait(DAY)
    perps.refresh(1)
    perps.take_cash(thief, MARGIN - FLAT - 50 * DOLLARS)
    cash, worth = perps.cash(thief), 160_000 * DOLLARS
    system.set_asset_risk(1, replace(ETH_RISK, beta_milli=1_102))
    # 3 % times 1.102.
    with refused(system, BELOW, thief, cash, NEEDS + worth * 306 // 100_000):
        system.place_order(thief, bid())
    perps.wait(DAY)
    perps.refresh(1)
    system.set_asset_risk(1, replace(ETH_RISK, beta_milli=1_000))
    system.set_market_risk(replace(MARKET_RISK, sigma_bps=332))
    with refused(system, BELOW, thief, cash, NEEDS + worth * 32 // 10_000):
        system.place_order(thief, bid())
