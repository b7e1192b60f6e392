"""Price feeds beside that of a system: aggregators and signed reports, each with what it reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils import keccak

from tests.support.abi import creation_code
from tests.support.system import ADMIN, LISTING_ROLE, System, grant
from worldmarkets.oracle import FeedDomain, PriceReport, SignedReport, pack_reports, sign_report

Price = tuple[int, int, int]
"""Price [1e-18 dollars a whole token], time [seconds], confidence [bps]."""


@dataclass(frozen=True)
class Feed:
    """A feed of some kind in a system."""

    system: System
    address: str
    contract: str

    def execute(self, sender: str, function: str, *arguments: object) -> None:
        self.system.execute_on(self.address, self.contract, sender, function, *arguments)

    def latest(self, asset: int) -> Price:
        price, time, confidence_bps = self.view("latestPrice", asset)
        return price, time, confidence_bps

    def view(self, function: str, *arguments: object) -> tuple[object, ...]:
        return self.system.view(self.address, self.contract, function, *arguments)

    def list_asset(self, decimals: int = 8) -> int:
        """List a new token whose price comes from the feed."""
        code = creation_code("FaucetToken", "T", "T", decimals)
        return self.system.list_asset(self.system.backend.deploy(ADMIN, code), 1, self.address)


class AggregatorFeed(Feed):
    """A feed that reads aggregators, of which there are scripted ones."""

    def set_aggregator(
        self, asset: int, aggregator: str, decimals: int = 8, sender: str = ADMIN
    ) -> None:
        self.execute(sender, "setAggregator", asset, aggregator, decimals)

    def new_aggregator(self, answer: int, decimals: int = 8) -> str:
        """Deploy a scripted aggregator with an answer made now."""
        aggregator = self.system.backend.deploy(
            ADMIN, creation_code("ScriptedAggregator", decimals)
        )
        self.script(aggregator, "set", answer, self.system.backend.time)
        return aggregator

    def script(self, aggregator: str, function: str, *arguments: object) -> None:
        """Tell a scripted aggregator what to do from now on."""
        self.system.execute_on(aggregator, "ScriptedAggregator", ADMIN, function, *arguments)


def deploy_aggregator_feed(system: System) -> AggregatorFeed:
    """Deploy a feed whose aggregators the listing role sets."""
    address = system.backend.deploy(ADMIN, creation_code("AggregatorFeed", system.authority))
    grant(system, LISTING_ROLE, address, "AggregatorFeed", "setAggregator")
    return AggregatorFeed(system, address, "AggregatorFeed")


class ReportFeed(Feed):
    """A feed of signed reports."""

    def set_signers(self, signers: Sequence[str], threshold: int, sender: str = ADMIN) -> None:
        self.execute(sender, "setSigners", list(signers), threshold)

    def domain(self) -> FeedDomain:
        """The domain as the contract tells it."""
        _, _, _, chain_id, contract, _, _ = self.view("eip712Domain")
        return FeedDomain(int(str(chain_id)), str(contract))

    def sign(
        self, account: LocalAccount, prices: dict[int, int], time: int | None = None
    ) -> SignedReport:
        """Sign prices by asset, made now if no time is given."""
        made = self.system.backend.time if time is None else time
        report = PriceReport(tuple(prices), tuple(prices.values()), made)
        return sign_report(report, self.domain(), account)

    def submit(self, *signed: SignedReport, sender: str = ADMIN) -> None:
        self.submit_packed(pack_reports(signed), sender)

    def submit_packed(self, packed: bytes, sender: str = ADMIN) -> None:
        self.execute(sender, "submit", packed)


def deploy_report_feed(
    system: System, signers: Sequence[LocalAccount] = (), threshold: int = 0
) -> ReportFeed:
    """Deploy a feed whose signers the listing role sets; none are set without a threshold."""
    address = system.backend.deploy(ADMIN, creation_code("SignedReportFeed", system.authority))
    grant(system, LISTING_ROLE, address, "SignedReportFeed", "setSigners")
    feed = ReportFeed(system, address, "SignedReportFeed")
    if threshold:
        feed.set_signers([signer.address for signer in signers], threshold)
    return feed


def make_signers(count: int) -> list[LocalAccount]:
    """Make accounts with keys, in rising order of their addresses."""
    accounts = [Account.from_key(keccak(text=f"price signer {index}")) for index in range(count)]
    return sorted(accounts, key=lambda account: int(account.address, 16))
