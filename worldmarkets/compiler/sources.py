"""The project's Solidity files: what each defines and imports, and a hash of all it depends on."""

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from worldmarkets.compiler import settings
from worldmarkets.errors import WorldMarketsError

_IMPORT = re.compile(r"""\bimport\s+(?:[\w\s{},*]+?\s+from\s+)?(["'])(?P<path>[^"']+)\1""")
_UNIT = re.compile(r"\b(?:(abstract)\s+)?(contract|interface|library)\s+([A-Za-z_$][\w$]*)")
# Strings are matched as well, since they may contain what looks like a comment.
_TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


class SourceError(WorldMarketsError):
    """The sources break a rule that the compiler itself does not know."""


@dataclass(frozen=True)
class Unit:
    """One contract, abstract contract, interface or library, and the file it is in."""

    name: str
    kind: str
    source_name: str


@dataclass(frozen=True)
class Source:
    """One Solidity file with the files it imports directly, both by source name."""

    name: str
    text: str
    imports: tuple[str, ...]


@dataclass(frozen=True)
class Project:
    """All sources reachable from the contracts folder; `own` are the files inside it."""

    sources: Mapping[str, Source]
    own: tuple[str, ...]
    units: Mapping[str, Unit | None]

    def closure(self, name: str) -> tuple[str, ...]:
        """Return `name` and all it imports, directly or not, in order of name."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current not in found and current in self.sources:
                found.add(current)
                waiting.extend(self.sources[current].imports)
        return tuple(sorted(found))

    def input_hash(self, name: str) -> str:
        """Return a SHA-256 over everything the output of the file `name` depends on."""
        digest = hashlib.sha256(settings.SOLC_LONG_VERSION.encode())
        digest.update(json.dumps(settings.standard_input({}, [name]), sort_keys=True).encode())
        for part in self.closure(name):
            digest.update(f"\0{part}\0".encode() + self.sources[part].text.encode())
        return digest.hexdigest()


def read_project(root: Path) -> Project:
    """Read the contracts below `root` and everything they import.

    A missing import is left out here: the compiler names it with file and line.

    Raises:
        SourceError: a file defines two units, or two files define units of one name.
    """
    folder = root / settings.SOURCES_FOLDER
    own = tuple(path.relative_to(root).as_posix() for path in sorted(folder.rglob("*.sol")))
    sources: dict[str, Source] = {}
    waiting = list(own)
    while waiting:
        name = waiting.pop()
        path = root / name
        if name in sources or not path.is_file():
            continue
        sources[name] = read_source(name, path.read_text(encoding="utf-8"))
        waiting.extend(sources[name].imports)
    units = {name: _only_unit(sources[name]) for name in own}
    _check_unique([unit for unit in units.values() if unit])
    return Project(sources, own, units)


def read_source(name: str, text: str) -> Source:
    """Find the imports of one file, resolved to source names."""
    code = _TOKEN.sub(lambda token: "" if token[0].startswith("/") else token[0], text)
    paths = (match["path"] for match in _IMPORT.finditer(code))
    return Source(name, text, tuple(sorted({_resolve(path, name) for path in paths})))


def find_units(name: str, text: str) -> list[Unit]:
    """List the units a file defines."""
    code = _TOKEN.sub(" ", text)
    units, position, depth = [], 0, 0
    for match in _UNIT.finditer(code):
        depth += _depth_change(code[position : match.start()])
        position = match.start()
        if depth == 0:
            abstract, kind, unit = match.groups()
            units.append(Unit(unit, abstract or kind, name))
    return units


def _depth_change(code: str) -> int:
    return code.count("{") - code.count("}")


def _resolve(path: str, importer: str) -> str:
    if path.startswith(("./", "../")):
        return posixpath.normpath(posixpath.join(posixpath.dirname(importer), path))
    for prefix, target in settings.REMAPPINGS.items():
        if path.startswith(prefix):
            return target + path.removeprefix(prefix)
    return path


def _only_unit(source: Source) -> Unit | None:
    units = find_units(source.name, source.text)
    if len(units) > 1:
        names = ", ".join(unit.name for unit in units)
        raise SourceError(
            f"{source.name} defines {names}: one contract, interface or library a file"
        )
    return units[0] if units else None


def _check_unique(units: list[Unit]) -> None:
    seen: dict[str, str] = {}
    for unit in units:
        if unit.name in seen:
            raise SourceError(f"{unit.name} is defined in {seen[unit.name]} and {unit.source_name}")
        seen[unit.name] = unit.source_name
