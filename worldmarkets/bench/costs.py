"""What a mined transaction cost, and on what its gas went."""

from dataclasses import dataclass
from typing import Any

from worldmarkets.bench.megaeth import LogShape, calldata_tokens, count_fresh_slots, estimate_gas
from worldmarkets.rpc import Rpc
from worldmarkets.transactions import Receipt

TRANSACTION_GAS = 21_000
TOKEN_GAS = 4
"""A token of calldata [gas]. Source: EIP-7623."""

# Sums the gas of each opcode over a transaction. A call's own price is not in it: the gas a call
# is given comes back in other frames, so only neighbouring steps of one frame are compared.
_TRACER = """{
    gas: {}, count: {}, last: null, refund: 0,
    step: function (log) {
        var last = this.last, depth = log.getDepth(), gas = log.getGas();
        if (last && last.depth == depth) {
            this.gas[last.op] = (this.gas[last.op] || 0) + last.gas - gas;
            this.count[last.op] = (this.count[last.op] || 0) + 1;
        }
        this.last = {op: log.op.toString(), gas: gas, depth: depth};
        this.refund = log.getRefund();
    },
    fault: function () {},
    result: function () { return {gas: this.gas, count: this.count, refund: this.refund}; }
}"""


@dataclass(frozen=True)
class Cost:
    """What a transaction cost: gas of the local node, slots it filled, and gas on MegaETH."""

    gas: int
    fresh_slots: int
    megaeth_gas: int


@dataclass(frozen=True)
class Breakdown:
    """On what the gas of a transaction went; `refund` is what it got back, the rest adds up."""

    total: int
    intrinsic: int
    loads: int
    load_count: int
    stores: int
    store_count: int
    logs: int
    refund: int

    @property
    def rest(self) -> int:
        """Computation, and the price of reaching other contracts."""
        spent = self.intrinsic + self.loads + self.stores + self.logs
        return self.total + self.refund - spent


def measure(rpc: Rpc, data: bytes, receipt: Receipt) -> Cost:
    """Return what a mined transaction with this calldata cost."""
    options = {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}
    diff = rpc.call("debug_traceTransaction", receipt.transaction_hash, options)
    shapes = [LogShape(len(log.topics), len(log.data)) for log in receipt.logs]
    return Cost(
        gas=receipt.gas_used,
        fresh_slots=count_fresh_slots(diff),
        megaeth_gas=estimate_gas(receipt.gas_used, data, shapes),
    )


def break_down(rpc: Rpc, data: bytes, receipt: Receipt) -> Breakdown:
    """Return on what the gas of a mined transaction with this calldata went."""
    trace = rpc.call("debug_traceTransaction", receipt.transaction_hash, {"tracer": _TRACER})
    gas: dict[str, Any] = trace["gas"]
    count: dict[str, Any] = trace["count"]
    return Breakdown(
        total=receipt.gas_used,
        intrinsic=TRANSACTION_GAS + TOKEN_GAS * calldata_tokens(data),
        loads=int(gas.get("SLOAD", 0)),
        load_count=int(count.get("SLOAD", 0)),
        stores=int(gas.get("SSTORE", 0)),
        store_count=int(count.get("SSTORE", 0)),
        logs=sum(int(value) for name, value in gas.items() if name.startswith("LOG")),
        refund=int(trace["refund"]),
    )
