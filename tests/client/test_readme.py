"""The example of the README runs as it stands."""

import re

from worldmarkets.artifacts import project_root


def test_readme_example_runs(capsys) -> None:
    readme = (project_root() / "README.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)

    exec(compile(example, "README.md", "exec"), {})

    told = capsys.readouterr().out
    assert "price=Decimal('2950.0'), size=Decimal('1.50000000')" in told
    assert "by_operator=True, client_id=1" in told
