"""What a stranger calls a file: a label that is stored, shown and saved under, and never a path, a header or markup."""
import csv
import re
import unicodedata
from io import StringIO
from urllib.parse import unquote
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select

from portal.core.db import session
from portal.core.ids import new_id
from portal.invoices.models import InvoiceRequirement, RequirementType
from portal.storage import stores
from portal.storage.models import StoredFile
from portal.web import parking
from tests.factories import World
from tests.papers import PDF
from tests.security.rows import Holding, holding

# As its bytes stand in the request (RFC 7578), and what is left of it.
NAMES = {
    "a path": (b"../../../etc/cron.d/x.pdf", "x.pdf"),
    "another system's path": (rb"..\\..\\windows\\x.pdf", "x.pdf"),
    "an escaped path": (b"..%2f..%2fx.pdf", "%2f..%2fx.pdf"),
    "an absolute path": (b"/etc/passwd.pdf", "passwd.pdf"),
    "300 characters": (b"x" * 300 + b".pdf", "x" * 116 + ".pdf"),
    "300 letters of two bytes": ("ñ".encode() * 300 + b".pdf", "ñ" * 88 + ".pdf"),
    "quotes": (b'a\\"; filename=\\"b.exe.pdf', "a-; filename=-b.exe.pdf"),
    "right to left": ("factura\u202egpj.pdf".encode(), "facturagpj.pdf"),
    "hidden characters": ("fac\u200btu\u2066ra\ufeff.pdf".encode(), "factura.pdf"),
    "a device": (b"CON.pdf", "_CON.pdf"),
    "a leading dot": (b".htaccess.pdf", "htaccess.pdf"),
    "pictures": ("📄 factura 😀.pdf".encode(), "📄 factura 😀.pdf"),
    "markup": (b"<svg onload=alert(1)>.pdf", "-svg onload=alert(1)-.pdf"),
    "a template": (b"{{7*7}}${7*7}.pdf", "{{7-7}}${7-7}.pdf"),
    "a formula": (b"=cmd!A0.pdf", "=cmd!A0.pdf"),
    "letters that join": ("Fa\u0301ctura.pdf".encode(), "Fáctura.pdf"),
}
pytestmark = pytest.mark.usefixtures("remembering")
HEADER = re.compile(r"attachment; filename=\"([\w ._-]+)\"; filename\*=UTF-8''([\w%.~!$&+^`|-]+)", re.ASCII)


@pytest.fixture()
def held(world: World, client: FlaskClient, unguarded: None) -> Holding:
    """A supplier with a draft that wants a file."""
    made = holding(world, "N", state="draft")
    with world.owner():
        wanted = session.get_one(InvoiceRequirement, made.ids["invoice_requirements"])
        wanted.type, wanted.file_types, wanted.max_mb = RequirementType.FILE, ["pdf"], 10
    world.sign_in(client, made.seller.person)
    return made


def _body(name: bytes, field: bytes = b"file") -> bytes:
    """A form of one file whose name stands there byte by byte, as no browser would write it."""
    return (b'--b\r\nContent-Disposition: form-data; name="' + field + b'"; filename="' + name
            + b'"\r\nContent-Type: text/html\r\n\r\n' + PDF + b"\r\n--b--\r\n")


def _give(browser: FlaskClient, held: Holding, name: bytes) -> int:
    address = f"/invoices/{held.ids['invoices']}/requirements/{held.ids['invoice_requirements']}"
    return browser.post(address, data=_body(name), content_type="multipart/form-data; boundary=b").status_code


def _newest(world: World) -> StoredFile:
    with world.owner():
        return session.scalars(select(StoredFile).order_by(StoredFile.id.desc()).limit(1)).one()


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_label(held: Holding, world: World, client: FlaskClient, name: str) -> None:
    sent, kept = NAMES[name]
    assert _give(client, held, sent) == 303
    row = _newest(world)
    assert row.name == kept == unicodedata.normalize("NFC", row.name)
    answer = client.get(f"/files/{row.id}")
    header = HEADER.fullmatch(answer.headers["Content-Disposition"])
    assert header and unquote(header[2]) == kept and header[1].endswith("pdf")
    assert answer.mimetype == "application/pdf" and answer.data == PDF
    page = client.get(f"/invoices/{held.ids['invoices']}").text
    assert str(escape(kept)) in page and "<svg onload" not in page and "\u202e" not in page
    assert {path.name for path in stores.current().folder.rglob("*") if path.is_file()} >= {row.sha256}  # type: ignore[attr-defined]
    assert not [path for path in stores.current().folder.rglob("*.pdf")]  # type: ignore[attr-defined]


NO_NAMES = (b"a\0b.pdf", b"....pdf", b"factura \xd1and\xfa.pdf", b"", b"a\r\nSet-Cookie: x=1\r\n.pdf",
            b"a.pdf\r\nContent-Length: 0")


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_ends_in_an_answer(held: Holding, world: World, client: FlaskClient, name: bytes) -> None:
    before = _newest(world).id
    status = _give(client, held, name)
    row = _newest(world)
    assert status in (303, 400, 422)
    if row.id != before:
        answer = client.get(f"/files/{row.id}")
        assert HEADER.fullmatch(answer.headers["Content-Disposition"]) and "Set-Cookie" not in answer.headers
    assert set(row.name).isdisjoint("\0\r\n")


@pytest.mark.parametrize("question", ["disposition=inline", "name=x.html", "type=text/html", "download=0&inline=1",
                                      "content_type=text/html&response-content-disposition=inline"])
def test_no_question_changes_how_a_file_is_given(held: Holding, client: FlaskClient, question: str) -> None:
    plain = client.get(f"/files/{held.ids['files']}")
    asked = client.get(f"/files/{held.ids['files']}?{question}")
    for header in ("Content-Disposition", "Content-Type", "Content-Security-Policy", "X-Content-Type-Options"):
        assert asked.headers[header] == plain.headers[header]
    assert plain.headers["Content-Disposition"].startswith("attachment;")


def test_the_audit_shows_and_exports_the_label(held: Holding, world: World, client: FlaskClient) -> None:
    for name in ("a formula", "markup", "right to left"):
        _give(client, held, NAMES[name][0])
    world.sign_in(client, held.buyer.people["auditor"])
    shown = client.get("/audit/export.csv").text
    cells = [cell for row in csv.reader(StringIO(shown.lstrip("\ufeff"))) for cell in row]
    assert [cell for cell in cells if "cmd!A0" in cell]
    assert not [cell for cell in cells if cell.lstrip().startswith("=")] and "\u202e" not in shown
    assert "<svg onload" not in client.get("/audit/").text


def test_between_the_steps_of_a_payment_too(world: World, client: FlaskClient, unguarded: None, ctx: Flask) -> None:
    """The proof waits unread, under the name that it was given."""
    made = holding(world, "N", state="approved")
    treasury = made.buyer.people["treasury"]
    world.sign_in(client, treasury)
    address = f"/treasury/pay/{made.seller.id}"
    body = _body("<svg onload=x>\u202egpj.pdf".encode(), b"evidence")
    assert client.post(address, data=body, content_type="multipart/form-data; boundary=b").status_code == 422
    page = client.get(address).text
    assert "-svg onload=x-gpj.pdf" in page and "\u202e" not in page and "<svg onload" not in page
    with world.owner():
        row = session.scalars(select(parking.ParkedForm).filter_by(path=parking.DRAFT + address)).one()
        assert parking.files_of(row) == ["-svg onload=x-gpj.pdf"]


def test_an_id_that_is_somebody_elses_file_stays_unknown(held: Holding, client: FlaskClient) -> None:
    assert client.get(f"/files/{new_id()}").status_code == 404
    assert client.get(f"/files/{UUID(int=0)}/pages/1").status_code == 404
