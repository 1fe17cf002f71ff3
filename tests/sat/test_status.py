"""SAT's status service, against a local server that speaks its wire format: nothing unclear is ever valid."""
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from lxml import etree

from portal.sat.status import Cancelable, Cancellation, Efos, State, ask, expression
from tests.sat.papers import FAULT, soap

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FOUND = "S - Comprobante obtenido satisfactoriamente."
ASKED = expression("H&E951128469", "ÑAA010101AAA", "0116.00", "U", "abcdefghij+/==")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    body, status, wait, drip, extra = soap(), 200, 0.0, 0.0, 0
    asked, count, action = b"", 0, ""

    def handle_error(self, *arguments: object) -> None:
        """A client that hung up is what some of these tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        at = self.server
        at.count, at.action = at.count + 1, self.headers["SOAPAction"]
        at.asked = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(at.wait)
        self.send_response(at.status)
        if at.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(at.body) + at.extra))
        self.end_headers()
        for start in range(0, len(at.body), 1 if at.drip else len(at.body)):
            self.wfile.write(at.body[start : start + 1] if at.drip else at.body)
            time.sleep(at.drip)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}/"


def test_the_question_and_the_soap(server: Server) -> None:
    status = ask(ASKED, NOW, url=url(server))
    sent = etree.fromstring(server.asked).findtext(".//{http://tempuri.org/}expresionImpresa")
    assert sent == "?re=H&amp;E951128469&rr=ÑAA010101AAA&tt=0116.00&id=U&fe=ghij+/=="
    assert server.action == '"http://tempuri.org/IConsultaCFDIService/Consulta"'
    assert (status.state, status.asked_at, status.evidence) == (State.VALID, NOW, server.body)
    assert (status.cancelable, status.cancellation) == (Cancelable.WITH_ACCEPTANCE, Cancellation.NONE)
    assert status.efos is Efos.NOT_LISTED


@pytest.mark.parametrize(("code", "estado", "state"), [
    (FOUND, "Cancelado", State.CANCELLED),
    ("N - 602: Comprobante no encontrado.", "No Encontrado", State.NOT_FOUND),
    ("N - 601: La expresión impresa proporcionada no es válida.", "No Encontrado", State.UNKNOWN),
    ("N - 602: Comprobante no encontrado.", "Vigente", State.UNKNOWN),
    (FOUND, "vigente?", State.UNKNOWN), ("", "Vigente", State.UNKNOWN),
])
def test_states(server: Server, code: str, estado: str, state: State) -> None:
    server.body = soap(code, estado, "999", "Otra cosa")
    status = ask(ASKED, NOW, url=url(server))
    assert (status.state, status.efos, status.cancellation) == (state, Efos.UNKNOWN, Cancellation.UNKNOWN)


@pytest.mark.parametrize("code", ["100", "101", "104"])
def test_listed(server: Server, code: str) -> None:
    server.body = soap(efos=code)
    assert ask(ASKED, NOW, url=url(server)).efos is Efos.LISTED


@pytest.mark.parametrize("body", [
    FAULT, b"<html><p>Vigente</html>", b"<html/>", b"\x00\xff", b"", soap()[:-30], b"<!DOCTYPE a>" + soap(),
    soap(estado="Cancelado</a:Estado><a:Estado>Vigente"), soap() + b" " * 70_000,
])
def test_what_is_no_answer_is_unknown(server: Server, body: bytes) -> None:
    server.body = body or b" "
    status = ask(ASKED, NOW, url=url(server))
    assert status.state is State.UNKNOWN and status.reason


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 302}, {"wait": 30.0}, {"drip": 0.05}, {"extra": 9}])
def test_faults_are_unknown(server: Server, fault: dict[str, float]) -> None:
    for name, value in fault.items():
        setattr(server, name, value)
    started = time.perf_counter()
    status = ask(ASKED, NOW, url=url(server), timeout=0.2)
    assert status.state is State.UNKNOWN and status.reason and server.count == 1
    assert time.perf_counter() - started < 10
