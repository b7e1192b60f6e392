"""A signer's report of prices, as EIP-712 typed data, and its signature."""

from dataclasses import dataclass
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.base import BaseAccount
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from worldmarkets.errors import WorldMarketsError
from worldmarkets.oracle.prices import split_price

MAX_ASSETS = 2**8 - 1
"""The most assets of a report."""

_MAX_ASSET_ID = 2**16 - 1
_MAX_TIME = 2**32 - 1
_PARITY_BIT = 255


class ReportError(WorldMarketsError):
    """A report that the feed could not read, or reports that do not fit together."""


@dataclass(frozen=True)
class PriceReport:
    """What one signer says of some assets.

    The time is that of the chain: take it from a block, since a report that is a second ahead of
    the next block is refused.

    Raises:
        ReportError: the fields do not fit together, or a number is out of range.
        UnpackablePriceError: a price is none that a report can carry; see `round_price`.
    """

    asset_ids: tuple[int, ...]
    prices: tuple[int, ...]
    """For one whole token of each [1e-18 dollars]."""
    time: int
    """When the prices were made [seconds]."""

    def __post_init__(self) -> None:
        if len(self.asset_ids) != len(self.prices):
            raise ReportError(f"{len(self.prices)} prices of {len(self.asset_ids)} assets")
        if not 0 < len(set(self.asset_ids)) == len(self.asset_ids) <= MAX_ASSETS:
            raise ReportError(f"1 to {MAX_ASSETS} different assets, not {self.asset_ids}")
        if not 0 <= min(self.asset_ids) <= max(self.asset_ids) <= _MAX_ASSET_ID:
            raise ReportError(f"an asset id is no 16 bits: {self.asset_ids}")
        if not 0 <= self.time <= _MAX_TIME:
            raise ReportError(f"time {self.time} is no 32 bits")
        for price in self.prices:
            split_price(price)


@dataclass(frozen=True)
class FeedDomain:
    """The feed a report is for: signed for one, it is nothing to any other."""

    chain_id: int
    feed: str
    """Address of the `SignedReportFeed`."""


@dataclass(frozen=True)
class SignedReport:
    """A report, the address of its signer, and the signature in 64 bytes (EIP-2098)."""

    report: PriceReport
    signer: str
    r: bytes
    vs: bytes
    """s, and the parity of the signature in the highest bit."""


def typed_data(report: PriceReport, domain: FeedDomain) -> dict[str, Any]:
    """Return what is signed, as `eth_signTypedData_v4` takes it."""
    return {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Report": [
                {"name": "assetIds", "type": "uint16[]"},
                {"name": "prices", "type": "uint128[]"},
                {"name": "time", "type": "uint32"},
            ],
        },
        "primaryType": "Report",
        "domain": {
            "name": "SignedReportFeed",
            "version": "1",
            "chainId": domain.chain_id,
            "verifyingContract": domain.feed,
        },
        "message": {
            "assetIds": list(report.asset_ids),
            "prices": list(report.prices),
            "time": report.time,
        },
    }


def sign_report(report: PriceReport, domain: FeedDomain, account: BaseAccount) -> SignedReport:
    """Sign a report for one feed with an account of eth-account."""
    message = encode_typed_data(full_message=typed_data(report, domain))
    signed = account.sign_message(message)
    # v is 27 or 28; s is in the lower half of its range, so its highest bit is free.
    vs = signed.s | (signed.v - 27) << _PARITY_BIT
    r, packed = signed.r.to_bytes(32, "big"), vs.to_bytes(32, "big")
    return SignedReport(report, str(account.address), r, packed)


def signer_of(signed: SignedReport, domain: FeedDomain) -> int | None:
    """Return the address, as a number, that has signed a report for a feed; None if nobody has."""
    vs = int.from_bytes(signed.vs, "big")
    v, s = 27 + (vs >> _PARITY_BIT), vs & (1 << _PARITY_BIT) - 1
    message = encode_typed_data(full_message=typed_data(signed.report, domain))
    vrs = (v, int.from_bytes(signed.r, "big"), s)
    try:
        return int(Account.recover_message(message, vrs=vrs), 16)
    except (BadSignature, ValueError, ValidationError):
        return None
