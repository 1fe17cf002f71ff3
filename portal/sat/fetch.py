"""One HTTP exchange with SAT, bounded in every way: time, size, address, encryption. The only client of this package.

A peer that sends one byte a second, in its headers or in its body, ends with everybody else at the deadline: the clock
runs over the name look-up, the connection, the encryption's handshake, the headers and the body together.
"""
import io
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Final

_HEADERS: Final = {"User-Agent": "Acuse", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Got:
    """What came of an exchange: the whole body of a 200, or None and why not. Never half a body."""

    data: bytes | None
    reason: str = ""
    media_type: str = ""
    modified: datetime | None = None  # Last-Modified, in UTC, when the server says it
    sized: bool = False  # the server said how long the body is, so that a cut one would have been noticed


def get(url: str, *, timeout: float, most: int) -> Got:
    """Fetch an address within `timeout` seconds and `most` bytes. Never raises for what the peer does."""
    return _exchange(url, None, _HEADERS, timeout, most)


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float, most: int) -> Got:
    """Send `body` and return the answer, under the same bounds."""
    return _exchange(url, body, {**_HEADERS, **headers}, timeout, most)


def _exchange(url: str, body: bytes | None, headers: Mapping[str, str], timeout: float, most: int) -> Got:
    if not url.startswith(("http://", "https://")):
        return Got(None, "not a web address")
    try:
        with _opener().open(urllib.request.Request(url, body, dict(headers)), timeout=timeout) as response:
            return _read(response, most)
    except urllib.error.HTTPError as problem:
        problem.close()
        return Got(None, f"HTTP {problem.code}")
    except (OSError, HTTPException, ValueError) as problem:
        cause = getattr(problem, "reason", problem)
        return Got(None, "too slow" if isinstance(cause, TimeoutError) else f"{type(cause).__name__}: {cause}"[:200])


def _read(response: HTTPResponse, most: int) -> Got:
    if response.status != 200:
        return Got(None, f"HTTP {response.status}")
    if (response.headers.get("Content-Encoding") or "identity").lower() != "identity":
        return Got(None, "compressed, though it was not asked for")
    if (response.length or 0) > most:
        return Got(None, "too large")
    sized = response.length is not None or response.chunked
    data = response.read(most + 1)
    if len(data) > most:
        return Got(None, "too large")
    if response.length or not data:
        return Got(None, "truncated" if response.length else "empty")
    return Got(data, "", response.headers.get_content_type(), _moment(response.headers.get("Last-Modified")), sized)


def _moment(written: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(written).astimezone(UTC) if written else None
    except (ValueError, OverflowError):
        return None


class _Clock:
    """The deadline of one exchange, on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left. Raises TimeoutError when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("too slow")
        return left


class _Timed(io.RawIOBase):
    """A socket's reading side that waits for each piece no longer than the whole exchange still may last."""

    def __init__(self, sock: socket.socket, clock: _Clock) -> None:
        self._sock, self._clock, self._raw = sock, clock, sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._clock.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """What `HTTPResponse` needs of a socket."""

    def __init__(self, sock: socket.socket, clock: _Clock) -> None:
        self._sock, self._clock = sock, clock

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Timed(self._sock, self._clock))


def _response(clock: _Clock, sock: socket.socket, **options: Any) -> HTTPResponse:
    return HTTPResponse(_TimedSocket(sock, clock), **options)  # type: ignore[arg-type]


class _Bounded(HTTPConnection):
    """A connection whose time limit is that of the whole exchange."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._clock = _Clock(float(self.timeout or 0))
        self.response_class = partial(_response, self._clock)  # type: ignore[assignment]
        self._create_connection = self._connected

    def _connected(self, address: tuple[str, int], *_: Any) -> socket.socket:
        failure: OSError = OSError("no address")
        for family, kind, protocol, _name, place in _looked_up(address, self._clock):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(self._clock.left())
                sock.connect(place)
                sock.settimeout(self._clock.left())
                return sock
            except OSError as problem:
                sock.close()
                failure = problem
        raise failure

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.sock.settimeout(self._clock.left())
        super().send(data)


class _BoundedTls(_Bounded, HTTPSConnection):
    """The same, encrypted, with the server's certificate verified."""


def _looked_up(address: tuple[str, int], clock: _Clock) -> list[Any]:
    """Look a name up; the resolver knows no time limit, so it is asked aside and left behind when it is late."""
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(*address, type=socket.SOCK_STREAM))
        except OSError as problem:
            found.append(problem)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(clock.left())
    if not found:
        raise TimeoutError("too slow")
    if isinstance(found[0], OSError):
        raise found[0]
    return list(found[0])


class _Http(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(_Bounded, request)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(_BoundedTls, request, context=ssl.create_default_context())


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """SAT's files are where the settings say: a redirect is an answer that nobody follows."""

    def redirect_request(self, *arguments: object) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    """Only http and https, and the proxy that the machine's environment names; no file:, no ftp:, no redirects."""
    made = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), _Http(), _Https(), _NoRedirect(),
                    urllib.request.HTTPErrorProcessor(), urllib.request.HTTPDefaultErrorHandler(),
                    urllib.request.UnknownHandler()):
        made.add_handler(handler)
    return made
