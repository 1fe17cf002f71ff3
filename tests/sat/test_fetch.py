"""One exchange, bounded: a peer that drips, cuts, lies, redirects, compresses or is not who it says."""
import gzip
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.sat import fetch
from tests.sat.peer import Peer, answer, at_most

LIMITS = {"timeout": 20.0, "most": 1000}
BRIEF = {"timeout": 0.4, "most": 100_000}


def test_a_body_whole_with_what_the_server_says_of_it(peer: Peer) -> None:
    peer.data = answer(b"rows", headers="Content-Type: text/csv\r\nLast-Modified: Wed, 17 Jun 2026 22:59:33 GMT\r\n")
    got = fetch.get(peer.url, **LIMITS)
    assert (got.data, got.reason, got.media_type) == (b"rows", "", "text/csv")
    assert got.modified == datetime(2026, 6, 17, 22, 59, 33, tzinfo=UTC) and got.sized
    assert b"Accept-Encoding: identity" in peer.requests[0]


def test_a_body_of_unsaid_length_is_known_as_such(peer: Peer) -> None:
    peer.data = b"HTTP/1.1 200 OK\r\nLast-Modified: yesterday\r\nConnection: close\r\n\r\nrows"
    got = fetch.get(peer.url, **LIMITS)
    assert (got.data, got.sized, got.modified) == (b"rows", False, None)


def test_a_post(peer: Peer) -> None:
    assert fetch.post(peer.url, b"question", {"SOAPAction": '"x"'}, **LIMITS).data == b"hello"
    assert peer.requests[0].startswith(b"POST /file") and peer.requests[0].endswith(b"\r\n\r\nquestion")


def test_pieces_in_a_chain(peer: Peer) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    peer.data = head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert fetch.get(peer.url, **LIMITS).data == b"abcde"
    peer.data = head + b"3\r\nabc\r\n2\r\nd"
    assert fetch.get(peer.url, **LIMITS).data is None


@pytest.mark.parametrize("data", [
    answer(b"x" * 2000),  # one byte each 0.05 s: its headers alone take 3 s
    answer(b"x" * 50_000)[:100] + b"x" * 50_000,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 500,
    b"HTTP/1.1 100 Continue\r\n\r\n" * 100,
])
def test_who_drips_does_not_outlast_the_deadline(peer: Peer, data: bytes) -> None:
    peer.data, peer.step, peer.pause = data, 1, 0.05
    with at_most(10):
        got = fetch.get(peer.url, **BRIEF)
    assert (got.data, got.reason) == (None, "too slow")


def test_a_body_that_drips_after_its_headers(peer: Peer) -> None:
    body = b"x" * 100_000
    peer.data, peer.step, peer.pause = answer(body), 200, 0.05
    with at_most(10):
        assert fetch.get(peer.url, **BRIEF).reason == "too slow"


def test_silence(peer: Peer) -> None:
    peer.data, peer.hang = b"", 30.0
    with at_most(10):
        assert fetch.get(peer.url, **BRIEF).reason == "too slow"


def test_a_handshake_that_never_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, at_most(10):
        got = fetch.get(f"https://127.0.0.1:{silent.getsockname()[1]}/", **BRIEF)
    assert (got.data, got.reason) == (None, "too slow")


def test_a_name_that_is_looked_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(fetch.socket, "getaddrinfo", lambda *_, **__: over.wait(20) and [])
    with at_most(10):
        assert fetch.get("http://sat.invalid/", **BRIEF).reason == "too slow"
    over.set()


@pytest.mark.parametrize(("data", "reason"), [
    (answer(b"half", length=900), "truncated"),
    (answer(b"x" * 1001), "too large"),
    (answer(b"", length=10**12), "too large"),
    (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 1001, "too large"),
    (answer(gzip.compress(b"rows"), headers="Content-Encoding: gzip\r\n"), "compressed"),
    (answer(b"no", status="500 Internal Server Error"), "HTTP 500"),
    (answer(b"no", status="404 Not Found"), "HTTP 404"),
    (answer(b"part", status="206 Partial Content"), "HTTP 206"),
    (answer(b"", status="204 No Content"), "HTTP 204"),
    (answer(b"hello")[:20], "empty"), (answer(b""), "empty"),
    (b"garbage\r\n\r\n", "BadStatusLine"), (b"", "RemoteDisconnected"),
])
def test_what_is_no_answer_is_none(peer: Peer, data: bytes, reason: str) -> None:
    peer.data = data
    got = fetch.get(peer.url, **LIMITS)
    assert got.data is None and got.reason and reason in got.reason


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_nobody_is_followed_elsewhere(peer: Peer, status: str) -> None:
    other = Peer()
    peer.data = answer(b"", status=status, headers=f"Location: {other.url}\r\n")
    assert fetch.get(peer.url, **LIMITS).reason == f"HTTP {status[:3]}"
    assert fetch.post(peer.url, b"q", {}, **LIMITS).data is None
    assert (len(peer.requests), other.requests) == (2, [])
    other.close()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x", "nothing", ""])
def test_only_the_web(url: str) -> None:
    assert fetch.get(url, **LIMITS) == fetch.Got(None, "not a web address")


def test_nobody_there() -> None:
    assert "refused" in fetch.get("http://127.0.0.1:1/", **LIMITS).reason


def _certificate(folder: Path) -> ssl.SSLContext:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    at = datetime.now(UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=1))
            .sign(key, hashes.SHA256()))
    pem = serialization.Encoding.PEM
    (folder / "tls.pem").write_bytes(made.public_bytes(pem) + key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem")
    return context


def test_who_is_not_who_he_says_is_not_read(tmp_path: Path) -> None:
    stranger = Peer(tls=_certificate(tmp_path))
    got = fetch.get(stranger.url, **LIMITS)
    assert got.data is None and "SSLCertVerificationError" in got.reason
    assert stranger.requests == []
    stranger.close()
