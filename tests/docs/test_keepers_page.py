"""What docs/keepers.md and docs/strategies.md say of metrics, options and settings is so."""

import re
from pathlib import Path

import click
import pytest

from worldmarkets.artifacts import project_root
from worldmarkets.keepers import Meters
from worldmarkets.keepers.command import command as keeper
from worldmarkets.trading import BasisFile, MakerFile, read_file

DOCS = project_root() / "docs"
KEEPERS = (DOCS / "keepers.md").read_text(encoding="utf-8")
STRATEGIES = (DOCS / "strategies.md").read_text(encoding="utf-8")


def test_table_of_metrics_has_each_with_its_kind() -> None:
    told = dict(re.findall(r"^\| `(world_keeper_\w+)` \| (\w+) \|", KEEPERS, re.MULTILINE))
    assert told == {
        metric.name + ("_total" if metric.type == "counter" else ""): metric.type
        for metric in Meters().registry.collect()
    }


def test_table_of_keepers_has_each() -> None:
    assert isinstance(keeper, click.Group)
    assert set(
        re.findall(r"^\| `(prices|\w+)` \| [^|]+ \| \d+ s \|", KEEPERS, re.MULTILINE)
    ) == set(keeper.commands)


def test_options_named_are_those_of_the_commands() -> None:
    assert isinstance(keeper, click.Group)
    known = {
        name
        for command in keeper.commands.values()
        for parameter in command.params
        for name in parameter.opts
    }
    elsewhere = {"--network", "--account"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", KEEPERS)) - elsewhere
    assert named <= known
    # Common ones are in a table, the others are told of where they belong.
    assert known - named - {"--pair", "--window", "--key"} == set()


@pytest.mark.parametrize(("name", "kind"), [("basis", BasisFile), ("maker", MakerFile)])
def test_settings_shown_can_be_read(
    tmp_path: Path, name: str, kind: type[BasisFile | MakerFile]
) -> None:
    (text,) = re.findall(rf"```toml\n# {name}\.toml\n(.*?)```", STRATEGIES, re.DOTALL)
    path = tmp_path / f"{name}.toml"
    path.write_text(text)
    assert read_file(path, kind).account > 0
