"""The lock file of the analysis tools has what was wished for, and names no registry."""

import re

from worldmarkets.artifacts import project_root

FOLDER = project_root() / "tools" / "analysis"


def test_lock_has_every_wish() -> None:
    wishes = re.findall(r"^(\S+==[^\s;]+)", (FOLDER / "requirements.in").read_text(), re.M)
    locked = (FOLDER / "requirements.lock").read_text()
    assert [name.split("==")[0] for name in wishes] == ["slither-analyzer", "halmos"]
    for wish in wishes:
        assert f"\n{wish} " in locked, wish


def test_lock_every_package_has_hashes() -> None:
    packages = re.split(r"^(?=\w)", (FOLDER / "requirements.lock").read_text(), flags=re.M)[1:]
    for package in packages:
        assert "--hash=sha256:" in package, package


def test_lock_names_no_registry() -> None:
    assert "://" not in (FOLDER / "requirements.lock").read_text()
