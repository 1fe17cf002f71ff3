"""Every page of suppliers and records, drawn for those who may and closed to the rest."""
import pytest
from flask.testing import FlaskClient

from portal.suppliers import layout
from portal.suppliers.models import Expiry, FieldType
from tests.factories import Buyer, Seller, World
from tests.forms import guard


@pytest.fixture()
def scene(world: World) -> tuple[Buyer, Seller, str]:
    buyer = world.client()
    with world.acting(world.actor(buyer, "administrator")) as actor:
        section = layout.save_section("Documentos", "Documents", actor)
        field = layout.save_field(
            layout.SaveField(
                section.id,
                "Constancia",
                "",
                "La última",
                "",
                FieldType.FILE,
                True,
                (),
                (),
                ("pdf",),
                5,
                Expiry.DOCUMENT_DATE,
                30,
            ),
            actor,
        )
    return buyer, world.supplier(buyer), str(field.id)


def test_the_clients_pages(world: World, client: FlaskClient, scene: tuple[Buyer, Seller, str]) -> None:
    buyer, seller, field = scene
    world.invoice(seller)
    world.sign_in(client, buyer.people["administrator"])
    for path in (
        "/suppliers/",
        "/suppliers/?q=papeler%C3%ADa&status=active",
        "/suppliers/new",
        f"/suppliers/{seller.id}",
        f"/suppliers/{seller.id}/change",
        f"/suppliers/{seller.id}/block",
        "/records/",
        f"/records/{seller.id}",
        "/settings/record/",
        "/settings/record/sections/new",
        "/settings/record/fields/new",
        f"/settings/record/fields/{field}",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Papelería" in answer.text or "/suppliers/" not in path or "new" in path, path


def test_the_suppliers_pages(world: World, client: FlaskClient, scene: tuple[Buyer, Seller, str]) -> None:
    _buyer, seller, field = scene
    world.sign_in(client, seller.person)
    assert client.get("/record/").headers["Location"].endswith(f"/record/{seller.id}")
    for path in (f"/record/{seller.id}", f"/record/{seller.id}?section=bank", f"/record/{seller.id}/fields/{field}",
                 f"/record/{seller.id}/accounts/new"):
        answer = client.get(path)
        assert answer.status_code == 200, path
    assert "faltan datos" in client.get(f"/record/{seller.id}").text


@pytest.mark.parametrize("path", ["/record/{0}", "/record/{0}/fields/{1}", "/record/{0}/accounts/new"])
def test_another_suppliers_record_does_not_exist(world: World, client: FlaskClient, scene: tuple[Buyer, Seller, str],
                                                 path: str) -> None:
    buyer, seller, field = scene
    stranger = world.supplier(buyer, "Otra", "OTR030303AB1")
    world.sign_in(client, stranger.person)
    assert client.get(path.format(seller.id, field)).status_code == 404


@pytest.mark.parametrize("path", ["/suppliers/{0}", "/records/{0}", "/suppliers/{0}/change"])
def test_another_clients_supplier_does_not_exist(world: World, client: FlaskClient, scene: tuple[Buyer, Seller, str],
                                                 path: str) -> None:
    _buyer, seller, _field = scene
    world.sign_in(client, world.client("Ajena", "AJE010101AA1").people["administrator"])
    assert client.get(path.format(seller.id)).status_code == 404


@pytest.mark.parametrize(("path", "said", "never"), [
    ("/settings/record/", ">Archivar<", ">Archivo<"), ("/suppliers/", "Activo<", "Activa<"),
    ("/suppliers/", ">Todos<", ">Todas<"), ("/records/", "Vencido<", "Vencida<")])
def test_a_word_agrees_with_what_it_speaks_of(world: World, client: FlaskClient, path: str, said: str, never: str,
                                              scene: tuple[Buyer, Seller, str]) -> None:
    world.sign_in(client, scene[0].people["administrator"])
    main = client.get(path).text.partition("<main")[2]
    assert said in main and never not in main


def test_an_invitation_that_was_taken_back_is_only_sent_again(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    world.sign_in(client, buyer.people["administrator"])
    form = {"kind": "company", "name": "Nueva", "tax_id": "NUE150101AB9", "contact_email": "n@nueva.example",
            "country": "MEX", "locale": "es"}
    place = client.post("/suppliers/new", data={**guard(client.get("/suppliers/new").text), **form}).headers["Location"]
    page = client.get(place).text
    assert f"{place}/revoke" in page and "Sirve hasta" in page
    changed = {"name": "Nueva", "contact_email": "otra@nueva.example", "group": ""}
    client.post(f"{place}/change", data={**guard(client.get(f"{place}/change").text), **changed})
    page = client.get(place).text
    assert "Se envió un enlace nuevo a otra@nueva.example" in page
    client.post(f"{place}/revoke", data=guard(page))
    page = client.get(place).text
    assert f"{place}/resend" in page and f"{place}/revoke" not in page and "Sirve hasta" not in page
