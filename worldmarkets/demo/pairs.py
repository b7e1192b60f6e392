"""Names of pairs of assets, as files have them."""

from pathlib import Path

_QUOTES = ("USDT", "USDC", "USDM", "USD")
_LONGEST_SYMBOL = 12


def base_symbol(pair: str | None) -> str:
    """Return the base asset of a pair as a symbol the exchange takes."""
    letters = "".join(letter for letter in (pair or "") if letter.isalnum()).upper()
    for quote in _QUOTES:
        if letters.endswith(quote) and letters != quote:
            letters = letters[: -len(quote)]
            break
    return letters[:_LONGEST_SYMBOL] or "BASE"


def pair_in(path: Path) -> str:
    """Return the part of a file's name that names a pair, nothing if none does."""
    parts = path.name.split(".")[0].upper().split("_")
    return next((part for part in parts if part.endswith(_QUOTES)), "")
