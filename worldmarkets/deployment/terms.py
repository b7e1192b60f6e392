"""Parts of a parameter file: terms of lending pools, and where prices come from."""

from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from worldmarkets.model.words import MAX_HELD_ATOMS

MAX_PERMILLE = 999
"""The most that a share of a pool may be [thousandths]."""

MAX_ANSWER_DECIMALS = 18
"""The most decimals of an aggregator's answers: prices have as many."""

Address = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]


class Model(BaseModel):
    """A part that has these fields and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def as_decimal(value: Any) -> Any:
    """Take decimals as text or whole numbers: a float of YAML may not be what was written."""
    if isinstance(value, float):
        raise ValueError("write the number in quotes")
    return Decimal(value) if isinstance(value, str | int) else value


def as_tuple(value: Any) -> Any:
    """Take the lists of YAML as tuples."""
    return tuple(value) if isinstance(value, list) else value


class FeedKind(str, Enum):
    """Who makes the price of an asset."""

    POSTED = "posted"
    """Whoever has the price role."""
    AGGREGATOR = "aggregator"
    """A Chainlink-style aggregator of the asset."""
    SIGNED = "signed"
    """Enough of the signers."""

    @property
    def contract(self) -> str:
        """The feed that the exchange asks, by its name in the deployment."""
        return _CONTRACTS[self]


_CONTRACTS = {
    FeedKind.POSTED: "PostedPriceFeed",
    FeedKind.AGGREGATOR: "AggregatorFeed",
    FeedKind.SIGNED: "SignedReportFeed",
}


class AggregatorParameters(Model):
    """An aggregator that answers in dollars a whole token, and the decimals of its answers."""

    address: Address
    decimals: int = Field(ge=0, le=MAX_ANSWER_DECIMALS)


class SignerParameters(Model):
    """Whose signed reports count, and how many of them make a price."""

    addresses: tuple[Address, ...] = Field(min_length=1)
    threshold: int = Field(ge=1)

    @field_validator("addresses", mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        return as_tuple(value)

    @model_validator(mode="after")
    def _check(self) -> "SignerParameters":
        if len(set(self.ascending)) != len(self.addresses):
            raise ValueError("a signer is given twice")
        if self.threshold > len(self.addresses):
            raise ValueError("there are fewer signers than make a price")
        return self

    @property
    def ascending(self) -> tuple[str, ...]:
        """The signers in lower case and rising order, as the contract takes them."""
        return tuple(sorted(address.lower() for address in self.addresses))


class PoolParameters(Model):
    """Terms of an asset's lending pool; shares as in IExchange.PoolTerms [thousandths]."""

    supply_cap: Decimal = Field(ge=0)
    """The most that may be lent to it [whole tokens]."""
    borrow_cap: Decimal = Field(ge=0)
    """The most that may be owed to it [whole tokens]."""
    ceiling_permille: int = Field(ge=0, le=MAX_PERMILLE)
    """Utilisation above which nothing more is borrowed."""
    hourly_permille: int = Field(ge=0, le=MAX_PERMILLE)
    """What may be borrowed at once, net of repayments, of supply; it comes back over an hour."""
    reserve_permille: int = Field(ge=0, le=MAX_PERMILLE)
    """Share of interest for the insurance fund."""

    @field_validator("supply_cap", "borrow_cap", mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return as_decimal(value)

    def cap_atoms(self, decimals: int) -> tuple[int, int]:
        """Return both caps in atoms, of which 10^decimals make a token.

        Raises:
            ValueError: one is no whole number of atoms, or more than the exchange can hold.
        """
        supply, borrow = self.supply_cap.scaleb(decimals), self.borrow_cap.scaleb(decimals)
        for cap in (supply, borrow):
            if cap != int(cap) or cap > MAX_HELD_ATOMS:
                raise ValueError(f"a cap of {cap:f} atoms is not whole or above {MAX_HELD_ATOMS}")
        return int(supply), int(borrow)
