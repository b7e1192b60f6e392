"""What a machine lacks is said in one line, whatever is on its PATH."""

import shutil
import subprocess
from pathlib import Path

import pytest

from worldmarkets.artifacts import project_root

PREFLIGHT = project_root() / "tools" / "preflight.sh"
SHELL = shutil.which("sh") or "/bin/sh"


class Machine:
    """A PATH with nothing on it but stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.has("uname", 'case "$1" in -s) echo Linux ;; *) echo x86_64 ;; esac')
        self.has_node("v20.20.2")
        self.has("npm", "exit 0")

    def has(self, name: str, script: str) -> None:
        program = self.folder / name
        program.write_text(f"#!{SHELL}\n{script}\n")
        program.chmod(0o755)

    def lacks(self, name: str) -> None:
        (self.folder / name).unlink()

    def has_python(self, name: str, version: str, *, venv: bool = True) -> None:
        self.has(name, f'case "$2" in *venv*) exit {0 if venv else 1} ;; esac; echo {version}')

    def has_node(self, version: str) -> None:
        self.has("node", f"echo {version}")

    def preflight(self, **variables: str) -> tuple[int, str, str]:
        environment = {"PATH": str(self.folder), **variables}
        ran = subprocess.run(
            [SHELL, PREFLIGHT], env=environment, capture_output=True, text=True, check=False
        )
        return ran.returncode, ran.stdout, ran.stderr

    def complaint(self, **variables: str) -> str:
        status, output, complaint = self.preflight(**variables)
        assert status == 1
        assert output == ""
        assert complaint.startswith("World Markets cannot be set up: ")
        assert complaint.count("\n") == 1
        return complaint


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12"])
def test_preflight_all_there_names_the_python(machine: Machine, version: str) -> None:
    machine.has_python("python3", version)
    assert machine.preflight() == (0, "python3\n", "")


@pytest.mark.parametrize("version", ["3.9", "3.13", "2.7"])
def test_preflight_python_out_of_range_complains(machine: Machine, version: str) -> None:
    machine.has_python("python3", version)
    assert f"needs Python 3.10, 3.11 or 3.12 (found {version};" in machine.complaint()


def test_preflight_python_out_of_range_takes_another_on_the_path(machine: Machine) -> None:
    machine.has_python("python3", "3.13")
    machine.has("python3.12", "exit 127")
    machine.has_python("python3.11", "3.11")
    assert machine.preflight() == (0, "python3.11\n", "")


def test_preflight_python_named_takes_only_that(machine: Machine) -> None:
    machine.has_python("python3", "3.11")
    machine.has_python("other", "3.13")
    machine.has_python("mine", "3.12")
    assert machine.preflight(PYTHON="mine") == (0, "mine\n", "")
    assert "(found 3.13;" in machine.complaint(PYTHON="other")
    assert "(found none;" in machine.complaint(PYTHON="absent")


def test_preflight_no_venv_module_complains(machine: Machine) -> None:
    machine.has_python("python3", "3.11", venv=False)
    assert "Python 3.11 lacks the venv module" in machine.complaint()


def test_preflight_no_python_complains(machine: Machine) -> None:
    assert "needs Python 3.10, 3.11 or 3.12 (found none;" in machine.complaint()


@pytest.mark.parametrize("version", ["v18.20.4", "v9.0.0"])
def test_preflight_old_node_complains(machine: Machine, version: str) -> None:
    machine.has_python("python3", "3.11")
    machine.has_node(version)
    assert f"needs Node.js 20 or newer (found {version})" in machine.complaint()


def test_preflight_several_things_missing_says_all_in_one_line(machine: Machine) -> None:
    machine.lacks("node")
    machine.lacks("npm")
    complaint = machine.complaint()
    assert "needs Python" in complaint
    assert "needs Node.js 20 or newer (found none); needs npm." in complaint


def test_preflight_other_platform_needs_foundry(machine: Machine) -> None:
    machine.has_python("python3", "3.11")
    machine.has("uname", 'case "$1" in -s) echo Darwin ;; *) echo arm64 ;; esac')
    assert "needs anvil of Foundry on the PATH on Darwin arm64; needs forge" in machine.complaint()
    machine.has("anvil", "exit 0")
    machine.has("forge", "exit 0")
    assert machine.preflight() == (0, "python3\n", "")


def test_setup_something_missing_says_so_before_anything_else(machine: Machine) -> None:
    for tool in ("sh", "dirname"):
        (machine.folder / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
    ran = subprocess.run(
        [SHELL, project_root() / "tools" / "setup.sh"],
        env={"PATH": str(machine.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("World Markets cannot be set up: needs Python")
    assert ran.stderr.count("\n") == 1
