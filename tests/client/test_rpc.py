"""JSON-RPC over a stand-in server: results, errors, batches in any order, no answer."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from worldmarkets.rpc import Rpc, RpcError, RpcUnavailableError, number, quantity

Answer = Callable[[Any], bytes]


class Server:
    """Answers each POST with what `answer` makes of its body."""

    def __init__(self) -> None:
        self.answer: Answer = lambda _: b""
        self.connections: set[Any] = set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                server.connections.add(self.client_address)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                content = server.answer(json.loads(body))
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    stand_in = Server()
    thread = threading.Thread(target=stand_in.http.serve_forever, args=(0.01,))
    thread.start()
    yield stand_in
    stand_in.http.shutdown()
    stand_in.http.server_close()
    thread.join()


def result(request: Any, value: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request["id"], "result": value}


def failure(request: Any, **error: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request["id"], "error": error}


def encoded(answer: Any) -> bytes:
    return json.dumps(answer).encode()


def test_call_sends_and_returns_over_one_connection(server: Server) -> None:
    server.answer = lambda body: encoded(result(body, [body["method"], body["params"]]))
    rpc = Rpc(server.url)
    assert rpc.call("eth_x", 1, "0x2") == ["eth_x", [1, "0x2"]]
    assert rpc.call("eth_y") == ["eth_y", []]
    assert len(server.connections) == 1
    rpc.close()


def test_call_null_result_is_none(server: Server) -> None:
    server.answer = lambda body: encoded(result(body, None))
    assert Rpc(server.url).call("eth_x") is None


def test_call_error_is_typed(server: Server) -> None:
    server.answer = lambda body: encoded(failure(body, code=3, message="reverted", data="0x12"))
    with pytest.raises(RpcError) as caught:
        Rpc(server.url).call("eth_x")
    error = caught.value
    assert (error.method, error.code, error.message, error.data) == ("eth_x", 3, "reverted", "0x12")
    assert str(error) == "eth_x: reverted (code 3)"


def test_batch_answers_in_any_order_are_sorted_and_errors_returned(server: Server) -> None:
    def answer(body: Any) -> bytes:
        first, second, third = body
        return encoded(
            [result(third, 3), failure(second, code=-32000, message="no"), result(first, 1)]
        )

    server.answer = answer
    one, two, three = Rpc(server.url).batch([("a", []), ("b", [1]), ("c", [])])
    assert (one, three) == (1, 3)
    assert isinstance(two, RpcError)
    assert two.method == "b"


def test_batch_empty_sends_nothing(server: Server) -> None:
    assert Rpc(server.url).batch([]) == []
    assert not server.connections


def test_batch_missing_answer_is_no_answer(server: Server) -> None:
    server.answer = lambda body: encoded([result(body[0], 1)])
    with pytest.raises(RpcUnavailableError):
        Rpc(server.url).batch([("a", []), ("b", [])])


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"{}", b"7", b""])
def test_call_other_content_is_no_answer(server: Server, content: bytes) -> None:
    server.answer = lambda _: content
    with pytest.raises(RpcUnavailableError, match=server.url):
        Rpc(server.url).call("eth_x")


def test_call_nobody_there_is_no_answer(server: Server) -> None:
    with pytest.raises(RpcUnavailableError, match="no answer from the node"):
        Rpc("http://127.0.0.1:1").call("eth_x")


def test_quantity_and_number_are_inverse() -> None:
    assert quantity(0) == "0x0"
    assert number(quantity(2**255 + 1)) == 2**255 + 1
