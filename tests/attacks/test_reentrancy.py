"""LED-5: tokens, receivers and feeds that call back while the exchange waits for them."""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from enum import IntEnum

import pytest

from tests.support.abi import codec, creation_code
from tests.support.backend import START_TIME
from tests.support.doubles import list_double, list_with_scripted_feed, script_feed
from tests.support.scene import BID, FOK, STRANGER, Scene, order
from tests.support.soundness import all_storage, refused
from tests.support.system import (
    ADMIN,
    DOLLAR,
    ETH_MARKET,
    ETH_PERP,
    ETH_PERP_TERMS,
    FOREVER,
    GUARDIAN_ROLE,
    LISTING_ROLE,
    UNLIMITED,
    order_tuple,
)
from worldmarkets.model import slots
from worldmarkets.model.interface import PoolTerms
from worldmarkets.model.packed import pack_batch

_LOCKED = "ReentrancyGuardReentrantCall"
_NOBODY = "0x" + "00" * 20


class Moment(IntEnum):
    NEVER = 0
    BEFORE_TRANSFER = 1
    AFTER_TRANSFER = 2
    BALANCE_OF = 3
    DECIMALS = 4


@dataclass
class Attacker:
    """A token that owns an account with 1,000 atoms of itself, 1,000 of cash and an order."""

    scene: Scene
    token: str
    asset: int
    account: int
    order_id: int

    def act(self, function: str, *arguments: object) -> None:
        """Call the exchange as the token."""
        self.act_on(self.scene.system.exchange, "Exchange", function, *arguments)

    def act_on(self, to: str, contract: str, function: str, *arguments: object) -> None:
        """Call anyone as the token."""
        self._call("execute", to, codec(contract).encode(function, *arguments))

    def deposit(self, units: int) -> None:
        self.act("deposit", self.account, self.asset, units)

    def balance(self) -> int:
        """The account's balance of the token [atoms]."""
        return self.scene.base(self.account, self.asset)

    def arm(self, moment: Moment, function: str, *arguments: object) -> None:
        """Call the exchange back at a moment."""
        data = codec("Exchange").encode(function, *arguments)
        self._call("arm", moment, self.scene.system.exchange, data)

    def answer(self) -> tuple[int, bool, str]:
        """Callbacks made in transfers, whether the last went through, and its error."""
        calls = self._view("calls")
        returned = self._view("returned")
        return calls, self._view("succeeded"), codec("Exchange", "VaultModule").error(returned).name

    def _call(self, function: str, *arguments: object) -> None:
        self.scene.system.execute_on(self.token, "CallbackToken", ADMIN, function, *arguments)

    def _view(self, function: str) -> object:
        return self.scene.system.view(self.token, "CallbackToken", function)[0]


@pytest.fixture
def attacker(scene: Scene) -> Attacker:
    system = scene.system
    asset = list_double(system, "CallbackToken", 8, 8)
    token = system.tokens[asset]
    attacker = Attacker(scene, token, asset, 0, 0)
    attacker.act("createAccount")
    attacker.account = system.events()[0].fields["accountId"]
    for holding, units in ((asset, 10_000), (0, 10**9 * 10**12)):
        address = system.tokens[holding]
        attacker.act_on(address, "FaucetToken", "draw", units)
        attacker.act_on(address, "FaucetToken", "approve", system.exchange, UNLIMITED)
        attacker.act("deposit", attacker.account, holding, units // 2)
    attacker.act("place", attacker.account, order_tuple(order(BID, 19_000, 1)))
    attacker.order_id = scene.orders(19_000)[0][0]
    return attacker


Call = Callable[[Attacker], tuple[object, ...]]

_ORDER = order_tuple(order(BID, 20_000, 1))
CALLBACKS: dict[str, Call] = {
    "place": lambda a: (a.account, _ORDER),
    "cancel": lambda a: (a.account, a.order_id),
    "cancelMany": lambda a: (a.account, [a.order_id]),
    "reduce": lambda a: (a.account, a.order_id, 1),
    "batch": lambda a: (a.account, [a.order_id], [_ORDER], False, FOREVER),
    "amend": lambda a: (a.account, a.order_id, _ORDER),
    "batchPacked": lambda a: (pack_batch(a.account, [a.order_id], [order(BID, 20_000, 1)]),),
    "createAccount": lambda a: (),
    "deposit": lambda a: (a.account, a.asset, 10),
    "depositWithPermit": lambda a: (a.account, a.asset, 10, FOREVER, 27, bytes(32), bytes(32)),
    "depositNative": lambda a: (a.account, a.asset),
    "withdraw": lambda a: (a.account, a.asset, 10, a.token),
    "withdrawNative": lambda a: (a.account, a.asset, 10, a.token),
    "setOperator": lambda a: (a.account, a.token, 1, 2**32 - 1, 0),
    "revokeOperator": lambda a: (a.account, a.token),
    "activateAsset": lambda a: (a.account, 2),
    "deactivateAsset": lambda a: (a.account, 2),
    "transfer": lambda a: (a.account, a.account + 1, 0, 1),
    "setLent": lambda a: (a.account, a.asset, True),
    "borrow": lambda a: (a.account, a.asset, 10, a.token),
    "repay": lambda a: (a.account, a.asset, 10),
    "accruePools": lambda a: ([a.asset],),
    "collectReserve": lambda a: (a.asset,),
    "previewMargin": lambda a: (a.account, []),
    "poke": lambda a: ([1],),
    "collectFees": lambda a: (ETH_MARKET,),
    "pokeMarkets": lambda a: ([ETH_PERP],),
    "settle": lambda a: (a.account, ETH_PERP),
    "settleOnCredit": lambda a: (a.account, ETH_PERP),
    "openIsolated": lambda a: (a.account, 1, _ORDER),
    "deactivateMarket": lambda a: (a.account, ETH_PERP),
    "flagAccount": lambda a: (a.account,),
    "reviewAccount": lambda a: (a.account,),
    "forceCancel": lambda a: (a.account, [a.order_id]),
    "takeSlice": lambda a: (a.account + 1, a.account, 10**6, 0),
    "repayClaims": lambda a: (a.account,),
    "lockBond": lambda a: (a.account, 10**7),
    "releaseBond": lambda a: (a.account, 10**7),
    "offerLine": lambda a: (a.account, a.account + 1, 10**7, 0, 2**32 - 1),
    "acceptLine": lambda a: (a.account, a.account + 1, 0),
    "giveNotice": lambda a: (a.account + 1, a.account),
    "closeLine": lambda a: (a.account + 1, a.account),
    "drawLine": lambda a: (a.account + 1, a.account),
    "setLiquidator": lambda a: (a.account, a.token, True),
    "setPlan": lambda a: (a.account, []),
    "executeStep": lambda a: (a.account, 0, 1, 0),
    "readWords": lambda a: ([slots.ledger(a.account, a.asset)],),
}


@pytest.mark.parametrize("function", CALLBACKS)
@pytest.mark.parametrize("moment", [Moment.BEFORE_TRANSFER, Moment.AFTER_TRANSFER])
def test_led_5_callback_during_deposit_is_locked_out(
    attacker: Attacker, moment: Moment, function: str
) -> None:
    attacker.arm(moment, function, *CALLBACKS[function](attacker))
    before = attacker.balance()
    attacker.deposit(100)
    assert attacker.answer() == (1, False, _LOCKED)
    assert attacker.balance() == before + 100


@pytest.mark.parametrize("function", CALLBACKS)
@pytest.mark.parametrize("moment", [Moment.BEFORE_TRANSFER, Moment.AFTER_TRANSFER])
def test_led_5_callback_during_withdrawal_is_locked_out(
    attacker: Attacker, moment: Moment, function: str
) -> None:
    attacker.arm(moment, function, *CALLBACKS[function](attacker))
    before = attacker.balance()
    attacker.act("withdraw", attacker.account, attacker.asset, 100, STRANGER)
    assert attacker.answer() == (1, False, _LOCKED)
    assert attacker.balance() == before - 100


def lend_and_owe(attacker: Attacker) -> int:
    """Open a pool of the token; the attacker lends 2,000 of it to himself. His second account."""
    system = attacker.scene.system
    system.set_pool_terms(attacker.asset, PoolTerms(10**9, 10**9, 999, 999, 100))
    attacker.act("setLent", attacker.account, attacker.asset, True)
    attacker.act("createAccount")
    debtor: int = system.events()[0].fields["accountId"]
    attacker.act("transfer", attacker.account, debtor, 0, 10**8)
    attacker.act("borrow", debtor, attacker.asset, 1_000, STRANGER)
    return debtor


@pytest.mark.parametrize("function", CALLBACKS)
@pytest.mark.parametrize("moment", [Moment.BEFORE_TRANSFER, Moment.AFTER_TRANSFER])
def test_led_5_callback_during_a_loan_is_locked_out(
    attacker: Attacker, moment: Moment, function: str
) -> None:
    """The debt is there before the tokens leave; nothing is read or done in between."""
    debtor = lend_and_owe(attacker)
    attacker.arm(moment, function, *CALLBACKS[function](attacker))
    attacker.act("borrow", debtor, attacker.asset, 100, STRANGER)
    assert attacker.answer() == (1, False, _LOCKED)
    assert attacker.scene.ledger(debtor, attacker.asset).balance == -1_100


@pytest.mark.parametrize("function", CALLBACKS)
@pytest.mark.parametrize("moment", [Moment.BEFORE_TRANSFER, Moment.AFTER_TRANSFER])
def test_led_5_callback_during_a_repayment_is_locked_out(
    attacker: Attacker, moment: Moment, function: str
) -> None:
    debtor = lend_and_owe(attacker)
    attacker.arm(moment, function, *CALLBACKS[function](attacker))
    attacker.act("repay", debtor, attacker.asset, 400)
    assert attacker.answer() == (1, False, _LOCKED)
    assert attacker.scene.ledger(debtor, attacker.asset).balance == -600


def test_led_5_tokens_that_arrive_during_a_repayment_are_credited_once(
    attacker: Attacker,
) -> None:
    """The debt is paid by what was asked for; what came besides is the debtor's."""
    debtor = lend_and_owe(attacker)
    system = attacker.scene.system
    data = codec("CallbackToken").encode("transfer", system.exchange, 50)
    arm = (attacker.token, "CallbackToken", ADMIN, "arm", Moment.AFTER_TRANSFER, attacker.token)
    system.execute_on(*arm, data)
    before = system.token_balance(attacker.asset, system.exchange)
    attacker.act("repay", debtor, attacker.asset, UNLIMITED)
    assert system.token_balance(attacker.asset, system.exchange) == before + 1_050
    assert attacker.scene.ledger(debtor, attacker.asset).balance == 50


@pytest.mark.parametrize("function", CALLBACKS)
def test_led_5_call_while_a_balance_is_read_is_locked_out(
    attacker: Attacker, function: str
) -> None:
    """The token reverts the deposit if what it calls back goes through."""
    attacker.arm(Moment.BALANCE_OF, function, *CALLBACKS[function](attacker))
    attacker.deposit(100)
    attacker.arm(Moment.NEVER, function, *CALLBACKS[function](attacker))


@pytest.mark.parametrize("moment", [Moment.BEFORE_TRANSFER, Moment.AFTER_TRANSFER])
def test_led_5_listing_from_a_callback_is_locked_out_even_for_the_role(
    attacker: Attacker, moment: Moment
) -> None:
    system = attacker.scene.system
    grant = (system.authority, "Authority", ADMIN, "grantRole", LISTING_ROLE, attacker.token, 0)
    system.execute_on(*grant)
    terms = (1, 1_000, 1, 0, 0, 500)
    other = system.backend.deploy(ADMIN, creation_code("FaucetToken", "T", "T", 8))
    system.execute_on(*grant[:4], GUARDIAN_ROLE, attacker.token, 0)
    for call in (
        ("listAsset", other, 1, system.feed),
        ("listSpotMarket", attacker.asset, terms),
        ("listPerpMarket", attacker.asset, astuple(ETH_PERP_TERMS)),
        ("setPerpLimits", ETH_PERP, 8, 8),
        ("setOutflowLimit", attacker.asset, 10**6),
        ("setPoolTerms", attacker.asset, (10**9, 10**9, 900, 900, 100)),
        ("setAssetRisk", attacker.asset, (0, 0, 0, 0, 0, 0)),
        ("setMarketRisk", (0, 0, 0)),
        ("pauseMarkets", [ETH_MARKET], 1),
        ("resumeMarkets", [ETH_MARKET]),
        ("setBackstop", attacker.account),
    ):
        attacker.arm(moment, *call)
        attacker.deposit(100)
        _, went_through, error = attacker.answer()
        assert (went_through, error) == (False, _LOCKED)


def test_led_5_token_asked_for_its_decimals_cannot_make_an_account(scene: Scene) -> None:
    """Listing counts assets in the word that counts accounts."""
    system = scene.system
    token = system.backend.deploy(ADMIN, creation_code("CallbackToken", 8))
    arm = (token, "CallbackToken", ADMIN, "arm", Moment.DECIMALS, system.exchange)
    system.execute_on(*arm, codec("Exchange").encode("createAccount"))
    before = system.read_word(slots.registry())
    # The call is static: it fails, the token answers, and listing goes on.
    system.list_asset(token, 1, system.feed)
    assert system.read_word(slots.registry()) == before + 2**32
    assert system.create_account(ADMIN) == scene.taker + 1
    system.execute_on(token, "CallbackToken", ADMIN, "arm", Moment.NEVER, _NOBODY, b"")


@pytest.mark.parametrize("target", ["exchange", "order_module"])
def test_led_5_place_whole_from_a_callback_places_nothing(attacker: Attacker, target: str) -> None:
    """The exchange does not know it; the module answers over words of its own, without a market."""
    scene = attacker.scene
    scene.ask(scene.maker, 20_000, 1)
    request = (attacker.account, order_tuple(order(BID, 20_000, 1, FOK)), False)
    data = codec("OrderModule").encode("placeWhole", *request)
    arm = (attacker.token, "CallbackToken", ADMIN, "arm", Moment.AFTER_TRANSFER)
    scene.system.execute_on(*arm, getattr(scene.system, target), data)
    cash = scene.cash(attacker.account)
    attacker.deposit(100)
    assert attacker.answer()[:2] == (1, target == "order_module")
    assert (scene.cash(attacker.account), len(scene.orders(20_000))) == (cash, 1)


def test_led_5_callback_that_moves_the_token_itself_is_counted_once(attacker: Attacker) -> None:
    """Tokens given to the exchange within a deposit are credited to the depositor, not twice."""
    system = attacker.scene.system
    data = codec("CallbackToken").encode("transfer", system.exchange, 50)
    arm = (attacker.token, "CallbackToken", ADMIN, "arm", Moment.AFTER_TRANSFER, attacker.token)
    system.execute_on(*arm, data)
    before = attacker.balance()
    held = system.token_balance(attacker.asset, system.exchange)
    attacker.deposit(100)
    arrived = system.token_balance(attacker.asset, system.exchange) - held
    assert arrived == 150
    assert attacker.balance() == before + arrived


def test_led_5_callback_that_takes_tokens_back_is_not_credited(attacker: Attacker) -> None:
    """The exchange never approves anyone, so a callback cannot pull what has arrived."""
    system = attacker.scene.system
    pull = codec("CallbackToken").encode("transferFrom", system.exchange, attacker.token, 50)
    arm = (attacker.token, "CallbackToken", ADMIN, "arm", Moment.AFTER_TRANSFER, attacker.token)
    system.execute_on(*arm, pull)
    attacker.deposit(100)
    assert attacker.answer()[:2] == (1, False)


@pytest.mark.parametrize("function", CALLBACKS)
def test_led_5_callback_from_a_feed_is_locked_out(scene: Scene, function: str) -> None:
    """The feed reverts if what it calls back goes through."""
    system = scene.system
    asset, feed = list_with_scripted_feed(system, 8, 1)
    script_feed(system, feed, DOLLAR, START_TIME)
    made = scene.bid(scene.maker, 19_000, 1).order_id
    stand_in = Attacker(scene, feed, asset, scene.maker, made)
    data = codec("Exchange").encode(function, *CALLBACKS[function](stand_in))
    system.execute_on(feed, "ScriptedPriceFeed", ADMIN, "arm", system.exchange, data)
    system.poke(asset)
    assert scene.underlying(asset).price == 10**10


def test_led_5_lock_is_free_again_after_a_refused_deposit(attacker: Attacker) -> None:
    system = attacker.scene.system
    before = all_storage(system.backend)
    with refused(system, "ZeroAmount"):
        attacker.deposit(0)
    assert all_storage(system.backend) == before
    attacker.deposit(1)
    assert system.read_words([0]) == [int(system.authority, 16)]
