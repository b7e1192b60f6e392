"""Where signers leave their newest report for each other."""

import json
from pathlib import Path
from typing import Any, Protocol

from worldmarkets.deployment.manifest import write_json
from worldmarkets.errors import WorldMarketsError
from worldmarkets.oracle import PriceReport, SignedReport


class ReportBox(Protocol):
    """Keeps the newest report of each signer. What is in it need not be good."""

    def put(self, report: SignedReport) -> None:
        """Leave a report in the place of the signer's last one."""

    def reports(self) -> list[SignedReport]:
        """Return the newest report of each signer."""


class MemoryBox:
    """A box in memory, for signers of one process."""

    def __init__(self) -> None:
        self._reports: dict[str, SignedReport] = {}

    def put(self, report: SignedReport) -> None:
        """Leave a report in the place of the signer's last one."""
        self._reports[report.signer] = report

    def reports(self) -> list[SignedReport]:
        """Return the newest report of each signer."""
        return list(self._reports.values())


class FolderBox:
    """A folder with a file a signer, which may be shared or synchronised between computers."""

    def __init__(self, folder: Path) -> None:
        """Take a folder, which is made when first needed."""
        self._folder = folder

    def put(self, report: SignedReport) -> None:
        """Write a report in whole, in the place of the signer's last one."""
        content = {
            "assets": list(report.report.asset_ids),
            "prices": [str(price) for price in report.report.prices],
            "time": report.report.time,
            "signer": report.signer,
            "r": report.r.hex(),
            "vs": report.vs.hex(),
        }
        write_json(self._folder / f"{report.signer}.json", content)

    def reports(self) -> list[SignedReport]:
        """Return all reports that can be read as such."""
        found = (_read(path) for path in sorted(self._folder.glob("*.json")))
        return [report for report in found if report is not None]


def _read(path: Path) -> SignedReport | None:
    """Return the report of a file, None if it is none."""
    try:
        return _parse(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, WorldMarketsError):
        return None


def _parse(content: dict[str, Any]) -> SignedReport:
    report = PriceReport(
        tuple(map(int, content["assets"])), tuple(map(int, content["prices"])), int(content["time"])
    )
    r, vs = (bytes.fromhex(content[name]) for name in ("r", "vs"))
    return SignedReport(report, str(content["signer"]), r, vs)
