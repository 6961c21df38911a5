"""JSON-RPC over one kept-alive HTTP connection: fast, batched, and plain about what went wrong.

Our own because web3.py spends most of a request on formatting. Knows nothing of transactions or blocks. What
it shows of an address never contains its user, password or path, where keys are often kept.
"""

from __future__ import annotations

import base64
import http.client
import json
import socket
import time
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from wallet.chain.errors import BadAnswer, ChainError, ChainUnreachable
from wallet.errors import InvalidInput

_MAX_ANSWER: Final = 512 * 1024 * 1024
_CHUNK: Final = 256 * 1024
_SHOWN: Final = 120
_URL_HINT: Final = "write it as http://host:port"


class RpcError(ChainError):
    """The node answered with a JSON-RPC error."""

    code = "chain-rpc"

    def __init__(self, method: str, error: dict[str, Any], shown: str) -> None:
        self.method = method
        self.number = error.get("code")
        self.text = str(error.get("message", ""))[:500]
        self.data = error.get("data")
        super().__init__(
            f"{shown} answered {method} with an error: {self.text} ({self.number})", url=shown, method=method
        )


class JsonRpc:
    """A connection to one node. Raises ChainUnreachable, BadAnswer, RpcError; see there."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        """`url` is http(s)://[user:password@]host[:port][/path]; `timeout` in seconds for a whole answer."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as cause:
            raise InvalidInput("the node's address is not a URL", hint=_URL_HINT, code="chain-url") from cause
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput(
                "the node's address must begin with http:// or https:// and name a host",
                hint=_URL_HINT,
                code="chain-url",
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self.shown = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
        self.url = url
        self.timeout = timeout
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if parts.username is not None:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
        self._connection: http.client.HTTPConnection | None = None
        self._id = 0

    def call(self, method: str, *params: Any) -> Any:
        """The result of one request."""
        self._id += 1
        asked = {"jsonrpc": "2.0", "id": self._id, "method": method, "params": params}
        answer = self._exchange(asked, method)
        return self._result(answer, self._id, method)

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results of many requests in one exchange, in order; an RpcError stands for itself."""
        if not calls:
            return []
        first = self._id + 1
        self._id += len(calls)
        asked = [
            {"jsonrpc": "2.0", "id": first + i, "method": method, "params": list(params)}
            for i, (method, params) in enumerate(calls)
        ]
        what = f"{len(calls)} × {calls[0][0]}"
        answers = self._exchange(asked, what)
        if isinstance(answers, dict) and "error" in answers:
            return [self._single(method, params) for method, params in calls]  # takes no batches
        if not isinstance(answers, list):
            raise self._bad(what, "not a list of answers")
        by_id = {a.get("id"): a for a in answers if isinstance(a, dict)}
        results: list[Any] = []
        for i, (method, _) in enumerate(calls):
            try:
                results.append(self._result(by_id.get(first + i), first + i, method))
            except RpcError as error:
                results.append(error)
        return results

    def _single(self, method: str, params: Sequence[Any]) -> Any:
        try:
            return self.call(method, *params)
        except RpcError as error:
            return error

    def _result(self, answer: Any, number: int, method: str) -> Any:
        if not isinstance(answer, dict):
            raise self._bad(method, "no answer to this request")
        error = answer.get("error")
        if isinstance(error, dict):
            raise RpcError(method, error, self.shown)
        if answer.get("id") != number:
            raise self._bad(method, "the answer to another request")
        if "result" not in answer:
            raise self._bad(method, "neither a result nor an error")
        return answer["result"]

    # --------------------------------------------------------------------- the wire

    def _exchange(self, asked: Any, what: str) -> Any:
        body = json.dumps(asked, separators=(",", ":")).encode()
        deadline = time.monotonic() + self.timeout
        try:
            status, content = self._post(body, what, deadline)
        except BaseException:
            self.close()  # what is left of this answer must not be taken for the next one's
            raise
        try:
            answer = json.loads(content)
        except ValueError as cause:
            if status != 200:
                raise self._status(what, status) from cause
            raise self._bad(what, f"not JSON: {_excerpt(content)}") from cause
        if status != 200 and not (isinstance(answer, dict) and isinstance(answer.get("error"), dict)):
            raise self._status(what, status)
        return answer

    def _post(self, body: bytes, what: str, deadline: float) -> tuple[int, bytes]:
        fresh = self._connection is None
        try:
            response = self._request(body)
        except (BrokenPipeError, ConnectionResetError, http.client.BadStatusLine) as cause:
            # A kept-alive connection may have been closed since; ask again on a new one, once. A transaction
            # that arrived nevertheless is not sent twice: the chain knows it by its hash.
            self.close()
            if fresh:
                raise self._unreachable(what, "closed the connection without an answer") from cause
            return self._post(body, what, deadline)
        except TimeoutError as cause:
            raise self._slow(what) from cause
        except http.client.HTTPException as cause:
            raise self._bad(what, f"not HTTP ({type(cause).__name__})") from cause
        except OSError as cause:
            raise self._unreachable(what, f"cannot be reached ({_reason(cause)})") from cause
        try:
            content = self._read(response, what, deadline)
        except TimeoutError as cause:
            raise self._slow(what) from cause
        except (http.client.IncompleteRead, ConnectionError) as cause:
            raise self._bad(what, "only part of an answer") from cause
        except http.client.HTTPException as cause:
            raise self._bad(what, f"not HTTP ({type(cause).__name__})") from cause
        if response.will_close:
            self.close()
        return response.status, content

    def _request(self, body: bytes) -> http.client.HTTPResponse:
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = kind(self._host, self._port, timeout=self.timeout)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.request("POST", self._path, body, self._headers)
        return self._connection.getresponse()

    def _read(self, response: http.client.HTTPResponse, what: str, deadline: float) -> bytes:
        """The body, within the deadline even if it comes drop by drop."""
        pieces: list[bytes] = []
        size = 0
        with response:  # read1 does not notice the end, and the connection would stay taken
            while piece := response.read1(_CHUNK):
                size += len(piece)
                pieces.append(piece)
                if size > _MAX_ANSWER:
                    raise self._bad(what, "more than we are ready to read")
                if time.monotonic() > deadline:
                    raise TimeoutError
            if response.length:
                raise http.client.IncompleteRead(b"", response.length)
        return b"".join(pieces)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # --------------------------------------------------------------------- errors

    def _bad(self, what: str, why: str) -> BadAnswer:
        return BadAnswer(
            f"{self.shown} answered {what} with something a node does not say: {why}",
            hint="is this the address of an Ethereum JSON-RPC endpoint?",
            url=self.shown,
            asked=what,
        )

    def _status(self, what: str, status: int) -> BadAnswer:
        hints = {
            401: "it wants a user and password: http://user:password@host",
            403: "it does not let us in: check the address and its key",
            429: "it is asked too often: wait, or use another node",
        }
        return BadAnswer(
            f"{self.shown} answered {what} with HTTP status {status}",
            hint=hints.get(status, "is this the address of an Ethereum JSON-RPC endpoint?"),
            url=self.shown,
            asked=what,
            status=status,
        )

    def _slow(self, what: str) -> ChainUnreachable:
        return ChainUnreachable(
            f"{self.shown} did not finish answering {what} within {self.timeout:g} s",
            hint="it may be overloaded or stuck; try again, or use another node",
            url=self.shown,
            asked=what,
        )

    def _unreachable(self, what: str, why: str) -> ChainUnreachable:
        return ChainUnreachable(
            f"{self.shown} {why}; asked for {what}",
            hint="is the node running, and is the address right?",
            url=self.shown,
            asked=what,
        )


def _excerpt(content: bytes) -> str:
    text = content[:_SHOWN].decode(errors="replace")
    return repr(text + ("…" if len(content) > _SHOWN else ""))


def _reason(cause: OSError) -> str:
    return cause.strerror or str(cause) or type(cause).__name__
