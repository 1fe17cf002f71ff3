"""SAT's certificates over the network, against a local server: what it says is believed only when it chains."""
import io
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from portal.cfdi import trust as module
from portal.cfdi.certificates import Certificate
from portal.cfdi.trust import Outcome, TrustStore
from portal.local.authority import Authority
from portal.sat import asking, fetch
from portal.sat.asking import Asking
from portal.sat.certificates import Answer, fetch_authorities, fetch_provider, provider_address

Serve = Callable[[bytes], None]


class Server(ThreadingHTTPServer):
    """Answers every request with what it was told, and remembers the paths."""

    daemon_threads = True
    body = b""
    status = 200
    wait = 0.0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.paths: list[str] = []

    def handle_error(self, *arguments: object) -> None:
        """A client that hung up is what some of these tests are about."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/rccf"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        time.sleep(self.server.wait)
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("sandbox"))


@pytest.fixture
def pinned(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The sandbox's root, pinned as if it were SAT's."""
    monkeypatch.setitem(module.PINNED, authority.root.certificate.fingerprint, "SANDBOX")
    return authority.root.certificate


@pytest.fixture
def store(tmp_path: Path, pinned: Certificate) -> TrustStore:
    made = TrustStore.production(tmp_path / "sat")
    made.add(pinned)
    return made


def test_the_address_is_sats() -> None:
    assert provider_address("00001000000708361114") == (
        "https://rdc.sat.gob.mx/rccf/000010/000007/08/36/11/00001000000708361114.cer"
    )


@pytest.mark.parametrize("number", ["", "1", "0000100000070836111a", "../../../etc/passwd", "0" * 21, "٠" * 20])
def test_a_number_that_is_none_never_leaves(number: str, store: TrustStore, server: Server) -> None:
    with pytest.raises(ValueError, match="20 digits"):
        fetch_provider(number, store, base=server.address)
    assert server.paths == []


def test_a_provider_that_chains_is_taken_and_kept(
    store: TrustStore, authority: Authority, server: Server, tmp_path: Path
) -> None:
    server.body = authority.provider.der
    number = authority.provider.number
    assert fetch_provider(number, store, base=server.address).answer is Answer.TAKEN
    assert server.paths == [provider_address(number, "/rccf")]
    assert store.provider(number) is not None
    assert (tmp_path / "sat" / f"{authority.provider.fingerprint}.cer").read_bytes() == authority.provider.der


def test_another_number_than_asked_is_refused(store: TrustStore, authority: Authority, server: Server) -> None:
    server.body = authority.provider.der
    assert fetch_provider("00001000000708361114", store, base=server.address).answer is Answer.REFUSED


def test_what_does_not_chain_is_refused(authority: Authority, server: Server, tmp_path: Path) -> None:
    server.body = authority.provider.der
    production = TrustStore.production(tmp_path / "sat")
    fetched = fetch_provider(authority.provider.number, production, base=server.address)
    assert (fetched.answer, fetched.imported[0].outcome) == (Answer.REFUSED, Outcome.REFUSED)
    assert production.provider(authority.provider.number) is None
    assert not (tmp_path / "sat").exists()


@pytest.mark.parametrize("status", [301, 302, 404, 500, 503])
def test_other_answers_are_unavailable(store: TrustStore, server: Server, status: int) -> None:
    server.status = status
    fetched = fetch_provider("00001000000708361114", store, base=server.address)
    assert (fetched.answer, len(server.paths)) == (Answer.UNAVAILABLE, 1)
    assert str(status) in fetched.reason


def test_silence_and_excess_are_unavailable(store: TrustStore, server: Server) -> None:
    server.body = b"0" * 70_000
    assert fetch_provider("00001000000708361114", store, base=server.address).reason == "too large"
    server.wait = 30.0
    started = time.perf_counter()
    silent = fetch_provider("00001000000708361114", store, base=server.address, timeout=0.1)
    assert silent.answer is Answer.UNAVAILABLE
    assert time.perf_counter() - started < 10


def test_nobody_there_is_unavailable(store: TrustStore) -> None:
    assert fetch_provider("00001000000708361114", store, base="http://127.0.0.1:1").answer is Answer.UNAVAILABLE


def test_the_bundle_of_authorities(pinned: Certificate, server: Server, tmp_path: Path) -> None:
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("AC.cer", pinned.der)
        archive.writestr("nada.cer", b"nothing")
    server.body = bundle.getvalue()
    production = TrustStore.production(tmp_path / "sat")
    fetched = fetch_authorities(production, url=server.address)
    assert fetched.answer is Answer.TAKEN
    assert {one.outcome for one in fetched.imported} == {Outcome.AUTHORITY, Outcome.REFUSED}
    server.body = b"<html>"
    assert fetch_authorities(TrustStore.production(), url=server.address).answer is Answer.REFUSED


@pytest.mark.parametrize(("base", "asked"), [("", "http://127.0.0.1:9/ours/"), ("http://127.0.0.1:9/other",
                                                                                "http://127.0.0.1:9/other/")])
def test_they_are_asked_for_where_this_installation_finds_them(monkeypatch: pytest.MonkeyPatch, base: str,
                                                               asked: str) -> None:
    addresses: list[str] = []
    monkeypatch.setattr(asking, "current", lambda: Asking(providers="http://127.0.0.1:9/ours"))
    monkeypatch.setattr(fetch, "get", lambda address, **_how: addresses.append(address) or fetch.Got(None, "away"))
    answer = fetch_provider("0" * 20, TrustStore({}, {}), base=base)  # type: ignore[arg-type]
    assert answer.answer is Answer.UNAVAILABLE
    assert addresses == [asked + "000000/000000/00/00/00/" + "0" * 20 + ".cer"]
