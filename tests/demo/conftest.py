"""One short demonstration for each module that looks at what it left."""

from collections.abc import Iterator

import pytest

from tests.demo.finished import OPTIONS, Finished, recording
from worldmarkets.demo import command as demo
from worldmarkets.demo.conclude import conclude


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    picture = tmp_path_factory.mktemp("demo") / "deep" / "simulation.png"
    console = recording()
    with demo.prepared(OPTIONS, console) as source:
        demo.play(source, console, OPTIONS)
        report = conclude(console, source, 1.0, picture)
        yield Finished(source, report, console.export_text(), picture)
