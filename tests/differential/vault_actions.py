"""Random actions on money, and on who may act for an account."""

from typing import Any

from tests.differential.choices import FUNDS, Choices
from tests.differential.setting import (
    NATIVE_ASSET,
    OPERATORS,
    SIGNER,
    UNITS_PER_ATOM,
    USERS,
    ZERO_ADDRESS,
)
from worldmarkets.model.balances import load as ledger
from worldmarkets.model.holdings import worst_cost

_UNKNOWN_ACCOUNT = 10**6


class VaultActions(Choices):
    """Deposits, withdrawals, transfers, operators and activation."""

    def deposit(self) -> None:
        """Deposit, for oneself or for somebody else."""
        account, asset = self.any_account(), self.any_asset()
        sender = self.random.choice(USERS) if self.chance(0.3) else self.sender(account)
        units = self.units(asset)
        if self.chance(0.7) and asset < len(self.mirror.system.tokens):
            self.mirror.mint(sender, asset, min(units, 2**88))
        elif self.chance(0.3) and asset < len(self.mirror.system.tokens):
            self.mirror.approve(sender, asset, units // 2)
        target = _UNKNOWN_ACCOUNT if self.chance(0.02) else account
        self.mirror.deposit(sender, target, asset, units)

    def refill(self) -> None:
        """Bring an account back to wealth."""
        account = self.any_account()
        owner, asset = self.accounts[account], self.random.choice([0, 0, 1, 2])
        self.mirror.mint(owner, asset, FUNDS[asset])
        self.mirror.deposit(owner, account, asset, FUNDS[asset])

    def deposit_with_permit(self) -> None:
        """Sign for an amount and deposit it; at times late, or of another amount."""
        units = self.random.choice([0, 10**10, 10**15, 10**15 + 1])
        now = self.mirror.model.time
        deadline = now + self.random.choice([-1, 0, 100, 100])
        signature = SIGNER.permit(self.mirror.system, units, deadline)
        self.mirror.approve(SIGNER.address, NATIVE_ASSET, self.random.choice([0, 0, 0, 10**15]))
        if self.chance(0.8):
            self.mirror.mint_only(SIGNER.address, NATIVE_ASSET, units)
        sender = self.random.choice([SIGNER.address] * 4 + USERS[:1])
        if self.chance(0.1):
            signature = (signature[0] ^ 1, *signature[1:])
        if self.chance(0.1):
            units += 10**10
        asset = self.random.choice([NATIVE_ASSET] * 5 + [0, 77])
        account = self.random.choice([self.own_account(SIGNER.address), self.any_account()])
        arguments = (sender, account, asset, units, deadline, signature)
        self.mirror.deposit_with_permit(*arguments)
        self.mirror.happened["deposited with a permit"] += asset == NATIVE_ASSET

    def deposit_native(self) -> None:
        account = self.any_account()
        sender = self.random.choice(USERS) if self.chance(0.3) else self.sender(account)
        units = self.random.choice([0, 1, 10**10, 10**14, 10**16])
        asset = self.random.choice([NATIVE_ASSET] * 6 + [1, 77])
        self.mirror.deposit_native(sender, account, asset, units)
        self.mirror.happened["deposited native tokens"] += 1

    def withdraw(self) -> None:
        account, asset = self.any_account(), self.any_asset()
        to = self.random.choice([*USERS, ZERO_ADDRESS, self.mirror.system.exchange])
        sender = self.sender(account)
        self.mirror.withdraw(sender, account, asset, self.units(asset), to)

    def withdraw_native(self) -> None:
        account = self.any_account()
        units = self.random.choice([0, 1, 10**10, 10**14, 10**16])
        asset = self.random.choice([NATIVE_ASSET] * 6 + [1, 77])
        to = self.random.choice([*USERS, ZERO_ADDRESS])
        self.mirror.withdraw_native(self.sender(account), account, asset, units, to)
        self.mirror.happened["withdrew native tokens"] += 1

    def squeeze(self) -> None:
        """Take out all that the check lets go, or an atom more: later bids can not be paid."""
        self.squeeze_out(self.any_account(), self.random.choice([0, 0, 1, 2, 3]))

    def squeeze_out(self, account: int, asset: int) -> None:
        """Take all of an asset that the check lets go, or an atom more, out of an account."""
        state = self.mirror.model.state
        word = ledger(state, account, asset)
        reserved = word.open_asks if asset else 0
        for base in (1, 2, 3) if asset == 0 else ():
            reserved += worst_cost(state, base, ledger(state, account, base).open_bids)
        atoms = max(word.balance - reserved + self.random.choice([0, 0, 1]), 0)
        sender = self.accounts[account]
        self.mirror.withdraw(sender, account, asset, atoms * UNITS_PER_ATOM[asset], sender)

    def flee(self) -> None:
        """Cancel all orders of an account and take out all of an asset."""
        account, state = self.any_account(), self.mirror.model.state
        own = [order for order, owner in self.live.items() if owner == account]
        sender = self.accounts[account]
        if self.chance(0.7):
            self.follow(self.mirror.cancel_many, sender, account, own)
        asset = self.random.choice([0, 1, 2, 3, NATIVE_ASSET])
        units = max(ledger(state, account, asset).balance, 0) * UNITS_PER_ATOM[asset]
        self.mirror.withdraw(sender, account, asset, units, sender)
        self.mirror.happened["withdrew all"] += 1

    def transfer(self) -> None:
        source, target, asset = self.any_account(), self.any_account(), self.any_asset()
        if self.chance(0.3):
            source, target = self.random.sample(self.siblings, 2)
        if self.chance(0.03):
            target = _UNKNOWN_ACCOUNT
        atoms = self.random.choice([0, 1, 10**5, 10**8, 10**12, 2**79, 2**256 - 1])
        self.mirror.transfer(self.sender(source), source, target, asset, atoms)

    # --------------------------------------------------------------- operators

    def set_operator(self) -> None:
        account, operator = self.any_account(), self.random.choice(OPERATORS)
        sender = self.accounts[account]
        if self.chance(0.05):
            sender, operator = self.random.choice([(operator, operator), (sender, ZERO_ADDRESS)])
        permissions = self.random.choice([1, 3, 3, 3, 3, 11, 2, 8, 16, 32, 63, 0, 64, 4])
        now = self.mirror.model.time
        expiry = self.random.choice([now + 5_000, now + 10**6, 2**32 - 1, now, now - 1])
        budget = self.random.choice([0, 10**3, 10**5, 10**8, 10**12, 2**64 - 1])
        self.mirror.set_operator(sender, account, operator, permissions, expiry, budget)

    def revoke_operator(self) -> None:
        account, operator = self.any_account(), self.random.choice(OPERATORS)
        sender = self.random.choice([self.accounts[account]] * 5 + [operator])
        self.mirror.revoke_operator(sender, account, operator)

    def activate_asset(self) -> None:
        account = self.any_account()
        self.mirror.activate_asset(self.sender(account), account, self.any_asset())

    def deactivate_asset(self) -> None:
        account = self.any_account()
        self.mirror.deactivate_asset(self.sender(account), account, self.any_asset())

    def own_account(self, owner: str) -> int:
        """The first account of a user."""
        return next(account for account, known in self.accounts.items() if known == owner)

    def misuse_of_money(self, stranger: str, account: int) -> list[Any]:
        """Calls of the vault and of operators for accounts that are another's or nobody's."""
        operator = OPERATORS[0]
        return [
            lambda: self.mirror.deposit(stranger, account, 0, 10**12),
            lambda: self.mirror.withdraw(stranger, account, 0, 10**12, stranger),
            lambda: self.mirror.withdraw_native(stranger, account, NATIVE_ASSET, 10**10, stranger),
            lambda: self.mirror.transfer(stranger, account, 4, 0, 1),
            lambda: self.mirror.transfer(USERS[0], 3, account, 0, 1),
            lambda: self.mirror.set_operator(stranger, account, operator, 63, 2**32 - 1, 1),
            lambda: self.mirror.revoke_operator(stranger, account, operator),
            lambda: self.mirror.activate_asset(stranger, account, 1),
            lambda: self.mirror.deactivate_asset(stranger, account, 1),
        ]
