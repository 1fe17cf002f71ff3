"""What no browser sends, byte by byte, to the server as it runs: two requests in one, headers that contradict each
other, hosts that are not ours. One answer, and nothing that was smuggled is ever asked."""
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.local.children import dying_with_parent
from tests import harness

ROOT = Path(__file__).resolve().parents[2]
SMUGGLED = b"GET /legal/terms HTTP/1.1\r\nHost: localhost\r\nX-Smuggled: 1\r\n\r\n"
PLAIN = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
# Each is refused as a whole, or read as one request: what a proxy in front might have read otherwise is never answered.
REFUSED = {
    "length and chunks": PLAIN + FORM + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": PLAIN + FORM + b"Content-Length: 0\r\nContent-Length: 75\r\n\r\n" + SMUGGLED,
    "a list of lengths": PLAIN + b"Content-Length: 0, 75\r\n\r\n" + SMUGGLED,
    "a signed length": PLAIN + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    "a length below zero": PLAIN + b"Content-Length: -1\r\n\r\n" + SMUGGLED,
    "a length that is none": PLAIN + b"Content-Length: 0x10\r\n\r\n" + SMUGGLED,
    "chunks twice": PLAIN + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks unclear": PLAIN + b"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    "chunks with a tab": PLAIN + b"Transfer-Encoding:\tchunked\x0b\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    "a chunk that is none": PLAIN + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk of minus one": PLAIN + FORM + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nab\r\n0\r\n\r\n" + SMUGGLED,
    "a blank before the colon": b"GET /sign-in HTTP/1.1\r\nHost : localhost\r\n\r\n" + SMUGGLED,
    "a folded header": b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n c\r\n\r\n" + SMUGGLED,
    "a NUL in a header": b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-A: b\0c\r\n\r\n" + SMUGGLED,
    "a return in a header": b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-A: b\rc\r\n\r\n" + SMUGGLED,
    "no method": b"\x16\x03\x01\x02\x00\x01\r\n\r\n" + SMUGGLED,
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SMUGGLED,
    "a line without end": b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a header without end": b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 20_000 + b"\r\n\r\n",
    "a thousand headers": b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: b\r\n" * 1_000 + b"\r\n",
    "another host": b"GET /sign-in HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "another host in the address": b"GET http://evil.example/sign-in HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "two hosts": b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
}


@pytest.fixture(scope="module")
def port(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The portal, served as in production."""
    home = tmp_path_factory.mktemp("wire")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    told = harness.environment(database_url, home, PORTAL_HOST="127.0.0.1", PORTAL_PORT=str(number),
                               PORTAL_WEB_WORKERS="1", PATH="/usr/bin:/bin")
    with (home / "log").open("wb") as log:
        served = subprocess.Popen([sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "app:app"],
                                  cwd=ROOT, env=told, stdout=log, stderr=log, preexec_fn=dying_with_parent())
        try:
            _wait(served, number, home / "log")
            yield number
        finally:
            served.terminate()
            served.wait(40)


def _wait(served: "subprocess.Popen[bytes]", number: int, log: Path) -> None:
    while served.poll() is None:
        try:
            urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{number}/healthz",
                                                          headers={"Host": "localhost"}), timeout=5).close()
            return
        except OSError:
            continue
    raise RuntimeError(log.read_text()[-800:])


def said(port: int, sent: bytes) -> bytes:
    """Send bytes, say that there are no more, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        parts = []
        try:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            while part := line.recv(65_536):
                parts.append(part)
        except ConnectionError:
            pass  # it hung up in the middle of what it would not hear
        return b"".join(parts)


@pytest.mark.parametrize("name", REFUSED)
def test_what_contradicts_itself_is_refused_whole(port: int, name: str) -> None:
    heard = said(port, REFUSED[name])
    assert heard[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 414", b"HTTP/1.1 431", b"HTTP/1.1 501", b"HTTP/1.1 505", b"")
    assert heard.count(b"HTTP/1.1 ") <= 1 and b"evil" not in heard
    assert said(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")[:12] == b"HTTP/1.1 200"


def test_two_requests_on_one_line_are_two(port: int) -> None:
    """The control: a second request is answered, when it is one."""
    ask = b"GET /legal/terms HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert said(port, ask + ask).count(b"HTTP/1.1 200") == 2


def test_what_serves_it_says_nothing_of_itself(port: int) -> None:
    answer = said(port, b"GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    heard = answer.partition(b"\r\n\r\n")[0]
    assert b"404" in heard[:20] and not [word for word in (b"ython", b"erkzeug", b"lask") if word in heard]


def test_a_method_of_diagnosis_is_none(port: int) -> None:
    heard = said(port, b"TRACE /sign-in HTTP/1.1\r\nHost: localhost\r\nCookie: sid=secret\r\nConnection: close\r\n\r\n")
    assert heard[:12] == b"HTTP/1.1 405" and b"secret" not in heard


@pytest.mark.parametrize("root", [b"/evil", b"//evil.example"])
def test_no_visitor_says_below_which_path_the_portal_is(port: int, root: bytes) -> None:
    """What a proxy in front let through would stand in every link of the page, and of pages that are remembered."""
    heard = said(port, b"GET " + root + b"/sign-in HTTP/1.1\r\nHost: localhost\r\nSCRIPT_NAME: " + root +
                 b"\r\nConnection: close\r\n\r\n")
    assert b'href="' + root not in heard and b'action="' + root not in heard and b" 200 " not in heard[:20]
