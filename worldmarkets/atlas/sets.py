"""Sets of risk parameters: the files deployments/risk/<set>.yaml, validated."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from worldmarkets.artifacts import project_root
from worldmarkets.atlas.errors import AtlasError, RiskSetError
from worldmarkets.atlas.parameters import AssetRisk, GlobalRisk

SHIPPED = ("conservative", "standard", "published")
"""The sets that come with the project."""


@dataclass(frozen=True)
class RiskSet:
    """A named choice of every risk parameter."""

    name: str
    risk: GlobalRisk
    assets: dict[str, AssetRisk]
    """By the name of the asset."""

    def asset(self, name: str) -> AssetRisk:
        """Return the risk of an asset.

        Raises:
            RiskSetError: the set does not have it.
        """
        if name not in self.assets:
            raise RiskSetError(f"{self.name} has no asset {name}, only {', '.join(self.assets)}")
        return self.assets[name]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Asset(_Model):
    """Fields of `AssetRisk`; their limits are checked there."""

    name: str = Field(pattern=r"^[A-Za-z0-9.]{1,12}$")
    beta_milli: int
    iota_bps: int
    basis_bps: int
    spot_exit_bps: int
    perp_exit_bps: int
    depth: int


class _File(_Model):
    name: str = Field(pattern=r"^[a-z0-9-]+$")
    sigma_bps: int
    end_percent: int
    maintenance_percent: int
    assets: tuple[_Asset, ...] = Field(min_length=1)

    @field_validator("assets", mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _check(self) -> "_File":
        names = [asset.name for asset in self.assets]
        if len(set(names)) != len(names):
            raise ValueError("an asset is given twice")
        return self


def risk_set_path(name: str, root: Path | None = None) -> Path:
    """Return the path of a set that comes with the project."""
    return (root or project_root()) / "deployments" / "risk" / f"{name}.yaml"


def load_risk_set(name: str, root: Path | None = None) -> RiskSet:
    """Read a set that comes with the project.

    Raises:
        RiskSetError: the file is missing or wrong.
    """
    return read_risk_set(risk_set_path(name, root))


def read_risk_set(path: Path) -> RiskSet:
    """Read a set of risk parameters from its file, named after the set.

    Raises:
        RiskSetError: the file is missing or wrong; the text names the first wrong field.
    """
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RiskSetError(f"there are no risk parameters at {path}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RiskSetError(f"{path.name}: {' '.join(str(error).split())}") from error
    found = parse_risk_set(fields, path.name)
    if found.name != path.stem:
        raise RiskSetError(f"{path.name} is of set {found.name}")
    return found


def parse_risk_set(fields: Any, source: str = "risk parameters") -> RiskSet:
    """Check the fields of a file of risk parameters.

    Raises:
        RiskSetError: they are wrong; the text names the first wrong field.
    """
    try:
        file = _File.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise RiskSetError(f"{source}: {place}: {first['msg']}") from error
    try:
        risk = GlobalRisk(file.sigma_bps, file.end_percent, file.maintenance_percent)
    except AtlasError as error:
        raise RiskSetError(f"{source}: {error}") from error
    return RiskSet(file.name, risk, {asset.name: _asset(asset, source) for asset in file.assets})


def _asset(asset: _Asset, source: str) -> AssetRisk:
    try:
        return AssetRisk(**asset.model_dump(exclude={"name"}))
    except AtlasError as error:
        raise RiskSetError(f"{source}: {asset.name}: {error}") from error
