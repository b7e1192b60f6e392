"""Raw JSON-RPC over kept-alive HTTP connections.

The thinnest path to a node: five to ten times as fast as web3.py. One `Rpc` may serve several
threads. Numbers travel as hex strings; `quantity` and `number` convert.
"""

import itertools
import json
from collections.abc import Sequence
from typing import Any, TypeAlias

import urllib3

from worldmarkets.errors import WorldMarketsError

Call: TypeAlias = tuple[str, Sequence[Any]]
"""Method and parameters."""

METHOD_NOT_FOUND = -32601
"""Error code of a method that a node does not have. Source: JSON-RPC 2.0."""

_HEADERS = {"Content-Type": "application/json"}
_CONNECTIONS = 64


class RpcError(WorldMarketsError):
    """A node answered a call with an error."""

    def __init__(self, method: str, code: int, message: str, data: Any = None) -> None:
        self.method = method
        self.code = code
        self.message = message
        self.data = data
        super().__init__(f"{method}: {message} (code {code})")


class RpcUnavailableError(WorldMarketsError):
    """A node can not be reached, or did not answer with JSON-RPC."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        super().__init__(f"no answer from the node at {url}: {reason}")


class Rpc:
    """A node's JSON-RPC endpoint."""

    def __init__(self, url: str, timeout_seconds: float = 60) -> None:
        """Connect at the first call, not here.

        Args:
            url: Address of the endpoint, http or https.
            timeout_seconds: Longest wait for one answer.
        """
        self.url = url
        self._ids = itertools.count(1)
        self._pool = urllib3.PoolManager(
            num_pools=1,
            maxsize=_CONNECTIONS,
            timeout=timeout_seconds,
            retries=False,
            headers=_HEADERS,
        )

    def call(self, method: str, *params: Any) -> Any:
        """Call one method and return its result.

        Raises:
            RpcError: the node answered with an error.
            RpcUnavailableError: the node did not answer.
        """
        return _result(method, self._post(self._request(method, params)), self.url)

    def batch(self, calls: Sequence[Call]) -> list[Any]:
        """Call several methods in one round trip and return what became of each, in order.

        A call that failed yields its `RpcError` instead of a result; nothing is raised for it.

        Raises:
            RpcUnavailableError: the node did not answer.
        """
        if not calls:
            return []
        requests = [self._request(method, params) for method, params in calls]
        answers = self._post(requests)
        if not isinstance(answers, list):
            raise RpcUnavailableError(self.url, f"a batch was answered with {str(answers)[:200]}")
        by_id = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        return [self._outcome(request["method"], by_id.get(request["id"])) for request in requests]

    def close(self) -> None:
        """Close all connections; the next call opens new ones."""
        self._pool.clear()

    def _request(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}

    def _outcome(self, method: str, answer: Any) -> Any:
        try:
            return _result(method, answer, self.url)
        except RpcError as error:
            return error

    def _post(self, body: Any) -> Any:
        try:
            response = self._pool.request("POST", self.url, body=json.dumps(body).encode())
            return json.loads(response.data)
        except urllib3.exceptions.HTTPError as error:
            raise RpcUnavailableError(self.url, str(error)) from error
        except ValueError as error:
            raise RpcUnavailableError(self.url, f"not JSON: {error}") from error


def quantity(value: int) -> str:
    """Return a number as JSON-RPC writes it."""
    return hex(value)


def number(value: str) -> int:
    """Return the number that JSON-RPC wrote as `value`."""
    return int(value, 16)


def _result(method: str, answer: Any, url: str) -> Any:
    if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
        raise RpcUnavailableError(url, f"{method} was answered with {str(answer)[:200]}")
    error = answer.get("error")
    if error is None:
        return answer.get("result")
    return _raise(method, error)


def _raise(method: str, error: Any) -> Any:
    if not isinstance(error, dict):
        raise RpcError(method, 0, str(error))
    raise RpcError(
        method, int(error.get("code", 0)), str(error.get("message", "")), error.get("data")
    )
