"""A peer on loopback that misbehaves as it is told: it writes its bytes itself, so no fault is beyond it."""
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def answer(body: bytes, *, status: str = "200 OK", headers: str = "", length: int | None = None) -> bytes:
    """One whole answer; `length` lies about the body's."""
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}Connection: close\r\n\r\n".encode() + body


class Peer:
    """Answers each connection with `data`, `step` bytes every `pause` seconds, then waits `hang` seconds."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.data, self.step, self.pause, self.hang = answer(b"hello"), 1 << 20, 0.0, 0.0
        self.requests: list[bytes] = []
        self._tls, self._over = tls, threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/file"

    def close(self) -> None:
        self._over.set()
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            talking = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            self.requests.append(_whole_request(talking))
            for start in range(0, len(self.data), self.step):
                talking.sendall(self.data[start : start + self.step])
                if self.pause and self._over.wait(self.pause):
                    return
            self._over.wait(self.hang)


def _whole_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    sizes = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while sizes and len(body) < sizes[0]:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail when what is inside takes longer; far above what is expected, far below what a drip would take."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds
