"""Risk parameters of an asset and of the exchange, and the bits they are kept in."""

from dataclasses import dataclass, fields

from worldmarkets.atlas.errors import LevelOrderError, OwnShockBelowBasisError, RiskFieldError

FREE_BAND_BPS = 50
"""Part of the notional of resting orders that R_init reserves, so that a fill this far beyond the
reference price needs no check [bps]."""
PEG_STARTS_BPS = 9_900
"""Price of the quote asset below which R_init grows [bps of a dollar]."""
PEG_STEEPNESS = 4
"""How much R_init grows for each part that the quote asset is below that price."""
DEPTH_UNIT = 10**10
"""A unit of depth, ten thousand dollars [quote atoms]."""
RISK_BITS = 78
"""Width of the packed risk field of an asset."""

_WIDTHS = {
    "beta_milli": 12,
    "iota_bps": 14,
    "basis_bps": 12,
    "spot_exit_bps": 12,
    "perp_exit_bps": 12,
    "depth": 16,
}
"""Fields of the packed risk field from bit 0 up, and their widths [bits]."""

_MAX_SIGMA_BPS = 2**14 - 1
_MAX_PEG_BPS = 2**16 - 1


@dataclass(frozen=True)
class AssetRisk:
    """Risk of one underlying.

    Raises:
        RiskFieldError: a parameter is negative or too wide for its field.
        OwnShockBelowBasisError: iota is less than half the basis shock.
    """

    beta_milli: int
    """Beta: part of the market-wide shock that the asset takes [1/1000]."""
    iota_bps: int
    """Iota: the asset's own shock, half the basis shock included [bps]."""
    basis_bps: int
    """b: how far spot and perp of the asset may part [bps]."""
    spot_exit_bps: int
    """gs: cost of getting out of the spot leg [bps]."""
    perp_exit_bps: int
    """gp: cost of getting out of the perp leg [bps]."""
    depth: int = 0
    """Size at which iota, gs and gp count twice [10,000 dollars]; 0 for no size term."""

    def __post_init__(self) -> None:
        for name, width in _WIDTHS.items():
            _require_field(name, getattr(self, name), 2**width - 1)
        if 2 * self.iota_bps < self.basis_bps:
            raise OwnShockBelowBasisError(self.iota_bps, self.basis_bps)

    @property
    def depth_atoms(self) -> int:
        """Depth in quote atoms; 0 for no size term."""
        return self.depth * DEPTH_UNIT

    def pack(self) -> int:
        """Return the risk field of the underlying's word, its lowest bit at bit 0."""
        word, offset = 0, 0
        for name, width in _WIDTHS.items():
            word |= getattr(self, name) << offset
            offset += width
        return word

    @classmethod
    def unpack(cls, word: int) -> "AssetRisk":
        """Read the parameters from a risk field.

        Raises:
            RiskFieldError: `word` has bits beyond the field.
            OwnShockBelowBasisError: what it holds was never allowed.
        """
        _require_field("risk", word, 2**RISK_BITS - 1)
        values = []
        for width in _WIDTHS.values():
            values.append(word & (2**width - 1))
            word >>= width
        return cls(*values)


@dataclass(frozen=True)
class GlobalRisk:
    """Risk that all assets share, and the levels.

    Raises:
        RiskFieldError: a parameter is negative or too large.
        LevelOrderError: the levels are not 0 <= maintenance <= end <= 100.
    """

    sigma_bps: int
    """Sigma: the market-wide shock [bps]."""
    end_percent: int = 80
    """Part of the shock at the level a liquidation restores [percent]."""
    maintenance_percent: int = 60
    """Part of the shock below which an account is liquidated [percent]."""
    peg_bps: int = 10_000
    """Price of the quote asset [bps of a dollar]."""

    def __post_init__(self) -> None:
        _require_field("sigma_bps", self.sigma_bps, _MAX_SIGMA_BPS)
        _require_field("peg_bps", self.peg_bps, _MAX_PEG_BPS)
        if not 0 <= self.maintenance_percent <= self.end_percent <= 100:
            raise LevelOrderError(self.maintenance_percent, self.end_percent)

    @property
    def peg_factor_bps(self) -> int:
        """What R_init is multiplied by, 10,000 while the quote asset keeps its peg [bps]."""
        return 10_000 + PEG_STEEPNESS * max(0, PEG_STARTS_BPS - self.peg_bps)


def _require_field(name: str, value: int, most: int) -> None:
    if not 0 <= value <= most:
        raise RiskFieldError(name, value, most)


assert sum(_WIDTHS.values()) == RISK_BITS
assert list(_WIDTHS) == [known.name for known in fields(AssetRisk)]
