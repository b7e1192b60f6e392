"""What keepers measure, as Prometheus reads it."""

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from worldmarkets.transactions import Receipt

_PREFIX = "world_keeper_"
_LOOPBACK = "127.0.0.1"


class Meters:
    """Counters and gauges, all with the label `keeper`; docs/keepers.md says what each is for."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """Make them in a registry of their own, or in one that is given."""
        self.registry = registry or CollectorRegistry()
        self.rounds = self._counter("rounds", "Rounds begun")
        self.sent = self._counter("sent", "Transactions that are in a block")
        self.spared = self._counter("spared", "Transactions not sent as somebody else was first")
        self.failed = self._counter("failed", "Rounds that failed", "error")
        self.gas = self._counter("gas", "Gas of what was sent")
        self.fees = self._counter("fees_wei", "What was paid for gas")
        self.last_success = self._gauge("last_success_seconds", "Time of the last good round")
        self.lag = self._gauge("lag_seconds", "How late the job is")
        self.backoff = self._gauge("backoff_seconds", "Pause after failures, 0 if all is well")

    def serve(self, port: int, address: str = _LOOPBACK) -> int:
        """Serve them at a port until the process ends; 0 takes a free one. Return the port."""
        server, _ = start_http_server(port, address, self.registry)
        return int(server.server_port)

    def count_sent(self, keeper: str, receipt: Receipt) -> None:
        """Count a transaction that is in a block."""
        self.sent.labels(keeper).inc()
        self.gas.labels(keeper).inc(receipt.gas_used)
        self.fees.labels(keeper).inc(receipt.gas_used * receipt.gas_price_wei)

    def value(self, name: str, **labels: str) -> float:
        """Return what a meter says, 0 before it has said anything."""
        return self.registry.get_sample_value(_PREFIX + name, labels) or 0.0

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(_PREFIX + name, text, ("keeper", *labels), registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(_PREFIX + name, text, ("keeper",), registry=self.registry)
