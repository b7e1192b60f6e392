"""Bonds, standby lines, the backstop and pauses through the client."""

from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec, events, pass_time
from worldmarkets.client import Client
from worldmarkets.client.liquidation_views import Line, Protection
from worldmarkets.deployment import Deployment
from worldmarkets.model import errors, slots
from worldmarkets.model.liquidation_events import (
    BackstopSet,
    BondSet,
    LineAccepted,
    LineClosed,
    LineDrawn,
    LineNoticed,
    LineOffered,
    PriceMoved,
)
from worldmarkets.model.liquidation_words import LineState
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node

PERP = "WETH-PERP"
ZERO = Decimal(0)
WINDOW = 10
EXPIRY = 2**32 - 1


# ---------------------------------------------------------------------- bonds and lines


def test_bond_keeps_the_flag_off(deployer: Client, debtor: Trader, lender: Trader) -> None:
    client, (owner, account) = lender[0], debtor
    with pytest.raises(errors.BelowLeastProtection):
        owner.lock_bond(account, dec("9.999999"))
    owner.lock_bond(account, dec(500))
    deployer.post_prices({"WETH": dec(2_750)})
    found = client.standing(account)
    assert found.to_maintenance < 0 < found.to_flag
    with pytest.raises(errors.AccountHealthy):
        client.flag(account)
    deployer.post_prices({"WETH": dec(2_720)})
    assert client.standing(account).to_flag < 0
    client.flag(account)
    assert client.standing(account).is_flagged


def test_lock_bond_and_release_bond_move_cash(debtor: Trader) -> None:
    client, account = debtor
    assert client.lock_bond(account, dec(500)) == 500
    assert client.lock_bond(account, dec("0.5")) == dec("500.5")
    assert client.account(account).balances["USDM"].total == dec("3499.5")
    assert client.liquidation().bonds == dec("500.5")
    assert client.protection(account) == Protection(dec("500.5"), ZERO, ZERO, ())
    found = client.standing(account)
    assert (found.locked, found.equity) == (dec("500.5"), dec(3_489))
    assert found.to_flag == found.to_maintenance + dec("500.5")
    with pytest.raises(errors.InsufficientBond):
        client.release_bond(account, dec(501))
    assert client.release_bond(account, dec("490.5")) == 10
    assert client.release_bond(account, dec(10)) == 0
    assert events(client, BondSet)[-1] == BondSet(account, 0, 4_000_000_000)


def test_line_is_offered_accepted_and_drawn(
    deployer: Client, debtor: Trader, lender: Trader
) -> None:
    (client, lends), (owner, account) = lender, debtor
    client.offer_line(lends, account, dec(1_000), EXPIRY, dec(7))
    offer = client.line(account, lends)
    assert offer == Line(lends, LineState.OFFERED, dec(1_000), ZERO, dec(7), EXPIRY, None)
    assert client.protection(account).lines == ()
    with pytest.raises(errors.PaidTooMuch):
        owner.accept_line(account, lends, dec("6.999999"))
    assert owner.accept_line(account, lends, dec(7)) == 7
    active = Line(lends, LineState.ACTIVE, dec(1_000), ZERO, ZERO, EXPIRY, None)
    assert client.protection(account).lines == (active,)
    assert client.liquidation().lines == 1_000
    with pytest.raises(errors.AccountHealthy):
        client.draw_line(account, lends)
    for price in (2_800, 2_690):
        deployer.post_prices({"WETH": dec(price)})
    # It protects: nobody flags, but anyone draws it, up to the end of a liquidation.
    with pytest.raises(errors.AccountHealthy):
        client.flag(account)
    missing = client.standing(account).end - dec("882.5")
    assert client.draw_line(account, lends) == missing == dec("790.68")
    found = client.standing(account)
    assert (found.equity, found.drawn, found.locked) == (found.end, missing, 1_000 - missing)
    assert client.protection(account).lines == (
        Line(lends, LineState.ACTIVE, 1_000 - missing, missing, ZERO, EXPIRY, None),
    )
    drawn = 790_680_000
    assert events(client, LineDrawn) == [LineDrawn(account, lends, drawn, drawn)]
    assert events(client, LineOffered) == [LineOffered(account, lends, 10**9, 7 * 10**6, EXPIRY)]
    assert events(client, LineAccepted) == [LineAccepted(account, lends, 10**9, 7 * 10**6)]
    # A rebound pays it back.
    deployer.post_prices({"WETH": dec(2_900)})
    assert client.repay_claims(account) == missing
    assert client.standing(account).drawn == 0
    assert client.account(lends).balances["USDM"].total == 1_000_000 + 7 - 1_000 + missing


def test_line_is_closed_an_hour_after_notice(
    node: LocalNode, debtor: Trader, lender: Trader
) -> None:
    (client, lends), (owner, account) = lender, debtor
    client.offer_line(lends, account, dec(100), EXPIRY)
    assert owner.accept_line(account, lends, ZERO) == 0
    with pytest.raises(errors.LineCommitted):
        client.close_line(account, lends)
    closes_at = client.give_notice(account, lends)
    assert closes_at == client.raw.time() + 3_600
    assert client.line(account, lends).closes_at == closes_at
    pass_time(node, 3_600)
    assert client.close_line(account, lends) == 100
    assert client.line(account, lends).state == LineState.NONE
    assert events(client, LineNoticed) == [LineNoticed(account, lends, closes_at)]
    assert events(client, LineClosed) == [LineClosed(account, lends, 100_000_000)]
    assert client.account(lends).balances["USDM"].total == 1_000_000


def test_repay_claims_of_who_owes_none_pays_nothing(debtor: Trader, lender: Trader) -> None:
    assert lender[0].repay_claims(debtor[1]) == 0


# ---------------------------------------------------------------------- backstop and pauses


def test_set_backstop_names_an_account_once(
    node: LocalNode, deployment: Deployment, deployer: Client, lender: Trader
) -> None:
    client, account = lender
    # A deployment has named the account of the tranche already.
    first = client.liquidation().backstop_account
    with pytest.raises(errors.InvalidParameter):
        deployer.raw.set_backstop(account)
    place = (f"0x{slots.liquidation():064x}", f"0x{0:064x}")
    node.rpc.call("anvil_setStorageAt", deployment.exchange, *place)
    with pytest.raises(errors.AccessManagedUnauthorized):
        client.raw.set_backstop(account)
    deployer.raw.set_backstop(account)
    found = client.liquidation()
    assert (found.backstop_account, found.backstop) == (account, 1_000_000)
    assert events(client, BackstopSet) == [BackstopSet(first), BackstopSet(account)]


def test_price_that_moves_fast_pauses(deployer: Client, prices: None) -> None:
    deployer.post_prices({"WETH": dec(3_020)})
    assert events(deployer, PriceMoved) == []
    deployer.post_prices({"WETH": dec(3_031)})
    until = deployer.raw.time() + 10
    assert events(deployer, PriceMoved) == [PriceMoved(1, until)]
    assert deployer.liquidation().paused_until == until
    paused = {
        each.asset_id: each.paused_until for each in deployer.raw.liquidation_lens.assets().items
    }
    assert paused == {0: 0, 1: until, 2: 0, 3: 0}
