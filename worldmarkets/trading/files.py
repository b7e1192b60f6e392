"""Strategies' settings in TOML files: exact decimals, every field checked."""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from worldmarkets.errors import WorldMarketsError
from worldmarkets.strategies import BasisConfig, MakerConfig
from worldmarkets.strategies.batch import Config

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

C = TypeVar("C", bound=Config)


class StrategyFileError(WorldMarketsError):
    """A settings file is missing or does not hold what it must."""


class BasisFile(Config):
    """A basis position."""

    account: int
    base: str
    """Symbol of the underlying."""
    basis: BasisConfig


class MakerFile(Config):
    """A market maker."""

    account: int
    quoted: str
    """Market on which it quotes."""
    hedge: str
    """Market on which it hedges."""
    target: Decimal = Decimal(0)
    """What it wants to hold of the base asset itself [tokens]."""
    maker: MakerConfig


def read_file(path: Path, kind: type[C]) -> C:
    """Read a settings file.

    Raises:
        StrategyFileError: it can not be read, or a field is missing, unknown or wrong.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        return kind.model_validate_strings(_as_text(content))
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'settings'}: {one['msg']}"
            for one in error.errors()
        )
        raise StrategyFileError(f"{path}: {wrong}") from error
    except (OSError, ValueError) as error:
        raise StrategyFileError(f"can not read {path}: {error}") from error


def _as_text(content: Any) -> Any:
    """Return numbers as text, from which every field takes its own kind without loss."""
    if isinstance(content, dict):
        return {name: _as_text(value) for name, value in content.items()}
    return str(content)
