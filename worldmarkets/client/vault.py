"""Accounts, deposits, withdrawals, transfers and operators, in decimals."""

from decimal import Decimal
from typing import Any

from worldmarkets.abi import abi_of
from worldmarkets.client.errors import UnknownNameError
from worldmarkets.client.liquidationreader import LiquidationReader
from worldmarkets.client.units import AssetUnits
from worldmarkets.deployment import Asset
from worldmarkets.model.interface import Permission


class Vault(LiquidationReader):
    """What the key brings in, takes out and lets others do. Assets are named by symbol or id."""

    @property
    def address(self) -> str:
        """Address of the key."""
        return self.raw.address

    def create_account(self) -> int:
        """Make an account and return its id."""
        return self.raw.create_account()

    def deposit(self, account: int, asset: str | int, amount: Decimal) -> Decimal:
        """Bring tokens of the key into an account, anybody's, and return what was credited.

        The exchange's allowance is set to the amount first if it is below. An account of somebody
        else must use the asset already (see `activate_asset`).
        """
        units = self.asset_units(asset)
        token_units = units.to_token_units(amount)
        self._allow(units.asset, token_units)
        return units.from_atoms(self.raw.deposit(account, units.asset.asset_id, token_units))

    def deposit_with_permit(self, account: int, asset: str | int, amount: Decimal) -> Decimal:
        """Bring tokens in as `deposit` does, with a signed allowance: in one transaction.

        Raises:
            NoPermitError: the token takes no signed allowances, or the signer signs none.
        """
        units = self.asset_units(asset)
        token_units = units.to_token_units(amount)
        atoms = self.raw.deposit_with_permit(account, units.asset.asset_id, token_units)
        return units.from_atoms(atoms)

    def deposit_native(self, account: int, amount: Decimal) -> Decimal:
        """Bring native tokens of the key into an account and return what was credited."""
        units = self._wrapped_native()
        token_units = units.to_token_units(amount)
        return units.from_atoms(self.raw.deposit_native(account, units.asset.asset_id, token_units))

    def withdraw_native(self, account: int, amount: Decimal, to: str | None = None) -> None:
        """Take native tokens out of an account, to the key's address unless `to` is given."""
        units = self._wrapped_native()
        token_units = units.to_token_units(amount)
        self.raw.withdraw_native(account, units.asset.asset_id, token_units, to)

    def withdraw(
        self, account: int, asset: str | int, amount: Decimal, to: str | None = None
    ) -> None:
        """Take tokens out of an account, to the key's address unless `to` is given."""
        units = self.asset_units(asset)
        self.raw.withdraw(account, units.asset.asset_id, units.to_token_units(amount), to)

    def transfer(
        self, from_account: int, to_account: int, asset: str | int, amount: Decimal
    ) -> None:
        """Move an amount to another account; one of another owner must use the asset already."""
        units = self.asset_units(asset)
        self.raw.transfer(from_account, to_account, units.asset.asset_id, units.to_atoms(amount))

    def draw(self, asset: str | int, amount: Decimal) -> None:
        """Draw test tokens to the key's address: from their faucet, or by wrapping native ones."""
        units = self.asset_units(asset)
        self.raw.draw(units.asset.asset_id, units.to_token_units(amount))

    def activate_asset(self, account: int, asset: str | int) -> None:
        """Make an account use an asset, so that anyone may deposit or transfer it there."""
        self.raw.activate_asset(account, self.asset_units(asset).asset.asset_id)

    def deactivate_asset(self, account: int, asset: str | int) -> None:
        """Make an account no longer use an asset of which it has nothing."""
        self.raw.deactivate_asset(account, self.asset_units(asset).asset.asset_id)

    def set_operator(
        self,
        account: int,
        operator: str,
        permissions: Permission,
        expiry: int,
        daily_loss: Decimal = Decimal(0),
    ) -> None:
        """Let an address act for an account of the key.

        Args:
            account: The account.
            operator: The address. With its key, a client acts for the account like an owner.
            permissions: What it may do.
            expiry: Last second of the chain's time at which it may.
            daily_loss: With the permission to place, the account's budget for what the executions
                of all its operators may lose against the reference price in a day of UTC, fees
                included [quote tokens]. A budget of zero lets them trade at no loss only.
        """
        units = self.asset_units(0)
        atoms = units.to_atoms(daily_loss) if daily_loss else 0
        self.raw.set_operator(account, operator, permissions, expiry, atoms)

    def revoke_operator(self, account: int, operator: str) -> None:
        """Let an address no longer act for an account of the key; its orders stay."""
        self.raw.revoke_operator(account, operator)

    def token_balance(self, asset: str | int, owner: str | None = None) -> Decimal:
        """Return the tokens that an address holds outside of the exchange."""
        units = self.asset_units(asset)
        held = self._view("FaucetToken", units.asset.token, "balanceOf", owner or self.address)
        return units.from_token_units(held)

    def _wrapped_native(self) -> AssetUnits:
        """Return the units of the wrapped native token.

        Raises:
            UnknownNameError: none is listed.
        """
        for asset in self.assets:
            if asset.is_wrapped_native:
                return self.asset_units(asset.asset_id)
        raise UnknownNameError("no asset is the wrapped native token")

    def _allow(self, asset: Asset, token_units: int) -> None:
        """Set the exchange's allowance to an amount if it is below."""
        if self._allowance(asset) < token_units:
            self.raw.approve(asset.asset_id, token_units)

    def _allowance(self, asset: Asset) -> int:
        exchange = self.deployment.exchange
        return self._view("FaucetToken", asset.token, "allowance", self.address, exchange)

    def _view(self, contract: str, to: str, function: str, *arguments: Any) -> int:
        abi = abi_of(contract)
        (found,) = abi.decode(function, self.raw.call(to, abi.encode(function, *arguments)))
        return int(found)
