"""Set-up, fiscal profiles, the organization's data and password rules, the own profile."""
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts import configuration, joining, profile, queries, regimes
from portal.accounts.configuration import Profile, checked, fiscal_name
from portal.accounts.models import FiscalProfile, Membership, Organization, User, UserSession
from portal.accounts.policy import PasswordPolicy
from portal.cfdi.catalogs.taxpayers import REGIMEN_FISCAL
from portal.core import db, events
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.accounts.steps import GOOD, contents, letters, post, secret_in
from tests.factories import World

SETUP = {"organization": "Aceros del Norte, S.A. de C.V.", "rfc": "ano-050505 ij6",
         "fiscal_name": "aceros del  norte, S.A. DE C.V.", "postcode": "64000", "regimes": ["601"],
         "zone": "America/Monterrey", "name": "Eva Lara", "locale": "es", "email": "eva@aceros.example",
         "password": GOOD, "accepted": "y"}


def _secret(world: World) -> str:
    with world.app.app_context(), db.transaction(db.DOOR):
        return joining.issue_setup().rsplit("/", 1)[1]


def test_the_first_steps(world: World, client: FlaskClient) -> None:
    secret = _secret(world)
    page = client.get(f"/setup/{secret}", follow_redirects=True)
    assert page.status_code == 200 and secret not in page.text and "601 · " in page.text
    assert post(client, "/setup", SETUP).location == "/"
    with world.owner():
        organization = db.session.scalars(select(Organization)).one()
        profile = db.session.scalars(select(FiscalProfile)).one()
        member = db.session.scalars(select(Membership)).one()
    assert organization.is_client and organization.tax_id == "ANO050505IJ6"
    assert organization.zone == "America/Monterrey"
    assert (profile.name, profile.postcode, profile.regimes) == ("ACEROS DEL NORTE", "64000", ["601"])
    assert profile.is_default
    assert member.roles == ["administrator", "operator"]  # the first one also operates the installation
    assert client.get("/settings").status_code == 200
    assert contents(letters(world, "registered")[0])["organization"] == "Aceros del Norte, S.A. de C.V."
    assert world.app.test_client().get(f"/setup/{secret}", follow_redirects=True).status_code == 410


def test_only_the_first_set_up_makes_an_operator(world: World, client: FlaskClient) -> None:
    client.get(f"/setup/{_secret(world)}")
    post(client, "/setup", SETUP)
    other = world.app.test_client()
    other.get(f"/setup/{_secret(world)}")
    done = post(other, "/setup", {**SETUP, "rfc": "BNO050505IJ6", "email": "otra@aceros.example", "roles": "operator"})
    assert done.location == "/"
    with world.owner():
        assert sorted(len(m.roles) for m in db.session.scalars(select(Membership))) == [1, 2]


@pytest.mark.parametrize(("wrong", "field"), [
    ({"rfc": "ANO05"}, "rfc"), ({"postcode": "640"}, "postcode"), ({"regimes": []}, "regimes"),
    ({"regimes": ["612"]}, "regimes"), ({"regimes": ["999"]}, "regimes"), ({"email": "eva"}, "email"),
    ({"password": "aceros-del-norte-2026"}, "password"), ({"accepted": ""}, "accepted"),
    ({"organization": ""}, "organization")])
def test_what_is_wrong_at_the_set_up_is_said_and_nothing_is_made(world: World, client: FlaskClient,
                                                                 wrong: dict[str, object], field: str) -> None:
    client.get(f"/setup/{_secret(world)}")
    page = post(client, "/setup", {**SETUP, **wrong})
    assert page.status_code == 422 and f'id="{field}-error"' in page.text
    if field != "organization":
        assert "Aceros del Norte" in page.text  # what was typed is still there
    with world.owner():
        assert db.session.scalars(select(Organization)).all() == []
    assert post(client, "/setup", SETUP).status_code == 303


def test_the_operator_sends_set_up_links(world: World, client: FlaskClient) -> None:
    client.get(f"/setup/{_secret(world)}")
    post(client, "/setup", SETUP)
    with world.owner():
        organization_id = db.session.scalars(select(Organization.id)).one()
    assert client.get("/clients").status_code == 403  # as the client's administrator
    post(client, f"/switch/{organization_id}/operator")
    assert "Aceros" in client.get("/clients").text
    assert post(client, "/clients", {"email": "luz@nuevo.example", "name": "Luz", "locale": "es"}).status_code == 303
    visitor = world.app.test_client()
    visitor.get(f"/setup/{secret_in(letters(world, 'setup')[0])}")
    stolen = post(visitor, "/setup", {**SETUP, "rfc": "BNO050505IJ6", "email": "otra@x.example"})
    assert stolen.status_code == 422
    assert post(visitor, "/setup", {**SETUP, "rfc": "BNO050505IJ6", "email": "luz@nuevo.example"}).status_code == 303


def test_nobody_else_operates(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    with world.acting(world.actor(buyer, "administrator")) as actor:
        for act in (lambda: queries.clients(actor), lambda: joining.invite_client("x@x.example", "", "es", actor)):
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.parametrize(("typed", "kept"), [
    ("Acme, S.A. de C.V.", "ACME"), ("Grupo X S de RL de CV", "GRUPO X"), ("Foo SAPI de CV", "FOO"),
    ("Bar S.C.", "BAR"),
    ("Agro S.P.R. de R.L. de C.V.", "AGRO"), ("Bolsa S.A.B. de C.V.", "BOLSA"), ("Tres S. de R.L. M.I.", "TRES"),
    (" la   casa ", "LA CASA"), ("MACSA", "MACSA"), ("Niños y Peñas", "NIÑOS Y PEÑAS")])
def test_names_as_the_tax_record_has_them(typed: str, kept: str) -> None:
    assert fiscal_name(typed) == kept


def test_a_persons_name_keeps_every_word() -> None:
    assert checked(Profile("RULA800101AB2", "Laura Ruiz SA", "06300", ("612",))).name == "LAURA RUIZ SA"


def test_several_rfcs(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    world.sign_in(client, buyer.people["administrator"])
    profile = {"rfc": "TVA040404GH5", "fiscal_name": "Tornillos", "postcode": "64000", "regimes": ["601", "626"]}
    assert post(client, "/settings/fiscal/new", profile).status_code == 303
    twice = post(client, "/settings/fiscal/new", profile)
    assert twice.status_code == 422 and 'id="rfc-error"' in twice.text
    with world.owner():
        rows = {p.rfc: p.id for p in db.session.scalars(select(FiscalProfile))}
    first, second = rows["CVA010101AB1"], rows["TVA040404GH5"]
    post(client, f"/settings/fiscal/{second}", {**profile, "rfc": "XXX010101XX1", "postcode": "64010"})
    assert post(client, f"/settings/fiscal/{first}/remove").status_code == 409
    post(client, f"/settings/fiscal/{second}/prefer")
    assert post(client, f"/settings/fiscal/{first}/remove").status_code == 303
    with world.owner():
        left = db.session.scalars(select(FiscalProfile)).one()
    assert (left.rfc, left.postcode, left.is_default) == ("TVA040404GH5", "64010", True)


def test_other_clients_profiles_do_not_exist(world: World, client: FlaskClient) -> None:
    mine, other = world.client(), world.client("Otra Casa", "OCA030303EF3")
    with world.owner():
        theirs = db.session.scalars(select(FiscalProfile.id).filter_by(client_id=other.id)).one()
    world.sign_in(client, mine.people["administrator"])
    assert client.get(f"/settings/fiscal/{theirs}").status_code == 404
    for act in ("", "/prefer", "/remove"):
        answer = post(client, f"/settings/fiscal/{theirs}{act}",
                      {"fiscal_name": "X", "postcode": "00000", "regimes": ["601"]})
        assert answer.status_code == 404
    with world.owner():
        assert db.session.get_one(FiscalProfile, theirs).name == "OTRA CASA"


@pytest.mark.parametrize("role", ["accounts_payable", "approver", "treasury", "auditor"])
def test_only_administrators_configure(world: World, role: str) -> None:
    buyer = world.client()
    with world.acting(world.actor(buyer, role)) as actor:
        for act in (lambda: configuration.add_profile(Profile("TVA040404GH5", "T", "64000", ("601",)), actor),
                    lambda: configuration.change_organization("X", "es", "America/Cancun", actor)):
            with pytest.raises(NotAllowed):
                act()


def test_a_supplier_sees_its_tax_id_but_does_not_edit_it(world: World, client: FlaskClient) -> None:
    seller = world.supplier(world.client())
    organization_id = seller.organization.id
    world.sign_in(client, seller.person)
    assert "PNA020202CD2" in client.get("/settings/organization").text
    post(client, "/settings/organization", {"name": "Papelería Nueva", "locale": "en", "zone": "America/Cancun",
                                            "tax_id": "XXX010101XX1", "is_client": "1", "country": "USA"})
    with world.owner():
        row = db.session.get_one(Organization, organization_id)
        assert (row.name, row.locale) == ("Papelería Nueva", "en")
        assert (row.tax_id, row.is_client, row.country) == ("PNA020202CD2", False, "MEX")


def test_password_rules_are_kept_and_never_softer(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    person = buyer.people["auditor"].user.id
    world.sign_in(client, buyer.people["administrator"])
    assert post(client, "/settings/passwords", {"min_length": "6"}).status_code == 422
    assert post(client, "/settings/passwords", {"min_length": "16", "classes": ["digit"], "no_reuse": "4",
                                                "lifetime_days": "30"}).status_code == 303
    with world.app.app_context(), db.transaction(db.DOOR):
        rules = queries.policy_of(person)
    assert (rules.min_length, rules.classes, rules.no_reuse, rules.lifetime_days) == (16, ("digit",), 4, 30)


def test_a_person_of_two_organizations_has_the_strictest_rules(world: World) -> None:
    first, second = world.client(), world.client("Otra Casa", "OCA030303EF3")
    person = first.people["auditor"].user
    with world.owner():
        db.session.add(Membership(user_id=person.id, organization_id=second.id, roles=["auditor"]))
        db.session.get_one(Organization, second.id).password_policy = {"min_length": 20}
    with world.acting(world.actor(first, "auditor")):
        assert queries.policy_of(person.id).min_length == 20


def test_the_language_holds_at_once(world: World, client: FlaskClient) -> None:
    world.sign_in(client, world.client().people["auditor"])
    assert '<html lang="es"' in client.get("/profile").text
    back = post(client, "/profile/language/en", headers={"Referer": "http://localhost/profile/sessions"})
    assert back.location == "/profile/sessions"
    assert '<html lang="en"' in client.get("/profile").text
    assert post(client, "/profile/language/xx").status_code == 404
    away = post(client, "/profile/language/es", headers={"Referer": "http://evil.example/x"})
    assert away.location == "/"


def test_the_profile_is_ones_own(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    person, other = buyer.people["auditor"], buyer.people["treasury"].user.id
    user_id, email = person.user.id, person.user.email
    world.sign_in(client, person)
    done = post(client, "/profile", {"name": "Nueva Persona", "locale": "en", "zone": "America/Tijuana",
                                     "theme": "dark", "email": "evil@x.example", "id": str(other), "disabled_at": "1"})
    assert done.status_code == 303
    with world.owner():
        mine, theirs = db.session.get_one(User, user_id), db.session.get_one(User, other)
        assert (mine.name, mine.locale, mine.zone, mine.theme) == ("Nueva Persona", "en", "America/Tijuana", "dark")
        assert mine.email == email
        assert theirs.name != "Nueva Persona"
    assert 'data-bs-theme="dark"' in client.get("/profile").text
    for name, zone in (("", "America/Tijuana"), ("X", "Mars/Base")):
        refused = post(client, "/profile", {"name": name, "locale": "en", "zone": zone, "theme": "dark"})
        assert refused.status_code == 422


def test_sessions_are_seen_and_ended(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    person, stranger = buyer.people["auditor"], buyer.people["treasury"]
    others = [world.sign_in(world.app.test_client(), person) for _n in range(2)]
    foreign = world.sign_in(world.app.test_client(), stranger)
    world.sign_in(client, person)
    with world.owner():
        rows = db.session.scalars(select(UserSession).order_by(UserSession.id)).all()
        ids = [r.id for r in rows]
    post(client, f"/profile/sessions/{ids[2]}/end")
    assert foreign.get("/profile").status_code == 200  # somebody else's session is not ended
    post(client, f"/profile/sessions/{ids[0]}/end")
    assert [b.get("/profile").status_code for b in others] == [303, 200]
    post(client, "/profile/sessions/end-others")
    assert others[1].get("/profile").status_code == 303
    assert client.get("/profile/sessions").status_code == 200


def test_a_removed_profile_is_not_found(world: World) -> None:
    buyer = world.client()
    with world.acting(world.actor(buyer, "administrator")) as actor:
        with pytest.raises(NotFound):
            configuration.prefer_profile(buyer.id, actor)
        first = queries.fiscal_profiles(actor.client_id)[0]
        with pytest.raises(Invalid):  # the RFC of the row decides what fits, not the one that is given
            configuration.change_profile(first.id, Profile("RULA800101AB2", "X", "06300", ("612",)), actor)
        with pytest.raises(Conflict):
            configuration.remove_profile(queries.fiscal_profiles(actor.client_id)[0].id, actor)
        with pytest.raises(Invalid):
            configuration.checked_zone("../etc/passwd")


def test_the_regimes_are_those_of_the_core() -> None:
    spoken = dict(regimes.options("es"))
    assert list(spoken) == list(REGIMEN_FISCAL) and spoken["601"] == "601 · General de Ley Personas Morales"
    assert dict(regimes.options("en"))["606"] == "606 · Leasing"
    assert regimes.fits("601", "ANO050505IJ6") and not regimes.fits("601", "ANOA050505IJ6")
    assert regimes.known("626") and not regimes.known("999")


def test_what_an_organization_changes_of_itself_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[events.Event] = []
    monkeypatch.setattr(events, "_listeners", {events.Event: (lambda event, _actor: told.append(event),)})
    with world.acting(world.actor(world.client(), "administrator")) as actor:
        row = configuration.change_organization("Valle", "en", "America/Mexico_City", actor)
        configuration.change_organization("Valle", "en", "America/Mexico_City", actor)
        configuration.change_policy(PasswordPolicy(14), actor)
        configuration.change_policy(PasswordPolicy(14), actor)
        profile.change("Ana", "es", "America/Tijuana", "dark", actor)
        profile.speak("es", actor)
        assert [(type(e).__name__, e.changed, e.client_id) for e in told] == [  # type: ignore[attr-defined]
            ("OrganizationChanged", ("name", "locale"), actor.client_id),
            ("PasswordPolicyChanged", ("min_length",), actor.client_id),
            ("ProfileChanged", ("name", "zone", "theme"), actor.client_id)]
        assert row.password_policy["min_length"] == 14
        assert [(e.subject_id, e.subject_label) for e in told] == [
            (row.id, "Valle"), (row.id, "Valle"), (actor.user_id, actor.email)]
