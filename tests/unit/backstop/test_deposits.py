"""Getting into the backstop tranche, and what it is made with."""

import pytest

from tests.support.abi import creation_code
from tests.support.backend import rolled_back, user_address
from tests.support.backstop import (
    COOLDOWN,
    EXIT_WINDOW,
    MAX_HELD,
    MAX_SHARES,
    VIRTUAL,
    Backstop,
    deploy_vault,
    make_backstop,
)
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import DEPOSITOR, DOLLARS, MAKER, OPERATOR, STRANGER, UNIT, Scene
from tests.support.soundness import refused
from tests.support.system import ADMIN, QUOTE, System, deploy_system
from worldmarkets.model import slots
from worldmarkets.model.words import LedgerWord

NOBODY = "0x" + "00" * 20


def test_constructor_makes_an_account_that_uses_the_quote_asset(
    scene: Scene, backstop: Backstop
) -> None:
    account = scene.account(backstop.account)
    assert f"0x{account.owner:040x}" == backstop.address
    assert account.assets == 1
    assert backstop.view("exchange") == scene.system.exchange
    assert backstop.view("asset") == scene.system.tokens[0]
    assert backstop.view("totalAssets") == 0


def test_constants_are_readable(backstop: Backstop) -> None:
    assert backstop.view("COOLDOWN") == COOLDOWN
    assert backstop.view("EXIT_WINDOW") == EXIT_WINDOW
    assert backstop.view("MAX_SHARES") == MAX_SHARES
    assert backstop.view("decimals") == 18


def test_constructor_without_exchange_is_refused(system: System) -> None:
    for address in (NOBODY, STRANGER):
        name = b"exchange".ljust(32, b"\0")
        with refused(system, "InvalidParameter", name, int(address, 16)):
            deploy_vault(system, address)


def test_constructor_without_quote_asset_is_refused() -> None:
    system = deploy_system(PyrevmBackend(), assets=(), markets={})
    with refused(system, "UnlistedAsset", 0):
        deploy_vault(system, system.exchange)


def test_deposit_goes_straight_into_the_account_and_emits(scene: Scene, backstop: Backstop) -> None:
    token = (scene.system.tokens[0], "FaucetToken")
    backstop.fund(DEPOSITOR, 100 * DOLLARS)

    shares = backstop.deposit(DEPOSITOR, 100 * DOLLARS, STRANGER)

    assert shares == 100 * 10**18, "a share costs a dollar at first"
    assert backstop.shares(STRANGER) == backstop.supply == shares
    ledger = scene.ledger(backstop.account, 0)
    assert ledger == LedgerWord(touched=1, balance=100 * DOLLARS)
    assert backstop.view("totalAssets") == 100 * DOLLARS * UNIT
    assert scene.system.token_balance(0, backstop.address) == 0
    assert scene.system.view(*token, "allowance", backstop.address, scene.system.exchange) == (0,)
    [transfer, deposited] = backstop.events()
    assert transfer.fields == {"from": NOBODY, "to": STRANGER, "value": shares}
    assert (deposited.name, deposited.fields) == (
        "Deposit",
        {"sender": DEPOSITOR, "owner": STRANGER, "assets": 100 * DOLLARS * UNIT, "shares": shares},
    )


def test_mint_costs_whole_atoms_rounded_up(backstop: Backstop) -> None:
    backstop.fund(DEPOSITOR, 10)
    assert backstop.mint(DEPOSITOR, 1) == UNIT
    assert backstop.atoms == 1
    # Now 2 atoms stand against a whole number of virtual shares and one.
    assert backstop.mint(DEPOSITOR, VIRTUAL + 1) == 2 * UNIT
    assert backstop.mint(DEPOSITOR, VIRTUAL) == 2 * UNIT
    assert backstop.shares(DEPOSITOR) == 2 * VIRTUAL + 2
    assert backstop.atoms == 5


def test_deposit_buys_shares_rounded_down(backstop: Backstop) -> None:
    backstop.enter(DEPOSITOR, 10)
    backstop.earn(3)
    assert backstop.enter(STRANGER, 5) == 5 * 11 * VIRTUAL // 14


def test_deposit_of_fractions_of_an_atom_is_refused_by_the_exchange(backstop: Backstop) -> None:
    backstop.fund(DEPOSITOR, 10)
    with refused(backstop.system, "FractionalAtoms", UNIT + 1, UNIT):
        backstop.execute(DEPOSITOR, "deposit", UNIT + 1, DEPOSITOR)


def test_preview_of_fractions_counts_whole_atoms(backstop: Backstop) -> None:
    assert backstop.view("previewDeposit", 2 * UNIT - 1) == VIRTUAL
    assert backstop.view("convertToShares", 2 * UNIT - 1) == VIRTUAL
    assert backstop.view("previewWithdraw", UNIT + 1) == 2 * VIRTUAL


@pytest.mark.parametrize("function", ["deposit", "mint"])
def test_enter_with_nothing_is_refused(backstop: Backstop, function: str) -> None:
    with refused(backstop.system, "ZeroAmount"):
        backstop.execute(DEPOSITOR, function, 0, DEPOSITOR)


def test_deposit_that_buys_no_share_is_refused(backstop: Backstop) -> None:
    backstop.earn(VIRTUAL)
    backstop.fund(DEPOSITOR, 1)
    with refused(backstop.system, "ZeroAmount"):
        backstop.deposit(DEPOSITOR, 1)


@pytest.mark.parametrize("receiver", ["nobody", "the tranche"])
def test_deposit_for_who_can_not_use_shares_is_refused(backstop: Backstop, receiver: str) -> None:
    backstop.fund(DEPOSITOR, 1)
    to = NOBODY if receiver == "nobody" else backstop.address
    with refused(backstop.system, "ERC20InvalidReceiver", to):
        backstop.deposit(DEPOSITOR, 1, to)


def test_deposit_without_allowance_is_refused(backstop: Backstop) -> None:
    backstop.system.mint_only(DEPOSITOR, 0, UNIT)
    with refused(backstop.system, "ERC20InsufficientAllowance", backstop.address, 0, UNIT):
        backstop.deposit(DEPOSITOR, 1)


def test_deposit_stays_possible_while_a_deficit_or_a_pause_lasts(backstop: Backstop) -> None:
    backstop.set_deficits(1)
    backstop.pause_until(backstop.system.backend.time + 10)
    assert backstop.enter(DEPOSITOR, 7) == 7 * VIRTUAL
    backstop.fund(DEPOSITOR, 1)
    backstop.mint(DEPOSITOR, 1)


# ------------------------------------------------------------------- most


def test_max_deposit_is_what_the_exchange_may_still_hold(backstop: Backstop) -> None:
    held = backstop.system.token_balance(0, backstop.system.exchange) // UNIT
    room = MAX_HELD - held
    assert backstop.view("maxDeposit", STRANGER) == room * UNIT
    assert backstop.view("maxMint", STRANGER) == room * VIRTUAL
    backstop.fund(DEPOSITOR, room + 1)
    wanted = (DEPOSITOR, (room + 1) * UNIT, room * UNIT)
    with refused(backstop.system, "ERC4626ExceededMaxDeposit", *wanted):
        backstop.deposit(DEPOSITOR, room + 1)
    wanted = (DEPOSITOR, room * VIRTUAL + 1, room * VIRTUAL)
    with refused(backstop.system, "ERC4626ExceededMaxMint", *wanted):
        backstop.mint(DEPOSITOR, room * VIRTUAL + 1)
    backstop.deposit(DEPOSITOR, room)
    assert backstop.view("maxDeposit", STRANGER) == backstop.view("maxMint", STRANGER) == 0


def test_max_deposit_is_nothing_when_the_exchange_holds_too_much(backstop: Backstop) -> None:
    with rolled_back(backstop.system.backend):
        backstop.send(backstop.system.exchange, MAX_HELD + 1)
        assert backstop.view("maxDeposit", STRANGER) == backstop.view("maxMint", STRANGER) == 0


def test_max_deposit_is_known_when_a_share_is_dearest(backstop: Backstop) -> None:
    """All that the exchange may hold is the tranche's, and nobody has a share of it."""
    with rolled_back(backstop.system.backend):
        backstop.set_word(slots.ledger(backstop.account, 0), LedgerWord(balance=MAX_HELD))
        room = MAX_HELD - backstop.system.token_balance(0, backstop.system.exchange) // UNIT
        assert backstop.view("maxDeposit", STRANGER) == room * UNIT
        assert backstop.view("maxMint", STRANGER) == room * VIRTUAL // (MAX_HELD + 1)


# ------------------------------------------------------------------- others


def test_tokens_sent_to_the_tranche_itself_count_for_nobody(backstop: Backstop) -> None:
    backstop.send(backstop.address, 5)
    assert backstop.view("totalAssets") == 0
    assert backstop.enter(DEPOSITOR, 1) == VIRTUAL


def test_account_takes_orders_from_nobody(scene: Scene, backstop: Backstop) -> None:
    backstop.enter(DEPOSITOR, 10)
    account = backstop.account
    for sender in (ADMIN, DEPOSITOR, MAKER, OPERATOR):
        with refused(scene.system, "NotAccountOwner", account, sender):
            scene.system.withdraw(account, 0, UNIT, sender, sender=sender)
        with refused(scene.system, "NotAccountOwner", account, sender):
            scene.system.set_operator(account, sender, sender=sender)


def test_two_tranches_have_accounts_of_their_own(scene: Scene, backstop: Backstop) -> None:
    other = make_backstop(scene)
    assert other.account == backstop.account + 1
    backstop.enter(DEPOSITOR, 10)
    assert (backstop.atoms, other.atoms) == (10, 0)


# ------------------------------------------------------------------- tokens


def test_deposit_of_a_token_that_takes_a_fee_is_refused() -> None:
    """The tranche would sell shares for more than it gets, at the cost of those who are in."""
    system = deploy_system(PyrevmBackend(), assets=(), markets={})
    token = system.backend.deploy(ADMIN, creation_code("FeeOnTransferToken", 18, UNIT))
    system.list_asset(token, UNIT, NOBODY)
    system.tokens.append(token)
    system.assets.append(QUOTE)
    backstop = make_backstop(Scene(system, 0, 0))
    holder = user_address(9)
    # Some lie in the tranche already, so that the first fee is no obstacle.
    call = (token, "FeeOnTransferToken", holder)
    system.execute_on(*call, "draw", 200 * UNIT)
    system.execute_on(*call, "transfer", backstop.address, 100 * UNIT)
    system.execute_on(*call, "approve", backstop.address, 100 * UNIT)
    with refused(system, "CreditedLess", 49 * UNIT, 50 * UNIT):
        backstop.deposit(holder, 50)
