"""The backstop tranche in decimals: what it is worth, getting in, asking to leave, leaving.

What the tranche refuses arrives as an `OtherContractError` that names the error of
contracts/interfaces/IBackstopVault.sol.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from worldmarkets.abi import abi_of
from worldmarkets.client.calls import approve
from worldmarkets.client.client import Client
from worldmarkets.client.units import from_shares, to_shares
from worldmarkets.transactions import Receipt, Request


@dataclass(frozen=True)
class RedeemRequest:
    """Shares that somebody has asked to redeem, and has not redeemed yet.

    They can be redeemed from `ready_at` on and before `expires_at` [seconds]; until then they can
    not be transferred.
    """

    shares: Decimal
    ready_at: int
    expires_at: int


@dataclass(frozen=True)
class BackstopState:
    """The tranche in one block, and what an address has of it. Amounts are in quote tokens.

    `share_price` is what a whole share is worth, `worth` what all of the address are, both rounded
    down. `redeemable` is how many it could redeem now: none while an account is in deficit
    (`deficits`) or before `paused_until`, when a price has moved fast [seconds].
    """

    total_assets: Decimal
    total_shares: Decimal
    share_price: Decimal
    shares: Decimal
    worth: Decimal
    request: RedeemRequest | None
    redeemable: Decimal
    deficits: int
    paused_until: int


class Backstop:
    """Deposits in the tranche that backs an exchange, of a client's key."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._abi = abi_of("BackstopVault")
        self._units = client.asset_units(0)
        self.address = client.deployment.backstop

    def deposit(self, amount: Decimal) -> Decimal:
        """Deposit quote tokens of the key and return the shares that they bought.

        The allowance of the tranche is set to the amount first if it is below.
        """
        token_units = self._units.to_token_units(amount)
        self._allow(token_units)
        owner = self._client.address
        deposited = self._event(self._send("deposit", token_units, owner), "Deposit")
        return from_shares(deposited["shares"])

    def request(self, shares: Decimal) -> RedeemRequest:
        """Ask to redeem shares; whatever the key has asked for before is replaced."""
        asked = self._event(self._send("requestRedeem", to_shares(shares)), "RedeemRequested")
        return RedeemRequest(from_shares(asked["shares"]), asked["readyAt"], asked["expiresAt"])

    def cancel(self) -> Receipt:
        """Withdraw the request of the key; its shares can be transferred again."""
        return self._send("cancelRequest")

    def redeem(self, shares: Decimal | None = None, to: str | None = None) -> Decimal:
        """Redeem shares and return what they paid.

        Args:
            shares: How many of those that are ready; None for all of them.
            to: Who is paid; the key's address unless it is given.
        """
        owner = self._client.address
        parts = self._ready(owner) if shares is None else to_shares(shares)
        paid = self._event(self._send("redeem", parts, to or owner, owner), "Withdraw")
        return self._units.from_token_units(paid["assets"])

    def state(self, owner: str | None = None) -> BackstopState:
        """Return the tranche as it is, and what an address, by default the key's, has of it."""
        owner = owner or self._client.address
        block = self._client.raw.rpc.call("eth_blockNumber")
        (shares,) = self._read("balanceOf", owner, block=block)
        asked, ready_at, expires_at = self._read("requestOf", owner, block=block)
        deficits, paused_until = self._read("waitsFor", block=block)
        return BackstopState(
            total_assets=self._assets("totalAssets", block=block),
            total_shares=from_shares(self._read("totalSupply", block=block)[0]),
            share_price=self._assets("convertToAssets", to_shares(Decimal(1)), block=block),
            shares=from_shares(shares),
            worth=self._assets("convertToAssets", shares, block=block),
            request=RedeemRequest(from_shares(asked), ready_at, expires_at) if asked else None,
            redeemable=from_shares(self._ready(owner, block)),
            deficits=deficits,
            paused_until=paused_until,
        )

    def _ready(self, owner: str, block: str = "latest") -> int:
        (parts,) = self._read("maxRedeem", owner, block=block)
        return int(parts)

    def _assets(self, function: str, *arguments: object, block: str) -> Decimal:
        (token_units,) = self._read(function, *arguments, block=block)
        return self._units.from_token_units(token_units)

    def _allow(self, token_units: int) -> None:
        token = self._units.asset.token
        data = abi_of("FaucetToken").encode("allowance", self._client.address, self.address)
        if int.from_bytes(self._client.raw.call(token, data), "big") < token_units:
            self._client.raw.execute(approve(token, self.address, token_units))

    def _read(self, function: str, *arguments: object, block: str) -> tuple[Any, ...]:
        data = self._abi.encode(function, *arguments)
        return self._abi.decode(function, self._client.raw.call(self.address, data, block))

    def _send(self, function: str, *arguments: object) -> Receipt:
        return self._client.raw.execute(
            Request(self.address, self._abi.encode(function, *arguments))
        )

    def _event(self, receipt: Receipt, name: str) -> dict[str, Any]:
        """Return the fields of what the tranche logged in a transaction under a name."""
        event = self._abi.events_by_name[name]
        (log,) = (
            log
            for log in receipt.logs
            if log.address.lower() == self.address.lower() and log.topics[0] == event.topic
        )
        return event.decode(log.topics, log.data)
