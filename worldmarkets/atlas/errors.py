"""What the margin engine refuses to compute with."""

from worldmarkets.errors import WorldMarketsError


class AtlasError(WorldMarketsError):
    """Parameters or a portfolio that the margin engine can not use."""


class RiskFieldError(AtlasError):
    """A risk parameter does not fit its field."""

    def __init__(self, name: str, value: int, most: int) -> None:
        self.name, self.value, self.most = name, value, most
        super().__init__(f"{name} is {value}, which is not from 0 to {most}")


class OwnShockBelowBasisError(AtlasError):
    """The own shock is less than half the basis shock: the requirement would not be convex."""

    def __init__(self, iota_bps: int, basis_bps: int) -> None:
        self.iota_bps, self.basis_bps = iota_bps, basis_bps
        super().__init__(f"iota_bps {iota_bps} is less than half of basis_bps {basis_bps}")


class LevelOrderError(AtlasError):
    """The levels are not 0 <= maintenance <= end <= 100 percent."""

    def __init__(self, maintenance_percent: int, end_percent: int) -> None:
        self.maintenance_percent, self.end_percent = maintenance_percent, end_percent
        super().__init__(
            f"maintenance {maintenance_percent} %, end {end_percent} % and 100 % are not in order"
        )


class PortfolioError(AtlasError):
    """A leg that can not be: negative orders or price, confidence beyond full, twice an asset."""


class UnknownLegError(AtlasError):
    """The portfolio has no leg of the asset; without one there is neither price nor risk."""

    def __init__(self, asset_id: int) -> None:
        self.asset_id = asset_id
        super().__init__(f"the portfolio has no leg of asset {asset_id}")


class UncoveredChangeError(AtlasError):
    """A change takes away more than is there."""

    def __init__(self, asset_id: int, held_atoms: int, wanted_atoms: int) -> None:
        self.asset_id, self.held_atoms, self.wanted_atoms = asset_id, held_atoms, wanted_atoms
        super().__init__(f"asset {asset_id}: {wanted_atoms} atoms wanted, {held_atoms} there")


class UndecidedError(AtlasError):
    """Equity stays within rounding of the requirement for longer than a search looks."""

    def __init__(self, what: str, looks: int) -> None:
        super().__init__(f"{what}: after {looks} looks all the same but for rounding")


class RiskSetError(AtlasError):
    """A file of risk parameters is missing or does not hold what it must."""
