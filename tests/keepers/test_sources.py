"""Where prices come from: files at a speed, functions, aggregators."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode

from tests.keepers.fakes import FakeClock, FakeRpc
from worldmarkets.abi import abi_of
from worldmarkets.keepers import (
    AggregatorSource,
    CallableSource,
    ReplaySource,
    SourcePrice,
)
from worldmarkets.marketdata.paths import read_path
from worldmarkets.marketdata.tables import (
    MalformedRowError,
    SelectionError,
    UnknownFormatError,
)
from worldmarkets.rpc import RpcError

CANDLES = "ts,open,high,low,close\n0,100,112,100,112\n60,112,112,100,100\n"
TRADES = "ts,price,size\n10.5,100,1\n10.5,101,1\n12,99.5,2\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "prices.csv"
    path.write_text(text)
    return path


def dec(text: str | int) -> Decimal:
    return Decimal(text)


def test_replay_of_candles_is_a_line_through_their_prices(tmp_path: Path) -> None:
    clock = FakeClock()
    path = read_path(write(tmp_path, CANDLES))
    source = ReplaySource({"WETH": path}, clock, dec(1))
    prices = []
    for _ in range(5):
        prices.append(source.prices(["WETH", "WBTC"])["WETH"].price)
        clock.sleep(15)
    assert prices == [100, 100, 112, 112, 112]
    clock.time = 1_000 + 37.5
    assert source.prices(["WETH"]) == {"WETH": SourcePrice(dec(112))}
    clock.time = 1_000 + 22.5
    assert source.prices(["WETH"])["WETH"].price == 106


def test_replay_goes_as_fast_as_it_is_told_and_ends(tmp_path: Path) -> None:
    clock = FakeClock()
    source = ReplaySource({"WETH": read_path(write(tmp_path, CANDLES))}, clock, dec(60))
    assert source.prices(["WETH"])["WETH"].price == 100
    assert not source.is_over
    clock.sleep(1)
    assert source.prices(["WETH"])["WETH"].price == 112
    clock.sleep(0.999)
    assert not source.is_over
    clock.sleep(0.001)
    assert source.is_over
    clock.sleep(100)
    assert source.prices(["WETH"])["WETH"].price == 100


def test_replay_of_trades_is_the_price_of_the_last_one(tmp_path: Path) -> None:
    path = read_path(write(tmp_path, TRADES))
    assert path.seconds == 1
    assert [path.at(dec(at)) for at in ("0", "1.4", "1.5", "9")] == [
        101,
        101,
        dec("99.5"),
        dec("99.5"),
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("time,price\n1,2\n", UnknownFormatError),
        ("ts,price\n", SelectionError),
        ("ts,price\n1,x\n", MalformedRowError),
        ("ts,price\n1,0\n", MalformedRowError),
        ("ts,price\n1,NaN\n", MalformedRowError),
        ("ts,price\n2,1\n1,1\n", MalformedRowError),
    ],
)
def test_read_path_of_another_file_is_refused(
    tmp_path: Path, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_path(write(tmp_path, text))


def test_callable_source_leaves_out_what_it_does_not_know() -> None:
    source = CallableSource({"WETH": dec(3_000)}.get)
    assert source.prices(["WETH", "WBTC"]) == {"WETH": SourcePrice(dec(3_000))}


ANSWERS: dict[str, Any] = {"decimals": 8, "answer": 3_000_12345678, "updated_at": 990}


def aggregator(**changes: Any) -> AggregatorSource:
    told = {**ANSWERS, **changes}
    abi = abi_of("IAggregator")

    def call(fields: dict[str, str], _block: str) -> str:
        if told.get("reverts"):
            raise RpcError("eth_call", 3, "execution reverted", "0x")
        if fields["data"] == "0x" + abi.encode("decimals").hex():
            return "0x" + encode(["uint8"], [told["decimals"]]).hex()
        round_data = [1, told["answer"], 0, told["updated_at"], 1]
        return "0x" + encode(["uint80", "int256", "uint256", "uint256", "uint80"], round_data).hex()

    rpc = FakeRpc({"eth_call": call, "eth_getBlockByNumber": lambda *_: {"timestamp": hex(1_000)}})
    return AggregatorSource(rpc, {"WETH": "0x" + "01" * 20})  # type: ignore[arg-type]


def test_aggregator_price_has_its_decimals_and_its_age() -> None:
    found = aggregator().prices(["WETH", "WBTC"])
    assert found == {"WETH": SourcePrice(dec("3000.12345678"), 10)}
    assert aggregator(decimals=18, answer=5).prices(["WETH"])["WETH"].price == dec("5e-18")


def test_aggregator_ahead_of_the_chain_is_not_old() -> None:
    assert aggregator(updated_at=1_005).prices(["WETH"])["WETH"].age_seconds == 0


@pytest.mark.parametrize(
    "change", [{"answer": 0}, {"answer": -1}, {"updated_at": 0}, {"reverts": 1}]
)
def test_aggregator_without_an_answer_has_no_price(change: dict[str, int]) -> None:
    assert aggregator(**change).prices(["WETH"]) == {}
