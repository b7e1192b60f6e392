"""Settings repeated for Ape and Forge agree, and so do the versions pinned for pip and npm."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from worldmarkets.artifacts import project_root
from worldmarkets.compiler import settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = project_root()


def toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def remappings() -> list[str]:
    return [f"{prefix}={path}" for prefix, path in settings.REMAPPINGS.items()]


def test_ape_config_has_the_compiler_settings() -> None:
    assert yaml.safe_load((ROOT / "ape-config.yaml").read_text())["solidity"] == {
        "version": settings.SOLC_VERSION,
        "evm_version": settings.EVM_VERSION,
        "via_ir": settings.VIA_IR,
        "optimize": settings.OPTIMIZE,
        "optimization_runs": settings.OPTIMIZER_RUNS,
        "import_remapping": remappings(),
    }


def test_foundry_config_has_the_compiler_settings() -> None:
    profile = toml(ROOT / "foundry.toml")["profile"]["default"]
    assert profile["solc"] == f"build/solc/solc-v{settings.SOLC_VERSION}"
    assert profile["evm_version"] == settings.EVM_VERSION
    assert profile["via_ir"] is settings.VIA_IR
    assert profile["optimizer"] is settings.OPTIMIZE
    assert profile["optimizer_runs"] == settings.OPTIMIZER_RUNS
    assert profile["remappings"] == remappings()
    metadata = settings.standard_settings()["metadata"]
    assert profile["bytecode_hash"] == metadata["bytecodeHash"]
    assert profile["cbor_metadata"] is metadata["appendCBOR"]


def test_package_json_pins_the_compiler() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    assert package["dependencies"]["solc"] == settings.SOLC_VERSION
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert locked["node_modules/solc"]["version"] == settings.SOLC_VERSION
    assert settings.SOLC_LONG_VERSION.startswith(f"{settings.SOLC_VERSION}+commit.")


def test_lock_files_name_no_registry() -> None:
    for name in ("package-lock.json", "requirements.lock", "requirements-build.lock"):
        assert "://" not in re.sub(r'"url": "[^"]*"', "", (ROOT / name).read_text()), name


def test_requirements_lock_has_every_exact_wish() -> None:
    project = toml(ROOT / "pyproject.toml")["project"]
    wishes = project["dependencies"] + project["optional-dependencies"]["dev"]
    locked = (ROOT / "requirements.lock").read_text().lower()
    for wish in wishes:
        name = re.split(r"[=<>~; ]", wish)[0].lower()
        exact = re.search(r"==([^;,\s]+)", wish.split(";")[0])
        assert f"\n{name}=={exact[1] if exact else ''}" in locked, wish


def test_requirements_build_lock_is_what_the_project_builds_with() -> None:
    wanted = toml(ROOT / "pyproject.toml")["build-system"]["requires"]
    locked = re.findall(r"^(\S+==\S+)", (ROOT / "requirements-build.lock").read_text(), re.M)
    assert locked == wanted
