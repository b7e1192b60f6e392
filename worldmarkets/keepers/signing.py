"""One of several signers: signs what it knows, and brings reports when there are enough."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from eth_account.signers.base import BaseAccount

from worldmarkets.abi import abi_of
from worldmarkets.client import Client
from worldmarkets.keepers.job import Action
from worldmarkets.keepers.reportbox import ReportBox
from worldmarkets.oracle import (
    FeedDomain,
    PriceReport,
    SignedReport,
    sign_report,
    signer_of,
    submission,
    to_price,
)

MAX_AGE = 60
"""How old a report may be when it is brought [seconds]. Source: SignedReportFeed."""

_FEED = "SignedReportFeed"


class SignedPoster:
    """Signs a report in every round and leaves it in the box; brings the reports of all if needed.

    Every signer reports all assets, in the order of their ids: reports of different assets do not
    fit together. Which signer brings them does not matter; a second one is told that there is
    nothing newer, and sends nothing.
    """

    def __init__(
        self,
        client: Client,
        account: BaseAccount | None,
        box: ReportBox,
        symbols: Sequence[str],
        *,
        submits: bool = True,
    ) -> None:
        """Take all that it needs.

        Args:
            client: The exchange, whose assets are fed by signed reports.
            account: The signer's key; None to bring those of others only.
            box: Where the signers' reports are.
            symbols: The assets that all signers report.
            submits: Whether it brings reports, or only passes its own on.
        """
        self._client = client
        self._account = account
        self._box = box
        units = {client.asset_units(one).asset.asset_id: one for one in symbols}
        self._symbols = dict(sorted(units.items()))
        self._submits = submits
        self._feed = client.deployment.address(_FEED)
        self._domain = FeedDomain(client.deployment.chain_id, self._feed)

    def offer(self, prices: Mapping[str, Decimal]) -> None:
        """Sign the prices, made in the newest block, if all are known."""
        if self._account is None or not set(prices) >= set(self._symbols.values()):
            return
        report = PriceReport(
            tuple(self._symbols),
            tuple(to_price(prices[symbol]) for symbol in self._symbols.values()),
            self._client.raw.time(),
        )
        self._box.put(sign_report(report, self._domain, self._account))

    def bring(self, _prices: Mapping[str, Decimal], not_before: int) -> tuple[Action, ...]:
        """Return the submission of all good reports, if they are enough."""
        if not self._submits:
            return ()
        threshold, signers = self._threshold(), self._signers()
        now = self._client.raw.time()
        good = [
            one
            for one in self._box.reports()
            if _number(one.signer) in signers and self._is_good(one, not_before, now)
        ]
        if not 0 < threshold <= len(good):
            return ()
        what = f"submit {len(good)} reports of {', '.join(self._symbols.values())}"
        return (Action(what, submission(self._feed, good), harmless=frozenset({"NothingNewer"})),)

    def _is_good(self, one: SignedReport, not_before: int, now: int) -> bool:
        report = one.report
        is_new = max(not_before, now - MAX_AGE) <= report.time <= now
        is_ours = report.asset_ids == tuple(self._symbols)
        return is_new and is_ours and signer_of(one, self._domain) == _number(one.signer)

    def _threshold(self) -> int:
        return int(self._read("threshold"))

    def _signers(self) -> set[int]:
        return {_number(signer) for signer in self._read("signers")}

    def _read(self, function: str) -> Any:
        abi = abi_of(_FEED)
        returned = self._client.raw.call(self._feed, abi.encode(function))
        return abi.decode(function, returned)[0]


def _number(address: str) -> int:
    return int(address, 16)
