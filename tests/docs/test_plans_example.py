"""The example of docs/plans.md, run on a model."""

import re
from typing import Any

from tests.model.perps import fund, make_perps, trade
from tests.model.setting import add_user
from worldmarkets.artifacts import project_root
from worldmarkets.model.liquidation.preview import PlanPreview

OWNER, MAKER = 0x11, 0x22
PAGE = project_root() / "docs" / "plans.md"


def test_example_of_plans_finds_the_trigger_and_says_what_the_plan_comes_to() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exchange = make_perps()
    account, maker = fund(exchange, OWNER, 4_700), add_user(exchange, MAKER)
    trade(exchange, (OWNER, account), (MAKER, maker), 10_000)
    exchange.state.time = exchange.time
    names: dict[str, Any] = {"state": exchange.state, "account": account}
    exec(code, names)
    seen, price = names["seen"], names["price"]
    assert isinstance(seen, PlanPreview)
    # 4,700 dollars less what 10 ETH have lost are 6.15 % of them, 1.5 times 4.1 %, at 1,630.26.
    assert price // 10**6 in range(16_302_000, 16_303_000)
    assert seen.is_reached
    (step,) = seen.steps
    assert (step.error, step.lots, step.average_lot_price) == ("", 10_000, 1_637_400)
    assert step.tip_atoms == step.notional_atoms // 1_000
