"""Which compiler is used: the native one when it can be had and is right, npm's otherwise."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from worldmarkets.artifacts import project_root
from worldmarkets.compiler import choice
from worldmarkets.compiler.choice import EXECUTABLE, CompilerNotFoundError, choose
from worldmarkets.compiler.settings import SOLC_LONG_VERSION

Download = Callable[[Path], None]


class Downloads:
    """Stands in for the download and counts how often it was tried."""

    def __init__(self, put: Download) -> None:
        self.put = put
        self.tries = 0

    def __call__(self, folder: Path) -> None:
        self.tries += 1
        self.put(folder)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "solc"


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> dict[bytes, bool]:
    """Decide by a file's content whether it is the right compiler; wrappers always are."""
    right: dict[bytes, bool] = {}

    def has_right_version(path: Path) -> bool:
        return path.is_file() and right.get(path.read_bytes(), path.read_bytes()[:2] == b"#!")

    monkeypatch.setattr(choice, "has_right_version", has_right_version)
    return right


def offline(folder: Path) -> None:
    raise OSError("no network")


def delivers(content: bytes) -> Download:
    def download(folder: Path) -> None:
        (folder / EXECUTABLE).write_bytes(content)

    return download


def test_choose_download_works_takes_native(folder: Path, versions: dict[bytes, bool]) -> None:
    versions[b"native"] = True
    compiler = choose(project_root(), folder, delivers(b"native"))
    assert compiler == choice.Compiler("native", folder / EXECUTABLE)
    assert compiler.path.read_bytes() == b"native"
    assert compiler.path.stat().st_mode & 0o111 == 0o111


def test_choose_offline_takes_wasm(folder: Path, versions: dict[bytes, bool]) -> None:
    compiler = choose(project_root(), folder, offline)
    assert compiler == choice.Compiler("wasm", folder / EXECUTABLE)
    assert b"solc_wrapper.js" in compiler.path.read_bytes()


@pytest.mark.parametrize("content", [b"", b"<html>busy</html>", b"another version"])
def test_choose_download_unusable_takes_wasm(
    folder: Path, versions: dict[bytes, bool], content: bytes
) -> None:
    versions[content] = False
    compiler = choose(project_root(), folder, delivers(content))
    assert compiler.kind == "wasm"
    assert compiler.path.read_bytes().startswith(b"#!/bin/sh")
    assert sorted(path.name for path in folder.iterdir()) == ["choice.json", EXECUTABLE]


def test_choose_download_delivers_nothing_takes_wasm(
    folder: Path, versions: dict[bytes, bool]
) -> None:
    assert choose(project_root(), folder, lambda _: None).kind == "wasm"


def test_choose_again_tries_no_second_download(folder: Path, versions: dict[bytes, bool]) -> None:
    download = Downloads(offline)
    first = choose(project_root(), folder, download)
    assert choose(project_root(), folder, download) == first
    assert download.tries == 1


def test_choose_native_damaged_since_downloads_again(
    folder: Path, versions: dict[bytes, bool]
) -> None:
    versions[b"native"] = True
    download = Downloads(delivers(b"native"))
    choose(project_root(), folder, download)
    (folder / EXECUTABLE).write_bytes(b"damaged")
    assert choose(project_root(), folder, download).path.read_bytes() == b"native"
    assert download.tries == 2


def test_choose_record_of_other_version_downloads_again(
    folder: Path, versions: dict[bytes, bool]
) -> None:
    download = Downloads(offline)
    choose(project_root(), folder, download)
    (folder / "choice.json").write_text(json.dumps({"kind": "wasm", "version": "0.8.33"}))
    choose(project_root(), folder, download)
    assert download.tries == 2


def test_choose_installed_in_home_needs_no_download(
    folder: Path, versions: dict[bytes, bool]
) -> None:
    versions[b"native"] = True
    installed = Path.home() / ".solcx" / EXECUTABLE
    installed.parent.mkdir(parents=True)
    installed.write_bytes(b"native")
    download = Downloads(offline)
    assert choose(project_root(), folder, download).kind == "native"
    assert download.tries == 0


def test_choose_moved_checkout_renews_wrapper(folder: Path, versions: dict[bytes, bool]) -> None:
    choose(project_root(), folder, offline)
    moved = folder.parent / "a new place"
    compiler = choose(moved, folder, offline)
    assert str(moved) in compiler.path.read_text()


def test_choose_without_npm_packages_raises(folder: Path) -> None:
    with pytest.raises(CompilerNotFoundError, match="make setup"):
        choose(folder.parent, folder, offline)
    assert list(folder.iterdir()) == []


def test_download_native_hanging_network_gives_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "_PROBE", "import time; time.sleep(60)")
    monkeypatch.setattr(choice, "PROBE_SECONDS", 0.2)
    with pytest.raises(OSError, match="cannot be downloaded"):
        choice.download_native(folder)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (f"Version: {SOLC_LONG_VERSION}.Linux.g++", True),
        ("Version: 0.8.34+commit.00000000.Linux.g++", False),
        ("Version: 0.8.33+commit.64118f21.Linux.g++", False),
        ("", False),
    ],
)
def test_has_right_version_compares_release_and_commit(
    tmp_path: Path, answer: str, right: bool
) -> None:
    program = tmp_path / "solc"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)
    assert choice.has_right_version(program) is right


def test_has_right_version_program_fails_is_false(tmp_path: Path) -> None:
    program = tmp_path / "solc"
    program.write_text(f"#!/bin/sh\necho 'Version: {SOLC_LONG_VERSION}.Linux.g++'\nexit 1\n")
    program.chmod(0o755)
    assert not choice.has_right_version(program)
    assert not choice.has_right_version(tmp_path / "missing")
