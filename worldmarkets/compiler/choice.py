"""Chooses the compiler: the native one where it can be had, otherwise npm's WebAssembly build.

Both are the same version and produce the same code; the native one is several times faster. Either
ends up as the executable `solc-v<version>` in the folder where py-solc-x, and so Ape, looks for it.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from worldmarkets.compiler.settings import SOLC_LONG_VERSION, SOLC_VERSION
from worldmarkets.errors import WorldMarketsError

EXECUTABLE = f"solc-v{SOLC_VERSION}"

# The probe fails fast where there is no network; once it succeeded, 15 MB may take their time.
PROBE_SECONDS = 4
DOWNLOAD_SECONDS = 90
VERSION_SECONDS = 20

_PROBE = "import requests; requests.head('https://binaries.soliditylang.org', timeout=3)"
_DOWNLOAD = "import sys, solcx; solcx.install_solc(sys.argv[1], solcx_binary_path=sys.argv[2])"


class CompilerNotFoundError(WorldMarketsError):
    """Neither a native compiler nor the one from npm works."""


@dataclass(frozen=True)
class Compiler:
    """An executable that answers `--version` and `--standard-json`; `kind` is native or wasm."""

    kind: str
    path: Path


Download = Callable[[Path], None]
"""Puts the native compiler into a folder as `EXECUTABLE`, or raises OSError."""


def solc_folder(root: Path) -> Path:
    """Return the folder of the compiler, which the Makefile also gives to py-solc-x."""
    return Path(os.environ.get("SOLCX_BINARY_PATH") or root / "build" / "solc")


def choose(root: Path, folder: Path, download: Download | None = None) -> Compiler:
    """Return the compiler in `folder`, putting one there first if there is none.

    The outcome is remembered in the folder, so that a failed download is tried once only.

    Raises:
        CompilerNotFoundError: npm's compiler is needed and not installed, or of another version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kind = _remembered(folder)
    if kind == "native" and has_right_version(folder / EXECUTABLE):
        return Compiler(kind, folder / EXECUTABLE)
    if kind == "wasm":
        return _wasm(root, folder)
    compiler = _native(folder, download or download_native) or _wasm(root, folder)
    record = {"kind": compiler.kind, "version": SOLC_LONG_VERSION}
    (folder / "choice.json").write_text(json.dumps(record) + "\n", encoding="utf-8")
    return compiler


def download_native(folder: Path) -> None:
    """Download the native compiler into `folder` through py-solc-x.

    Name resolution knows no time limit of its own, hence processes that can be killed.

    Raises:
        OSError: it cannot be had.
    """
    environment = {**os.environ, "SOLCX_BINARY_PATH": str(folder)}
    steps = (
        ([_PROBE], PROBE_SECONDS),
        ([_DOWNLOAD, SOLC_VERSION, str(folder)], DOWNLOAD_SECONDS),
    )
    for arguments, seconds in steps:
        command = [sys.executable, "-c", *arguments]
        try:
            subprocess.run(
                command, env=environment, timeout=seconds, capture_output=True, check=True
            )
        except subprocess.SubprocessError as error:
            raise OSError("the native compiler cannot be downloaded") from error


def has_right_version(executable: Path) -> bool:
    """Tell whether the program runs and is exactly the compiler release of the settings."""
    try:
        answer = subprocess.run(
            [executable, "--version"], capture_output=True, timeout=VERSION_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return f"Version: {SOLC_LONG_VERSION}.".encode() in answer.stdout


def _remembered(folder: Path) -> str | None:
    try:
        record = json.loads((folder / "choice.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(record["kind"]) if record.get("version") == SOLC_LONG_VERSION else None


def _native(folder: Path, download: Download) -> Compiler | None:
    target = folder / EXECUTABLE
    for found in (target, Path.home() / ".solcx" / EXECUTABLE):
        if _is_native(found) and has_right_version(found):
            if found != target:
                _install(found, target)
            return Compiler("native", target)
    with tempfile.TemporaryDirectory(dir=folder, prefix="download-") as fresh:
        candidate = Path(fresh) / EXECUTABLE
        try:
            download(Path(fresh))
        except OSError:
            return None
        if not has_right_version(candidate):
            return None
        _install(candidate, target)
    return Compiler("native", target)


def _is_native(executable: Path) -> bool:
    try:
        with executable.open("rb") as file:
            return file.read(2) != b"#!"
    except OSError:
        return False


def _wasm(root: Path, folder: Path) -> Compiler:
    target = folder / EXECUTABLE
    script = Path(__file__).with_name("solc_wrapper.js")
    command = f'exec node {shlex.quote(str(script))} {shlex.quote(str(root))} "$@"\n'
    # py-solc-x asks for the version before every run; loading the compiler takes half a second.
    version = shlex.quote(f"Version: {SOLC_LONG_VERSION}.Emscripten.clang")
    text = f'#!/bin/sh\nif [ "$1" = --version ]; then echo {version}; exit; fi\n{command}'
    if _read_text(target) != text:
        with tempfile.TemporaryDirectory(dir=folder, prefix="wrapper-") as fresh:
            wrapper = Path(fresh) / EXECUTABLE
            _check_wasm(wrapper, f"#!/bin/sh\n{command}")
            wrapper.write_text(text, encoding="utf-8")
            _install(wrapper, target)
    return Compiler("wasm", target)


def _check_wasm(wrapper: Path, text: str) -> None:
    wrapper.write_text(text, encoding="utf-8")
    wrapper.chmod(0o755)
    if not has_right_version(wrapper):
        raise CompilerNotFoundError(
            f"solc {SOLC_LONG_VERSION} is neither downloadable nor in node_modules: "
            "run `make setup`"
        )


def _read_text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _install(source: Path, target: Path) -> None:
    fresh = target.with_suffix(f".{os.getpid()}")
    shutil.copyfile(source, fresh)
    fresh.chmod(0o755)
    fresh.replace(target)
