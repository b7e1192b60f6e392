"""Tables of the pages name all that there is."""

import re
from xml.etree import ElementTree

from worldmarkets.artifacts import project_root
from worldmarkets.model.slots import Region
from worldmarkets.sizes import read_budgets

ROOT = project_root()
NOT_CALLED = {"FaucetToken", "WrappedNative"}
"""Tokens, which the picture shows as such."""
FEEDS = {"PostedPriceFeed", "AggregatorFeed", "SignedReportFeed"}
"""One box of the picture."""


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def deployable() -> set[str]:
    return set(read_budgets(ROOT / "contracts" / "sizes.toml"))


def test_table_of_contracts_has_every_deployable_one() -> None:
    named = set(
        re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\|(.*?)\|", page("architecture.md"), re.M)))
    )
    assert deployable() - named == set()


def test_picture_has_every_contract_that_calls_or_is_called() -> None:
    picture = ElementTree.fromstring(page("architecture.svg"))
    drawn = " ".join(filter(None, (element.text for element in picture.iter())))
    missing = {name for name in deployable() - NOT_CALLED - FEEDS if name not in drawn}
    assert missing == set()


def test_table_of_regions_has_every_region() -> None:
    _, _, rest = page("layout.md").partition("| region |")
    table, _, _ = rest.partition("\n\n")
    # The first cell of a row; a factor of the slot may follow the number.
    cells = re.findall(r"^\| (\d[^|·]*)", table, re.M)
    numbers = {int(number) for cell in cells for number in re.findall(r"\d+", cell)}
    assert numbers == set(map(int, Region))
