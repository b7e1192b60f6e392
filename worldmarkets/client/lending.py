"""Lending, borrowing and repaying, in decimals."""

from decimal import Decimal
from typing import Literal

from worldmarkets.client.rawlending import EVERYTHING
from worldmarkets.client.units import AssetUnits
from worldmarkets.client.vault import Vault
from worldmarkets.model.errors import NothingOwed

_SECONDS_A_YEAR = 365 * 86_400
_SPARE = 1_000
"""Part of a debt that is approved besides, for the interest until it is paid."""


class Lending(Vault):
    """What the key lends, borrows and repays. Assets are named by symbol or id."""

    def set_lent(self, account: int, asset: str | int, lent: bool = True) -> Decimal:
        """Lend what is positive of a balance from now on, or keep it in custody; return it.

        What is lent earns interest and can be traded and withdrawn as before, as long as the pool
        has cash. What comes in later is lent, too.
        """
        units = self.asset_units(asset)
        return units.from_atoms(self.raw.set_lent(account, units.asset.asset_id, lent))

    def borrow(
        self, account: int, asset: str | int, amount: Decimal, to: str | None = None
    ) -> None:
        """Take tokens out, to the key's address unless `to` is given; what is missing is borrowed.

        Raises:
            BelowInitialMargin: the account's equity would not do; see `preview`.
            BorrowCapReached, BorrowCeilingReached, BorrowWindowReached, InsufficientLiquidity: the
                pool gives less; see `pool`.
        """
        units = self.asset_units(asset)
        self.raw.borrow(account, units.asset.asset_id, units.to_token_units(amount), to)

    def repay(
        self, account: int, asset: str | int, amount: Decimal | Literal["all"] | None = None
    ) -> Decimal:
        """Pay a debt of any account back with tokens of the key; return what was repaid.

        Args:
            account: The account that owes.
            asset: What it owes.
            amount: How much, or what is owed if that is less; None or "all" for everything. The
                exchange's allowance is set to the amount first if it is below; for everything, to a
                thousandth more than what is owed now, as interest runs until it is paid.

        Raises:
            NothingOwed: the account owes nothing of the asset.
        """
        units = self.asset_units(asset)
        asset_id = units.asset.asset_id
        if amount is None or amount == "all":
            owed = self._owed(account, units)
            self._allow(units.asset, (owed + owed // _SPARE + 1) * units.asset.units_per_atom)
            return units.from_atoms(self.raw.repay(account, asset_id, EVERYTHING))
        token_units = units.to_token_units(amount)
        self._allow(units.asset, token_units)
        return units.from_atoms(self.raw.repay(account, asset_id, token_units))

    def accrue_pools(self, *assets: str | int) -> dict[str, Decimal]:
        """Add up the interest of lending pools, of all if none is named, in one transaction.

        Returns:
            What borrowing costs a year from now on, by symbol.
        """
        names = assets or [pool.asset for pool in self.pools()]
        wanted = [self.asset_units(name).asset for name in names]
        events = self.raw.accrue_pools([asset.asset_id for asset in wanted])
        return {
            asset.symbol: Decimal(event.rate * _SECONDS_A_YEAR).scaleb(-16)
            for asset, event in zip(wanted, events, strict=True)
        }

    def collect_reserve(self, asset: str | int) -> Decimal:
        """Lend the reserve of a pool to it for the insurance fund; return how much that was."""
        units = self.asset_units(asset)
        return units.from_atoms(self.raw.collect_reserve(units.asset.asset_id))

    def _owed(self, account: int, units: AssetUnits) -> int:
        """Return what an account owes of an asset [atoms]."""
        for holding in self.raw.lens.account(account).holdings:
            if holding.asset_id == units.asset.asset_id and holding.balance_atoms < 0:
                return -holding.balance_atoms
        raise NothingOwed(account, units.asset.asset_id)
