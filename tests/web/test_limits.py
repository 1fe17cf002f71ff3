"""Which language a visitor reads, and how long the choice is remembered."""
import pytest
from flask.testing import FlaskClient

from portal.web.cookies import YEAR
from tests.factories import World


def _read(client: FlaskClient, path: str = "/recover", accept: str = "", chosen: str = "") -> str:
    if chosen:
        client.set_cookie("lang", chosen, domain="localhost")
    page = client.get(path, headers={"Accept-Language": accept} if accept else {}).text
    return page.partition('<html lang="')[2][:2]


@pytest.mark.parametrize(("asked", "chosen", "accept", "read"), [
    ("", "", "", "es"), ("", "", "fr", "es"), ("", "", "en-GB,en", "en"), ("", "", "en;q=0.3, es-MX", "es"),
    ("", "", "ES-419, en;q=0.3", "es"), ("", "", "es;q=0, en;q=0.1", "en"), ("", "", "*", "es"),
    ("", "en", "es", "en"), ("", "fr", "en", "en"), ("en", "es", "es", "en"), ("fr", "en", "es", "es"),
    ("fr", "", "en", "en")])
def test_who_is_not_signed_in_reads_what_was_asked_then_chosen_then_preferred(
        client: FlaskClient, asked: str, chosen: str, accept: str, read: str) -> None:
    assert _read(client, f"/recover?lang={asked}" if asked else "/recover", accept, chosen) == read


def test_what_was_asked_is_remembered_for_a_year(client: FlaskClient) -> None:
    client.get("/recover?lang=fr")
    assert client.get_cookie("lang") is None
    client.get("/recover?lang=en")
    kept = client.get_cookie("lang")
    assert kept and (kept.value, kept.max_age, kept.http_only, kept.same_site) == ("en", YEAR, True, "Lax")
    assert _read(client, accept="es") == "en"


def test_who_was_inside_reads_the_own_language_after_leaving(world: World, client: FlaskClient) -> None:
    world.sign_in(client, world.client().people["auditor"])
    client.set_cookie("lang", "en", domain="localhost")
    client.get("/profile")
    client.delete_cookie("sid", domain="localhost")
    assert _read(client, accept="en") == _read(client, "/nowhere", accept="en") == "es"


def test_a_person_reads_the_own_language_whatever_the_browser_prefers(world: World, client: FlaskClient) -> None:
    world.sign_in(client, world.client().people["auditor"])
    assert _read(client, "/profile", accept="en", chosen="en") == "es"
