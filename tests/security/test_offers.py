"""What a page offers, its reader may do; every form carries its guards once; whatever can be done is offered somewhere.

Each page is read as each role, with a row in every table; what only another state of things offers is looked for in
the templates.
"""
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from portal.access.permissions import Permission as P
from portal.access.policy import ROLES, Role
from portal.accounts import sessions
from portal.web import once
from portal.web.page import PUBLIC, ROUTES
from tests.security.addresses import addresses, one_of
from tests.security.conftest import Two

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NAMED = set(re.findall(r"""['"](\w+\.\w+)['"]""", "".join(one.read_text() for one in TEMPLATES.rglob("*.html"))))
# Where one is led, or what stands in a letter, in the bar above or in a script; no page's own words lead there.
LED = {
    "accounts.recover_sent", "accounts.renew", "accounts.resume", "accounts.step_up", "accounts.switch",
    "accounts_links.activate", "accounts_links.asked", "accounts_links.join", "accounts_links.open_activate",
    "accounts_links.open_join", "accounts_links.open_reset", "accounts_links.open_setup", "accounts_links.reset",
    "accounts_links.setup", "accounts_setup.clients", "dashboards.home", "demo.file", "files.language",
    "invoices.add_foreign", "mail.letter",
}
# The headings of the lists, as each side reads them.
COLUMNS = {
    "accounts_people.index": ("Nombre | Roles | Última vez | Estado",),
    "accounts_profile.sessions": ("Cuándo | Resultado | Dirección IP | Navegador",
                                  "Navegador | Dirección IP | Desde | Última vez | Acciones"),
    "accounts_setup.clients": ("Nombre | RFC | Desde",),
    "accounts_setup.fiscal": ("RFC | Nombre | Código postal | Regímenes | Acciones",),
    "approvals.inbox": (" | Serie y folio | Proveedor | En espera | Total",),
    "audit.index": ("Qué pasó | Quién | Sobre | Cuándo",),
    "dashboards.home": ("Serie y folio | Proveedor | En espera | Total",),
    "invoices.attempts": ("Archivo | Cliente | UUID | Cuándo | Veredicto",
                          "Archivo | Proveedor | UUID | Cuándo | Veredicto"),
    "invoices.in_process": ("Serie y folio | Cliente | Fecha | Etapas | Estado | Pago programado | Total",),
    "invoices.index": ("Serie y folio | Proveedor | Fecha | Etapas | Estado | Pago programado | Total",),
    "invoices.to_send": ("Serie y folio | Cliente | Fecha | Datos de envío | Estado | Total",),
    "payments.archive": ("Número de pago | Cliente | Fecha | Forma | Estado | Monto",
                         "Número de pago | Proveedor | Fecha | Forma | Estado | Monto"),
    "payments.show": ("Serie y folio | UUID | Saldo antes | Pagado | Saldo después",),
    "payments_treasury.void": ("Serie y folio | Lo que pagó | Saldo hoy | Saldo si se anula",),
    "suppliers.index": ("Proveedor | RFC o clave fiscal | Estado | Expediente digital | Contacto",),
    "suppliers.show": ("Serie y folio | Fecha | Estado | Pago programado | Total",),
    "suppliers_review.index": ("Proveedor | Estado | Enviado | Próximo vencimiento",),
}
Offer = tuple[str, str]  # an endpoint and a method


def _endpoint(app: Flask, address: str, method: str) -> str:
    """Return the endpoint behind an address of the portal's own."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(address).path, method=method)[0])
    except RequestRedirect as moved:
        return _endpoint(app, moved.new_url.removeprefix("http://localhost"), method)
    except (NotFound, MethodNotAllowed):
        return f"nothing at {method} {address}"


def _offers(app: Flask, page: Any, here: str) -> Iterator[Offer]:
    for link in page.xpath("//main//a/@href[starts-with(., '/')]"):
        yield _endpoint(app, link, "GET"), "GET"
    for form in page.xpath("//form[not(@action) or @action='' or starts-with(@action, '/')]"):
        method = (form.get("method") or "get").upper()
        for action in (form.get("action") or here, *form.xpath(".//@formaction[starts-with(., '/')]")):
            yield _endpoint(app, action, method), method


def _pages(two: Two, client: FlaskClient, app: Flask, role: Role) -> Iterator[tuple[str, Any]]:
    """Yield every page that `role` may open, each once, with where it is."""
    two.world.sign_in(client, one_of(two, role))
    done = set()
    for address in addresses(app):
        if address.method == "GET" and address.permission in ROLES[role]:
            answer = client.get(address.at(app, two.mine.ids), follow_redirects=True)
            if answer.status_code == 200 and answer.mimetype == "text/html" and answer.request.path not in done:
                done.add(answer.request.path)
                yield answer.request.path, html.fromstring(answer.text)


@pytest.fixture()
def seen(two: Two, client: FlaskClient, app: Flask) -> dict[Role, list[tuple[str, Any]]]:
    """Every page of every role, in a company in which no list of a supplier is empty."""
    two.world.invoice(two.mine.seller)
    return {role: list(_pages(two, client, app, role)) for role in Role}


def test_pages_offer_what_can_be_done_and_nothing_that_is_refused(
        app: Flask, seen: dict[Role, list[tuple[str, Any]]]) -> None:
    offered = {(role, path, *offer) for role, pages in seen.items() for path, page in pages
               for offer in _offers(app, page, path)}
    assert not [one for one in offered if one[2].startswith("nothing")]
    assert not _refused(offered)
    assert set(ROUTES) - {endpoint for _role, _path, endpoint, _method in offered} <= NAMED | LED
    assert not LED & NAMED, "these have come to be offered"
    _each_form_has_its_guards(seen)
    _each_list_has_its_columns(app, seen)


def _refused(offered: set[tuple[Role, str, str, str]]) -> list[tuple[Role, str, str, str]]:
    return [one for one in offered if one[2] in ROUTES and ROUTES[one[2]].permission not in {PUBLIC, *ROLES[one[0]]}]


@pytest.mark.parametrize(("role", "less"), [
    (Role.TREASURY, {P.Payment.REGISTER, P.Payment.VOID, P.Supplier.REVEAL_BANK}),
    (Role.SUPPLIER_USER, {P.Payment.READ})])
def test_no_page_counts_on_what_else_a_role_may_do(two: Two, client: FlaskClient, app: Flask, role: Role,
                                                   less: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Roles are a table that changes: somebody with less is offered less."""
    monkeypatch.setitem(ROLES, role, ROLES[role] - less)
    monkeypatch.setattr(sessions, "_standing", sessions._standing.__wrapped__)  # else remembered for the process
    offered = {(role, path, *offer) for path, page in _pages(two, client, app, role)
               for offer in _offers(app, page, path)}
    assert len(offered) > 30 and not _refused(offered)


def test_every_form_of_a_template_carries_its_guard() -> None:
    forms = [(one.name, form) for one in TEMPLATES.rglob("*.html")
             for form in re.findall(r'<form[^>]*method="post".*?(?:</form>|\Z)', one.read_text(), re.S)]
    assert len(forms) > 10
    assert not [name for name, form in forms if not re.search(r"\{\{ (csrf|form_guard)\(\) \}\}", form)]


def _each_list_has_its_columns(app: Flask, seen: dict[Role, list[tuple[str, Any]]]) -> None:
    shown: dict[str, set[str]] = {}
    for path, page in (one for pages in seen.values() for one in pages):
        for table in page.xpath("//main//table[thead//th]"):
            heads = " | ".join(" ".join(head.text_content().split()) for head in table.xpath("./thead//th"))
            shown.setdefault(_endpoint(app, path, "GET"), set()).add(heads)
    assert {name: tuple(sorted(heads)) for name, heads in shown.items()} == COLUMNS


def _each_form_has_its_guards(seen: dict[Role, list[tuple[str, Any]]]) -> None:
    forms = [(path, form) for pages in seen.values() for path, page in pages
             for form in page.xpath("//form[@method='post']")]
    kept = [(path, form.get("action"), name) for path, form in forms for name in ("csrf_token", once.FIELD)
            if len(form.xpath(f".//input[@type='hidden'][@name='{name}'][string-length(@value) > 20]")) != 1]
    assert len(forms) > 300 and not kept
