"""Compiles the contracts that changed: `python -m worldmarkets.compiler [--record]`."""

import argparse
import sys
from pathlib import Path

from worldmarkets.artifacts import project_root
from worldmarkets.compiler import jobs
from worldmarkets.compiler.build import Report, build, build_lock
from worldmarkets.compiler.choice import choose, solc_folder
from worldmarkets.compiler.record import differences, write_record
from worldmarkets.compiler.settings import SOLC_VERSION
from worldmarkets.compiler.sources import Project
from worldmarkets.errors import WorldMarketsError


def main(arguments: list[str] | None = None) -> int:
    """Compile, print what the compiler has to say, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m worldmarkets.compiler", description=__doc__)
    parser.add_argument(
        "--record", action="store_true", help="write the bytecode hashes to deployments/"
    )
    options = parser.parse_args(arguments)
    root = project_root()
    try:
        with build_lock(root):
            report = build(root, lambda project, work: _run(root, project, work))
    except WorldMarketsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    _print_report(report)
    if not report.ok:
        return 1
    _compare(root, record=options.record)
    return 0


def _run(root: Path, project: Project, work: list[tuple[str, ...]]) -> list[jobs.Outcome]:
    compiler = choose(root, solc_folder(root))
    count = sum(len(job) for job in work)
    print(f"Compiling {count} files with solc {SOLC_VERSION} ({compiler.kind})", flush=True)
    return jobs.run_all(compiler.path, project, work)


def _print_report(report: Report) -> None:
    for message in (*report.warnings, *report.errors):
        print(message, file=sys.stderr)


def _compare(root: Path, *, record: bool) -> None:
    if record:
        write_record(root)
    for difference in differences(root):
        print(f"note: {difference}; `make record` records it", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
