"""What became of lenders and borrowers, in tables."""

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from worldmarkets.demo.credit import BorrowerReport, Credit, PoolReport
from worldmarkets.demo.session import Session
from worldmarkets.demo.words import amount, money
from worldmarkets.deployment.manifest import Asset
from worldmarkets.model.interface import Margin

_QUOTE_ATOM = Decimal("0.000001")


def print_credit(console: Console, credit: Credit, session: Session) -> None:
    """Print what borrowers and lenders did and were refused, and how they stand."""
    happened = Table.grid(padding=(0, 2))
    for name, text in credit.notes:
        happened.add_row(name, text)
    console.print()
    console.print(happened, highlight=False)
    borrowers, pools = credit.reports()
    assets = session.stage.deployment.assets
    _print_borrowers(console, borrowers, assets)
    _print_pools(console, pools, assets)


def _print_borrowers(
    console: Console, reports: Sequence[BorrowerReport], assets: Sequence[Asset]
) -> None:
    table = _table("margin account [dollars]", [report.name for report in reports])
    margins = [report.margin for report in reports]
    for name, found in (
        ("equity", [margin.equity_atoms for margin in margins]),
        ("required to add risk", [margin.initial_atoms for margin in margins]),
        ("required to be left alone", [margin.maintenance_atoms for margin in margins]),
        ("free collateral", [margin.free_atoms for margin in margins]),
    ):
        table.add_row(name, *(money(atoms * _QUOTE_ATOM, 6) for atoms in found))
    owed = [(assets[report.debt_asset], report.debt_atoms) for report in reports]
    table.add_row("debt", *(f"{_tokens(asset, atoms)} {asset.symbol}" for asset, atoms in owed))
    table.add_row("interest paid", *(money(report.interest, 6) for report in reports))
    table.add_row("state", *map(_state, margins))
    console.print()
    console.print(table, highlight=False)


def _print_pools(console: Console, reports: Sequence[PoolReport], assets: Sequence[Asset]) -> None:
    table = _table("pool", [assets[report.asset_id].symbol for report in reports])
    for name, kind in (
        ("supplied", "supplied"),
        ("borrowed", "borrowed"),
        ("lenders earned", "earned"),
        ("borrowers paid", "paid"),
        ("reserve", "reserve"),
    ):
        table.add_row(name, *(_tokens(assets[one.asset_id], getattr(one, kind)) for one in reports))
    for name, kind in (
        ("utilisation", "utilisation"),
        ("borrow rate of a year", "borrow_rate"),
        ("supply rate of a year", "supply_rate"),
    ):
        table.add_row(name, *(f"{getattr(one.rates, kind) / 10**18:.2%}" for one in reports))
    console.print()
    console.print(table, highlight=False)


def _state(margin: Margin) -> str:
    """Return what an account may do."""
    if margin.is_paid:
        return "owes nothing"
    if margin.equity_atoms < margin.maintenance_atoms:
        return "below maintenance"
    return "may add risk" if margin.free_atoms >= 0 else "may lower risk"


def _tokens(asset: Asset, atoms: int) -> str:
    return amount(Decimal(atoms).scaleb(-asset.decimals))


def _table(name: str, headings: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(name)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table
