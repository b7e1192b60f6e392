"""The list of mutants in mutants.toml."""

import sys
from dataclasses import dataclass
from pathlib import Path

from worldmarkets.errors import WorldMarketsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

READERS = "contracts/periphery/"
"""What only reads the exchange; it compiles for long and no mutant is one of it."""

LIST = Path(__file__).with_name("mutants.toml")


class MutantError(WorldMarketsError):
    """A mutant that cannot be made, or does not compile: a defect of the list."""


@dataclass(frozen=True)
class Mutant:
    """One change of one contract, and the tests that ought to fail with it.

    `equivalent` says why no test can, where that is so; such a mutant is not run.
    """

    name: str
    file: str
    text: str
    replacement: str
    tests: tuple[str, ...]
    equivalent: str = ""

    def needs(self, root: Path, source_name: str) -> bool:
        """Tell whether the tests run the code of a file: harnesses they name, or the exchange."""
        if all(test.startswith("tests/properties/") for test in self.tests):
            texts = (
                (root / test.split("::")[0]).read_text(encoding="utf-8") for test in self.tests
            )
            return any(f'"{Path(source_name).stem}"' in text for text in texts)
        return not source_name.endswith("Harness.sol") and not source_name.startswith(READERS)

    def apply(self, root: Path) -> None:
        """Change the contract in the tree at `root`; raises MutantError."""
        path = root / "contracts" / self.file
        path.write_text(self.applied(path.read_text(encoding="utf-8")), encoding="utf-8")

    def applied(self, source: str) -> str:
        """Return the source with the change; raises MutantError."""
        count = source.count(self.text)
        if count != 1:
            raise MutantError(f"{self.name}: its text occurs {count} times in {self.file}")
        if self.text == self.replacement:
            raise MutantError(f"{self.name}: changes nothing")
        return source.replace(self.text, self.replacement)


def read_mutants(path: Path = LIST) -> list[Mutant]:
    """Read the list; raises MutantError."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
        mutants = [Mutant(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise MutantError(f"{path.name} cannot be read: {error!r}") from error
    names = [mutant.name for mutant in mutants]
    for name in names:
        if names.count(name) > 1:
            raise MutantError(f"{name} is there twice")
    return mutants
