"""What a client's administrator demands and accepts."""
from dataclasses import asdict
from decimal import Decimal

import pytest

from portal.audit.models import AuditEvent
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.types import columns
from portal.invoices import demands, queries, services
from portal.invoices.configuration import MOST
from portal.invoices.models import InvoiceRequirement, RequirementType
from portal.invoices.services import SaveRequirement, SaveSettings
from tests.forms import as_shown, columns_of
from tests.invoices.conftest import detached

TEXT, CHOICE, FILE = RequirementType.TEXT, RequirementType.CHOICE, RequirementType.FILE


@pytest.fixture()
def admin(world, buyer):
    return world.actor(buyer, "administrator")


def add(world, admin, label, kind=TEXT, **more):
    with world.acting(admin):
        return detached(services.add_requirement(SaveRequirement(type=kind, label_es=label, **more), admin))


def order(world, admin, archived=False):
    with world.acting(admin):
        return [r.label_es for r in demands.requirements(admin, admin.client_id, archived=archived)]


def test_requirements_keep_their_order_and_can_be_moved(world, admin):
    for label in "ABC":
        last = add(world, admin, label)
    assert order(world, admin) == ["A", "B", "C"]
    with world.acting(admin):
        services.move_requirement(last.id, True, admin)
    assert order(world, admin) == ["A", "C", "B"]
    for _again in range(3):  # at the top nothing happens
        with world.acting(admin):
            services.move_requirement(last.id, True, admin)
    assert order(world, admin) == ["C", "A", "B"]
    with world.acting(admin):
        services.move_requirement(last.id, False, admin)
    assert order(world, admin) == ["A", "C", "B"]


def test_what_is_changed_is_told_to_the_trail(world, admin):
    first, row = add(world, admin, "A"), add(world, admin, "B")
    for act in (lambda: services.edit_requirement(row.id, SaveRequirement(type=TEXT, label_es="C"), admin),
                lambda: services.move_requirement(row.id, True, admin),
                lambda: services.archive_requirement(row.id, admin),
                lambda: services.restore_requirement(row.id, admin)):
        with world.acting(admin):
            act()
    with world.owner():
        told = [(e.subject_id, e.subject_label, e.details["change"]) for e in session.query(AuditEvent).filter_by(
            kind="RequirementChanged", client_id=admin.client_id).order_by(AuditEvent.id)]
    assert told[0] == (first.id, "A", told[1][2])
    assert [one[:2] for one in told[1:]] == [(row.id, "B")] + [(row.id, "C")] * 4
    assert len({change for _id, _label, change in told}) == 5


def test_archived_ones_can_be_asked_again(world, admin):
    row = add(world, admin, "A")
    with world.acting(admin):
        services.archive_requirement(row.id, admin)
    assert order(world, admin) == [] and order(world, admin, archived=True) == ["A"]
    with world.acting(admin):
        services.restore_requirement(row.id, admin)
    assert order(world, admin) == ["A"]


@pytest.mark.parametrize(("more", "field"), [
    ({"kind": CHOICE, "choices": ("una",)}, "choices"), ({"kind": FILE}, "file_types"),
    ({"minimum": Decimal(-1)}, "minimum"),
])
def test_what_cannot_be_meant_is_refused(more, field, world, admin):
    with pytest.raises(Invalid) as refused:
        add(world, admin, "X", **more)
    assert field in refused.value.fields
    assert order(world, admin) == []


def test_the_type_is_fixed(world, admin):
    row = add(world, admin, "A")
    with pytest.raises(Conflict), world.acting(admin):
        services.edit_requirement(row.id, SaveRequirement(type=RequirementType.DATE, label_es="B"), admin)


@pytest.mark.parametrize("kind", RequirementType)
def test_one_sent_back_as_its_page_shows_it_is_as_it_was(kind, world, admin, buyer, client):
    """Every type is offered, and all that is kept of a requirement has its field and is shown there as it is."""
    whole = SaveRequirement(type=kind, label_es="Orden", label_en="Order", help_es="Con\nsello", help_en="Sealed",
                            mandatory=False, kinds=("I", "foreign"), groups=("norte", "sur"), minimum=Decimal(500),
                            choices=("una", "dos") if kind is CHOICE else (),
                            file_types=("pdf", "png") if kind is FILE else (), max_mb=7)
    assert set(columns(whole)) == columns_of(InvoiceRequirement, but="position")
    row = add(world, admin, whole.label_es, kind, **{k: v for k, v in asdict(whole).items()
                                                     if k not in ("type", "label_es")})
    world.sign_in(client, buyer.people["administrator"])
    assert f'<option value="{kind.value}">' in client.get("/settings/invoices/requirements/new").text.replace(
        " selected", "")
    page = f"/settings/invoices/requirements/{row.id}"
    assert client.post(page, data=as_shown(client.get(page).text)).status_code == 303
    with world.owner():
        kept = session.get_one(InvoiceRequirement, row.id)
        assert {name: getattr(kept, name) for name in columns(whole)} == columns(whole) | {
            "max_mb": 7 if kind is FILE else 10}


def test_there_is_a_limit(world, admin, buyer):
    with world.owner():
        session.add_all(InvoiceRequirement(client_id=buyer.id, position=n, label_es=str(n), type=TEXT)
                        for n in range(MOST))
    with pytest.raises(Invalid):
        add(world, admin, "uno más")


def test_settings_are_saved_and_audited(world, admin, buyer):
    with world.acting(admin):
        assert queries.settings(buyer.id).pdf_required
        services.save_settings(SaveSettings(pdf_required=False, accepts_foreign=True,
                                            foreign_currencies=("USD",)), admin)
    with world.acting(admin):
        kept = queries.settings(buyer.id)
        assert (kept.pdf_required, kept.foreign_currencies) == (False, ["USD"])
    with world.owner():
        assert "InvoiceSettingsChanged" in {e.kind for e in session.query(AuditEvent)}


def test_foreign_invoices_need_a_currency(world, admin):
    with pytest.raises(Invalid), world.acting(admin):
        services.save_settings(SaveSettings(pdf_required=True, accepts_foreign=True, foreign_currencies=()), admin)


def test_only_the_administrator_configures(world, buyer, admin, supplier):
    row = add(world, admin, "A")
    for actor in (world.actor(buyer, "accounts_payable"), world.actor(buyer, "auditor"), supplier):
        for act in (lambda a=actor: services.add_requirement(SaveRequirement(type=TEXT, label_es="X"), a),
                    lambda a=actor: services.archive_requirement(row.id, a),
                    lambda a=actor: services.save_settings(SaveSettings(
                        pdf_required=False, accepts_foreign=False, foreign_currencies=()), a)):
            with pytest.raises(NotAllowed), world.acting(actor):
                act()


def test_another_clients_requirement_is_not_found(world, admin):
    row = add(world, admin, "A")
    other = world.actor(world.client("Otra", "OCO050505IJ6"), "administrator")
    for act in (lambda: services.archive_requirement(row.id, other),
                lambda: services.restore_requirement(row.id, other),
                lambda: services.move_requirement(row.id, True, other),
                lambda: services.edit_requirement(row.id, SaveRequirement(type=TEXT, label_es="X"), other)):
        with pytest.raises(NotFound), world.acting(other):
            act()
    assert order(world, admin) == ["A"]
