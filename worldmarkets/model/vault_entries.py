"""The entry points for accounts, money and operators."""

from worldmarkets.model import accounts, operators, vault
from worldmarkets.model.assets import token_of
from worldmarkets.model.entry import Entry
from worldmarkets.model.events import (
    AccountCreated,
    AssetActivated,
    AssetDeactivated,
    Deposited,
    OperatorRevoked,
    OperatorSet,
)
from worldmarkets.model.interface import Permission


class VaultEntries(Entry):
    """Accounts, deposits, withdrawals, transfers, and who may act for an account."""

    def create_account(self, caller: int) -> int:
        """Make an account owned by the caller and return its id."""

        def action() -> int:
            account_id = accounts.create(self.state, caller)
            self.events.append(AccountCreated(account_id, caller))
            return account_id

        return self._act(action)

    # ------------------------------------------------------------------ money

    def deposit(self, caller: int, account_id: int, asset_id: int, token_units: int) -> int:
        """Pull tokens of the caller into an account and return what was credited [atoms]."""
        return self._act(
            lambda: self._credited(
                vault.deposit(self._call(caller, asset_id), account_id, token_units)
            )
        )

    def deposit_with_permit(
        self,
        caller: int,
        account_id: int,
        asset_id: int,
        token_units: int,
        deadline: int,
        signature: tuple[int, bytes, bytes],
    ) -> int:
        """`deposit` with the allowance signed (v, r, s) instead of sent."""
        wanted = (account_id, token_units, deadline, signature)
        return self._act(
            lambda: self._credited(vault.deposit_with_permit(self._call(caller, asset_id), *wanted))
        )

    def deposit_native(self, caller: int, account_id: int, asset_id: int, native_units: int) -> int:
        """`deposit` of native tokens sent along, wrapped on the way."""
        return self._act(
            lambda: self._credited(
                vault.deposit_native(self._call(caller, asset_id), account_id, native_units)
            )
        )

    def withdraw(
        self, caller: int, account_id: int, asset_id: int, token_units: int, to: int
    ) -> None:
        """Take tokens out of an account."""
        self._emit(
            lambda: vault.withdraw(self._call(caller, asset_id), account_id, token_units, to)
        )

    def borrow(
        self, caller: int, account_id: int, asset_id: int, token_units: int, to: int
    ) -> None:
        """Take tokens out of an account, on credit where its balance has fewer."""
        self._emit(lambda: vault.borrow(self._call(caller, asset_id), account_id, token_units, to))

    def repay(self, caller: int, account_id: int, asset_id: int, token_units: int) -> int:
        """Pay back a debt, wholly if it is smaller, and return what was repaid [atoms]."""
        return self._act(
            lambda: self._credited(
                vault.repay(self._call(caller, asset_id), account_id, token_units)
            )
        )

    def withdraw_native(
        self, caller: int, account_id: int, asset_id: int, token_units: int, to: int
    ) -> None:
        """`withdraw` of wrapped native tokens, unwrapped on the way; `to` takes them."""
        self._emit(
            lambda: vault.withdraw_native(self._call(caller, asset_id), account_id, token_units, to)
        )

    def transfer(
        self, caller: int, from_account_id: int, to_account_id: int, asset_id: int, atoms: int
    ) -> None:
        """Move atoms from an account to another."""
        moved = (from_account_id, to_account_id, asset_id, atoms, self.time)
        self._emit(lambda: vault.transfer(self.state, caller, *moved))

    # ------------------------------------------------------------------ operators

    def set_operator(
        self,
        caller: int,
        account_id: int,
        operator: int,
        permissions: int,
        expiry: int,
        daily_loss_atoms: int,
    ) -> None:
        """Let an address act for an account of the caller."""

        def action() -> OperatorSet:
            accounts.check_owner(self.state, account_id, caller)
            allowed = (account_id, operator, permissions, expiry, daily_loss_atoms)
            return operators.set_operator(self.state, *allowed, self.time)

        self._emit(action)

    def revoke_operator(self, caller: int, account_id: int, operator: int) -> None:
        """Let an address no longer act for an account of the caller."""

        def action() -> OperatorRevoked:
            accounts.check_owner(self.state, account_id, caller)
            return operators.revoke_operator(self.state, account_id, operator)

        self._emit(action)

    def activate_asset(self, caller: int, account_id: int, asset_id: int) -> None:
        """Make an account use an asset, so that anyone may deposit or transfer it there."""

        def action() -> AssetActivated:
            self._authorise(caller, account_id, Permission.PLACE)
            return operators.activate(self.state, account_id, asset_id)

        self._emit(action)

    def deactivate_asset(self, caller: int, account_id: int, asset_id: int) -> None:
        """Make an account no longer use an asset of which it has nothing."""

        def action() -> AssetDeactivated:
            self._authorise(caller, account_id, Permission.PLACE)
            return operators.deactivate(self.state, account_id, asset_id)

        self._emit(action)

    # ------------------------------------------------------------------ inside

    def _call(self, caller: int, asset_id: int) -> vault.Call:
        """Return a call of the vault; raises UnlistedAsset."""
        token = self.tokens[token_of(self.state, asset_id).token]
        return vault.Call(self.state, self.address, caller, self.time, asset_id, token)

    def _credited(self, event: Deposited) -> int:
        self.events.append(event)
        return event.atoms
