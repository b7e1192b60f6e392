"""Parts of a parameter file: terms of pools and perps, and where prices come from."""

from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from worldmarkets.model.perp_words import code_of
from worldmarkets.model.words import MAX_HELD_ATOMS

MAX_PERMILLE = 999
"""The most that a share of a pool may be [thousandths]."""

MAX_ANSWER_DECIMALS = 18
"""The most decimals of an aggregator's answers: prices have as many."""

MIN_ATOMS_PER_LOT = 1_000
MAX_BAND_BPS = 4_095

MAX_FUNDING = 4_000_000
"""The most that a rate of funding may be: 4 % for 8 hours [1e-8]."""

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


class MarketTerms(Model):
    """What spot markets and perps have in common; units as in IExchange.SpotTerms."""

    tick_value: int = Field(gt=0, lt=2**32)
    """Price of a lot at tick 1 [quote atoms]."""
    atoms_per_lot: int = Field(ge=MIN_ATOMS_PER_LOT, lt=2**64)
    """Size of a lot [base atoms]."""
    min_lots: int = Field(gt=0, lt=2**24)
    """Smallest order."""
    taker_ppm: int = Field(ge=0, lt=2**15)
    maker_ppm: int = Field(ge=-(2**15), lt=2**15)
    """Fee of the maker [ppm of notional]; a rebate is negative."""
    band_bps: int = Field(gt=0, le=MAX_BAND_BPS)
    """How far an order may lose against the reference price, or the mark [basis points]."""

    @model_validator(mode="after")
    def _check_fees(self) -> "MarketTerms":
        if self.maker_ppm + self.taker_ppm < 0:
            raise ValueError("the rebate of the maker exceeds the fee of the taker")
        return self


class PerpParameters(MarketTerms):
    """Terms of an asset's perp; units as in IExchange.PerpTerms."""

    open_interest_cap_lots: int = Field(gt=0, lt=2**39)
    """The most that may be open, of all together."""
    position_cap_lots: int = Field(gt=0)
    """The largest position of an account: 8 to 15 times a power of two."""
    impact_notional: int = Field(gt=0, lt=2**32)
    """What impact prices are the average prices of [dollars]."""
    mark_band_bps: int = Field(gt=0, le=MAX_BAND_BPS)
    """How far the mark may be from the index [basis points]."""
    funding_cap: int = Field(ge=0, le=MAX_FUNDING)
    """The largest funding rate of either sign [1e-8 for 8 hours]."""
    interest: int = Field(ge=0, le=MAX_FUNDING)
    """Interest part of the funding rate [1e-8 for 8 hours]."""
    clamp: int = Field(ge=0, le=MAX_FUNDING)
    """How far the funding rate may be from the premium, towards the interest [1e-8 for 8 hours]."""

    @model_validator(mode="after")
    def _check_cap(self) -> "PerpParameters":
        if code_of(self.position_cap_lots) is None:
            raise ValueError("position_cap_lots is not 8 to 15 times a power of two up to 2^31")
        return self
