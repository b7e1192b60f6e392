"""Several signers: reports in a box, brought by whoever is first."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount

from tests.client.conftest import dec, pass_time
from tests.keepers.fakes import FakeSource, Harness
from worldmarkets.client import Client
from worldmarkets.clock import SystemClock
from worldmarkets.deployment import Deployment, deploy, load_parameters
from worldmarkets.deployment.terms import FeedKind, SignerParameters
from worldmarkets.keepers import (
    FolderBox,
    KeySending,
    MemoryBox,
    PriceJob,
    PriceRules,
    ReportBox,
    SignedPoster,
)
from worldmarkets.node import LocalNode
from worldmarkets.oracle import FeedDomain, PriceReport, SignedReport, sign_report, signer_of
from worldmarkets.transactions import KeySigner, SteadySender

DOMAIN = FeedDomain(31_337, "0x" + "0f" * 20)
SIGNERS: list[LocalAccount] = [Account.from_key(bytes([number]) * 32) for number in (1, 2, 3, 4)]
"""The last is none of the feed's; the others are, and two of them make a price."""
RULES = PriceRules(threshold_bps=Decimal(5), heartbeat_seconds=30)
REPORT = PriceReport((1, 2), (3_000 * 10**18, 10**18), 1_000)


def signed(signer: int = 0, report: PriceReport = REPORT) -> SignedReport:
    return sign_report(report, DOMAIN, SIGNERS[signer])


# ---------------------------------------------------------------------- reports and boxes


def test_signer_of_is_who_signed_for_this_feed() -> None:
    one = signed()
    assert signer_of(one, DOMAIN) == int(SIGNERS[0].address, 16)
    assert signer_of(one, replace(DOMAIN, chain_id=1)) != int(SIGNERS[0].address, 16)
    later = replace(one, report=replace(REPORT, time=1_001))
    assert signer_of(later, DOMAIN) != int(SIGNERS[0].address, 16)
    assert signer_of(replace(one, r=b"\xff" * 32), DOMAIN) is None
    assert signer_of(replace(one, r=bytes(32), vs=bytes(32)), DOMAIN) is None


@pytest.fixture(params=["memory", "folder"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> ReportBox:
    return MemoryBox() if request.param == "memory" else FolderBox(tmp_path / "box")


def test_box_keeps_the_newest_report_of_each_signer(box: ReportBox) -> None:
    assert box.reports() == []
    newer = signed(0, replace(REPORT, time=1_001))
    for one in (signed(0), signed(1), newer):
        box.put(one)
    assert sorted(box.reports(), key=lambda one: one.signer) == sorted(
        [newer, signed(1)], key=lambda one: one.signer
    )


def test_folder_box_passes_over_what_is_no_report(tmp_path: Path) -> None:
    box = FolderBox(tmp_path)
    box.put(signed(0))
    (path,) = tmp_path.glob("*.json")
    good = json.loads(path.read_text())
    for name, content in {
        "half": path.read_text()[:50],
        "list": "[]",
        "empty": "{}",
        "odd": json.dumps({**good, "prices": ["x", "1"]}),
        "uneven": json.dumps({**good, "assets": [1]}),
    }.items():
        (tmp_path / f"{name}.json").write_text(content)
    assert box.reports() == [signed(0)]


# ---------------------------------------------------------------------- on a node


@pytest.fixture(scope="module")
def deployment(running_node: LocalNode) -> Deployment:
    """Reports of two of three signers make the price of ether."""
    local = load_parameters("local")
    ether = local.assets[1].model_copy(update={"feed": FeedKind.SIGNED, "starting_price": None})
    addresses = tuple(one.address for one in SIGNERS[:3])
    fields = {
        "assets": (local.assets[0], ether, *local.assets[2:]),
        "signers": SignerParameters(addresses=addresses, threshold=2),
    }
    key = KeySigner(running_node.accounts[0].private_key)
    return deploy(running_node.rpc, local.model_copy(update=fields), key)


class Pusher:
    """One signer: its source, its job, and a key without any role to send with."""

    def __init__(
        self, node: LocalNode, deployment: Deployment, number: int, box: ReportBox, submits: bool
    ) -> None:
        self.client = Client(node.rpc, deployment, node.accounts[4 + number].private_key)
        self.source = FakeSource(WETH=3_000)
        poster = SignedPoster(self.client, SIGNERS[number], box, ["WETH"], submits=submits)
        self.job = PriceJob(self.client, self.source, poster, ["WETH"], RULES)
        signer = self.client.raw.sender.signer
        self.sending = KeySending(SteadySender(node.rpc, signer, SystemClock(), 31_337))

    def push(self) -> list[str]:
        harness = Harness(self.job, self.sending).run(rounds=1)  # type: ignore[arg-type]
        return [line.split(" block")[0] for line in harness.events()[:-1]]


Pushers = tuple[Pusher, Pusher, Pusher]
BROUGHT = ['sent what="submit 2 reports of WETH"', 'sent what="poke WETH"']


@pytest.fixture
def pushers(node: LocalNode, deployment: Deployment) -> Pushers:
    """Two signers that bring reports, and one of whom nobody knows."""
    box = MemoryBox()
    first, second, stranger = (
        Pusher(node, deployment, number, box, submits=True) for number in (0, 1, 3)
    )
    return first, second, stranger


@pytest.mark.node
def test_push_waits_until_there_are_enough_reports(pushers: Pushers) -> None:
    first, second, stranger = pushers
    assert first.push() == []
    assert stranger.push() == []
    assert first.push() == []
    second.source.set("WETH", "3000.6")
    assert second.push() == BROUGHT
    risk = first.client.risk("WETH")
    # Of two prices the lower; 2 basis points apart, rounded up.
    assert (risk.price, risk.confidence) == (3_000, dec("0.9998"))
    assert risk.price_time == first.client.raw.time()
    # The first one has nothing to add.
    assert first.push() == []


@pytest.mark.node
def test_push_of_both_at_once_sends_one(pushers: Pushers) -> None:
    first, second, _ = pushers
    first.push()
    second.push()
    pass_time(first.client.raw, 1)  # type: ignore[arg-type]
    for one in (first, second):
        one.source.set("WETH", 3_010)
    first.job.look()
    ours, theirs = second.job.look(), first.job.look()
    assert [action.what for action in ours.actions] == [action.what for action in theirs.actions]

    class Late:
        name = "prices"

        def look(self):  # type: ignore[no-untyped-def]
            return theirs

    for action in ours.actions:
        second.sending.execute(action.request)
    harness = Harness(Late(), first.sending).run(rounds=1)  # type: ignore[arg-type]
    assert harness.events()[0] == 'spared what="submit 2 reports of WETH"'
    assert harness.meters.value("failed_total", keeper="prices", error="NothingNewer") == 0
    assert first.client.reference_price("WETH") == 3_010


@pytest.mark.node
def test_push_of_old_reports_is_none(pushers: Pushers) -> None:
    """Those of a minute ago say nothing of now, nor do those the feed has seen."""
    first, second, _ = pushers
    first.push()
    pass_time(first.client.raw, 61)  # type: ignore[arg-type]
    assert second.push() == []
    assert first.push() == BROUGHT
    second.source.set("WETH", 3_010)
    assert second.push() == []


@pytest.mark.node
def test_push_confirms_a_jump_with_reports_three_seconds_later(pushers: Pushers) -> None:
    first, second, _ = pushers
    first.push()
    second.push()
    pass_time(first.client.raw, 1)  # type: ignore[arg-type]
    for one in (first, second):
        one.source.set("WETH", 3_400)
    assert first.push() == []
    assert second.push() == BROUGHT
    assert first.client.risk("WETH").is_unconfirmed
    pass_time(first.client.raw, 3)  # type: ignore[arg-type]
    # The report of the other one is still that of the jump.
    assert first.push() == []
    assert second.push() == BROUGHT
    risk = first.client.risk("WETH")
    assert (risk.price, risk.is_unconfirmed) == (3_400, False)


@pytest.mark.node
def test_push_that_passes_on_sends_nothing(node: LocalNode, deployment: Deployment) -> None:
    box = MemoryBox()
    first = Pusher(node, deployment, 0, box, submits=False)
    second = Pusher(node, deployment, 1, box, submits=True)
    second.push()
    assert first.push() == []
    assert len(box.reports()) == 2
    assert second.push() == BROUGHT


@pytest.mark.node
def test_push_passes_over_a_report_that_another_has_forged(pushers: Pushers) -> None:
    """A file with a signer's name and somebody else's signature must not block the others."""
    first, _, _ = pushers
    box = MemoryBox()
    poster = SignedPoster(first.client, SIGNERS[0], box, ["WETH"])
    poster.offer({"WETH": dec(3_000)})
    (good,) = box.reports()
    report = replace(good.report, prices=(10**18,))
    domain = FeedDomain(31_337, first.client.deployment.address("SignedReportFeed"))
    forged = replace(sign_report(report, domain, SIGNERS[3]), signer=SIGNERS[1].address)
    box.put(forged)
    assert poster.bring({}, 0) == ()
    box.put(sign_report(good.report, domain, SIGNERS[1]))
    assert len(poster.bring({}, 0)) == 1
    assert len(poster.bring({}, good.report.time)) == 1
    assert poster.bring({}, good.report.time + 1) == ()


@pytest.mark.node
def test_push_passes_over_reports_that_do_not_fit(pushers: Pushers) -> None:
    """Of other assets, or of a second that is yet to come: with them all would be refused."""
    client = pushers[0].client
    box = MemoryBox()
    poster = SignedPoster(client, SIGNERS[0], box, ["WETH"])
    poster.offer({"WETH": dec(3_000)})
    (good,) = box.reports()
    domain = FeedDomain(31_337, client.deployment.address("SignedReportFeed"))
    for other in (
        replace(good.report, asset_ids=(2,)),
        replace(good.report, time=good.report.time + 1),
    ):
        box.put(sign_report(other, domain, SIGNERS[1]))
        assert poster.bring({}, 0) == ()
    box.put(sign_report(good.report, domain, SIGNERS[1]))
    (action,) = poster.bring({}, 0)
    client.raw.execute(action.request)


@pytest.mark.node
def test_offer_without_all_prices_signs_nothing(pushers: Pushers) -> None:
    box = MemoryBox()
    poster = SignedPoster(pushers[0].client, SIGNERS[0], box, ["WBTC", "WETH"])
    poster.offer({"WETH": dec(3_000)})
    assert box.reports() == []
    poster.offer({"WETH": dec(3_000), "WBTC": dec(100_000)})
    (one,) = box.reports()
    assert one.report.asset_ids == (1, 2)
    assert one.report.prices == (3_000 * 10**18, 100_000 * 10**18)
