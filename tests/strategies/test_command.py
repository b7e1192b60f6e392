"""`world strategy` on a node."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.client.conftest import Trader, dec
from tests.strategies.test_files import BASIS_TEXT, MAKER_TEXT
from worldmarkets.cli import world
from worldmarkets.deployment import Deployment
from worldmarkets.deployment.manifest import save_deployment
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node

Run = Callable[..., Result]


@pytest.fixture
def strategy(node: LocalNode, deployment: Deployment, tmp_path: Path) -> Run:
    """Run a strategy with settings and the key of a number."""
    manifest, settings = tmp_path / "local.json", tmp_path / "settings.toml"
    save_deployment(deployment, manifest)

    def run(kind: str, text: str, key: str, *arguments: str) -> Result:
        settings.write_text(text)
        given = ["strategy", kind, str(settings), "--rpc", node.url, "--deployment", str(manifest)]
        return CliRunner().invoke(world, [*given, "--dev-key", key, *arguments])

    return run


def told(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [line.split("event=", 1)[1].split(" block")[0] for line in result.output.splitlines()]


def test_basis_dry_run_prints_the_decision(strategy: Run, market: Trader, account: Trader) -> None:
    text = BASIS_TEXT.replace("account = 7", f"account = {account[1]}")
    text = text.replace("holding_days = 73", "holding_days = 365")
    text = text.replace("leverage = 10\n", "leverage = 5\n").replace("leverage = 8", "leverage = 4")
    assert told(strategy("basis", text, "3", "--rounds", "1", "--dry-run")) == [
        'note text="open: cash 10000, spot 0, perp 0, unsettled 0, leverage 0"',
        '"would send" what="buy 16.6666 WETH/USDM at 3003, sell 16.6666 WETH-PERP at 2997"',
        "stopped",
    ]
    assert account[0].positions(account[1]) == ()
    assert told(strategy("basis", text, "3", "--rounds", "1"))[1].startswith("sent what=")
    (position,) = account[0].positions(account[1])
    assert position.size == -dec("16.6666")


def test_maker_quotes_and_leaves(strategy: Run, market: Trader, rich: Trader) -> None:
    client, account = rich
    text = MAKER_TEXT.replace("account = 8", f"account = {account}").replace("12.5", "100")
    lines = told(strategy("maker", text, "4", "--rounds", "2", "--interval", "0.01"))
    assert lines[0] == 'note text="inventory 0, hedged 0: 0 quotes stay, 0 go, 6 orders"'
    assert lines[2] == 'note text="inventory 0, hedged 0: 6 quotes stay, 0 go, 0 orders"'
    assert lines[3:] == ['sent what="cancel 6"', "stopped"]
    assert client.open_orders(account) == []


def test_maker_of_a_wrong_file_is_refused(strategy: Run, market: Trader) -> None:
    found = strategy("maker", BASIS_TEXT, "4", "--rounds", "1")
    assert "maker: Field required" in str(found.exception)
