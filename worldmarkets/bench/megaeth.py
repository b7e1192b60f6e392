"""What a transaction measured on a Prague chain costs on MegaETH, and how many slots it fills.

Source: MegaETH's gas schedule (rule set Rex5, 2026). Against Prague a transaction costs 39,000
more, a token of calldata 40 more, a topic of a log 3,750 more, a byte of log data 80 more and a
byte of deployed code 10,000 more; everything else is priced as in Prague. The total is at least
21,000 and 110 for every token of calldata. A token is a zero byte; a non-zero byte is four tokens
(EIP-7623).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TRANSACTION_EXTRA = 39_000
"""A transaction: 60,000 instead of 21,000 [gas]."""
TOKEN_EXTRA = 40
"""A token of calldata: 44 instead of 4 [gas]."""
TOPIC_EXTRA = 3_750
"""A topic of a log: 4,125 instead of 375 [gas]."""
LOG_BYTE_EXTRA = 80
"""A byte of log data: 88 instead of 8 [gas]."""
CODE_BYTE_EXTRA = 10_000
"""A byte of deployed code: 10,200 instead of 200 [gas]."""
FLOOR_BASE = 21_000
"""The floor of a transaction without calldata [gas]."""
FLOOR_TOKEN = 110
"""What the floor rises by with each token of calldata [gas]."""


@dataclass(frozen=True)
class LogShape:
    """The shape of a log: how many topics it has and how many bytes of data."""

    topics: int
    data_bytes: int


def calldata_tokens(calldata: bytes) -> int:
    """Return the tokens of a calldata: 1 a zero byte, 4 a non-zero byte."""
    return 4 * len(calldata) - 3 * calldata.count(0)


def estimate_gas(
    prague_gas: int, calldata: bytes, logs: Iterable[LogShape], deployed_bytes: int = 0
) -> int:
    """Return the MegaETH gas of a transaction.

    Formula: prague_gas + 39,000 + 40·tokens + Σ over logs (3,750·topics + 80·bytes of data)
    + 10,000·deployed_bytes, and not less than the floor 21,000 + 110·tokens.
    Source: the gas schedule named above.

    `prague_gas` is the `gasUsed` of a receipt, refunds taken off; `deployed_bytes` is the runtime
    code the transaction left on the chain.
    """
    tokens = calldata_tokens(calldata)
    of_logs = sum(TOPIC_EXTRA * log.topics + LOG_BYTE_EXTRA * log.data_bytes for log in logs)
    extra = TRANSACTION_EXTRA + TOKEN_EXTRA * tokens + of_logs + CODE_BYTE_EXTRA * deployed_bytes
    return max(prague_gas + extra, FLOOR_BASE + FLOOR_TOKEN * tokens)


def count_fresh_slots(state_diff: Mapping[str, Any]) -> int:
    """Return how many storage slots a transaction turned from zero to non-zero.

    `state_diff` is the answer of `debug_traceTransaction` with the `prestateTracer` in `diffMode`:
    `pre` and `post` map addresses to what changed there. A slot absent from one of them was, or
    became, zero.
    """
    before = state_diff["pre"]
    fresh = 0
    for address, account in state_diff["post"].items():
        old = before.get(address, {}).get("storage", {})
        for slot, word in account.get("storage", {}).items():
            if int(word, 16) != 0 and int(old.get(slot, "0x0"), 16) == 0:
                fresh += 1
    return fresh
