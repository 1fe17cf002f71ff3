"""What a client reads of SAT's lists on a supplier's and an invoice's page."""
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from html5lib import parse

from portal.core.db import DOOR, Scope, transaction
from portal.core.i18n import speaking
from portal.invoices.models import InvoiceStatus
from portal.sat import services, wording
from portal.sat.kinds import Kind
from portal.sat.services import Arrived
from portal.suppliers.models import SupplierKind
from tests.factories import World
from tests.sat.papers import efos, rfc, row, sat_bytes

pytestmark = pytest.mark.usefixtures("ctx")
THEIRS = "PNA020202CD2"
FIRM = "RFC,RAZON SOCIAL,TIPO PERSONA,SUPUESTO,FECHA DE PRIMERA PUBLICACION,ENTIDAD FEDERATIVA\r\n"


def load(*rows: str) -> None:
    with transaction(DOOR):
        services.load(Arrived(Kind.EFOS, sat_bytes(efos([*rows, row(900, rfc(1))])), "there"), accept_smaller=True)


def about(who: str = THEIRS, language: str = "en") -> wording.About:
    with transaction(Scope()), speaking(language):
        found = wording.about(who)
    assert found is not None
    return found


def test_nothing_loaded_is_said() -> None:
    said = about()
    assert (said.warn, said.notes, said.clear) == ([], [], [])
    assert [line.text for line in said.unchecked] == ["not loaded", "not loaded"]
    assert "No localizados" in said.unchecked[1].name and "69-B" in said.unchecked[0].name


def test_not_on_it_names_the_day_of_the_list() -> None:
    load()
    assert [(line.name, line.text) for line in about().clear] == [
        ("69-B (operations that do not exist)", "list of May 31, 2026")]
    assert about(language="es").clear[0].text == "lista del 31 may 2026"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30)):
        assert about().clear == [] and "too long ago" in about().unchecked[0].text


@pytest.mark.parametrize(("situation", "grave"), [
    ("Definitivo", True), ("Presunto", True), ("Otra", True), ("Desvirtuado", False), ("Sentencia Favorable", False)])
def test_each_situation_is_a_warning_or_good_to_know(situation: str, grave: bool) -> None:
    dates = ("01/02/2020", "03/02/2020")
    load(row(1, THEIRS, situation, Definitivo=dates, Presunto=dates))
    said = about()
    assert (len(said.warn), len(said.notes), said.clear) == (int(grave), int(not grave), [])
    if grave:
        assert situation in said.warn[0]["found"] and "list of May 31, 2026" in said.warn[0]["found"]
        assert ("since Feb 3, 2020" in said.warn[0]["found"]) is (situation != "Otra")
        assert said.warn[0]["remedy"]


@pytest.mark.parametrize(("kind", "grave"), [(Kind.FIRM, True), (Kind.SEALS, True), (Kind.CANCELLED, False)])
def test_lists_of_article_69(kind: Kind, grave: bool) -> None:
    with transaction(DOOR):
        services.load(Arrived(kind, f"{FIRM}{THEIRS},UNO,M,SUPUESTO,01/02/2014,X\r\n".encode(), "x"),
                      accept_smaller=True)
    said = about()
    assert (len(said.warn), len(said.notes)) == (int(grave), int(not grave))
    assert len(said.unchecked[1].name.split(";")) == len(Kind) - 2  # all but the 69-B and this one


@pytest.mark.parametrize("who", ["US-99-1234567", "XEXX010101000", ""])
def test_who_has_no_rfc_is_not_spoken_of(who: str) -> None:
    with transaction(Scope()):
        assert wording.about(who) is None


def test_the_pages_of_the_client_show_it(client: FlaskClient, world: World) -> None:
    load(row(1, THEIRS, "Definitivo", Definitivo=("", "03/02/2020")))
    buyer = world.client()
    seller = world.supplier(buyer)
    invoice = world.invoice(seller, status=InvoiceStatus.IN_REVIEW)
    abroad = world.supplier(buyer, "Acme Inc.", "US-99-1234567", kind=SupplierKind.FOREIGN)
    desk = world.sign_in(client, buyer.people["accounts_payable"])
    for path in (f"/suppliers/{seller.id}", f"/inbox/{invoice.id}"):
        page = desk.get(path, headers={"Accept-Language": "es"})
        assert page.status_code == 200 and "Definitivo desde el 3 feb 2020" in page.text
        assert "lista del 31 may 2026" in page.text and "sin cargar" in page.text
        assert parse(page.text) is not None
    assert "Listas del SAT" not in desk.get(f"/suppliers/{abroad.id}").text


def test_the_supplier_is_not_shown_what_its_client_is_warned_of(client: FlaskClient, world: World) -> None:
    load(row(1, THEIRS, "Definitivo"))
    seller = world.supplier(world.client())
    invoice = world.invoice(seller, status=InvoiceStatus.IN_REVIEW)
    page = world.sign_in(client, seller.person).get(f"/invoices/{invoice.id}")
    assert page.status_code == 200 and "69-B" not in page.text
