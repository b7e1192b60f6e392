"""Every relative link of the pages leads to something that is there."""

import re
from pathlib import Path

import pytest

from worldmarkets.artifacts import project_root

ROOT = project_root()
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
OUTSIDE = ("https://", "http://", "mailto:")


def pages() -> list[Path]:
    """All pages that are part of the project."""
    folders = (ROOT, ROOT / "docs", ROOT / "benchmarks")
    return sorted(page for folder in folders for page in folder.glob("*.md"))


def broken_links(page: Path) -> list[str]:
    """Relative links of a page to files or headings that are not there."""
    return [
        link
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if not link.startswith(OUTSIDE) and not leads_somewhere(page, link)
    ]


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether a link leads to a file, and if it names a heading, to one there is."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target)


def anchors(page: Path) -> set[str]:
    """Anchors of the headings of a page: lower case, spaces as dashes, no other signs."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_of_the_page_lead_somewhere(page: Path) -> None:
    assert broken_links(page) == []


def test_pages_include_the_first_one_and_those_of_docs() -> None:
    names = {page.relative_to(ROOT).as_posix() for page in pages()}
    assert {"README.md", "docs/architecture.md", "docs/lending.md"} <= names


def test_every_page_of_docs_is_linked_from_the_first_one() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = set(LINK.findall(readme))
    missing = [
        page.name for page in (ROOT / "docs").glob("*.md") if f"docs/{page.name}" not in linked
    ]
    assert missing == []


@pytest.mark.parametrize("link", ["missing.md", "there.md#none", "#none"])
def test_broken_links_are_found(tmp_path: Path, link: str) -> None:
    page, there = tmp_path / "page.md", tmp_path / "there.md"
    there.write_text("# One heading\n")
    good = "[a](there.md) [b](there.md#one-heading) [c](#here) [d](https://example.org/none)"
    page.write_text(f"# Here\n{good} [e]({link})\n")

    assert broken_links(page) == [link]
