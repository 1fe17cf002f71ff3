"""Files that mean harm through every door that takes a file: refused in plain words or kept as dead bytes, and never
an accident, a half-kept trace or an invoice."""
import ast
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import portal
from portal.access.policy import Role
from portal.core.db import session
from portal.invoices.models import InvoiceRequirement, RequirementType
from portal.storage import stores
from portal.storage.models import StoredFile
from portal.suppliers.models import FieldType, RecordField, Relationship, SupplierKind
from portal.web import previews
from tests.factories import World
from tests.papers import PDF
from tests.security.addresses import one_of
from tests.security.conftest import Two
from tests.security.corpus import CORPUS, Bad
from tests.security.rows import Holding, holding, prints
from tests.security.sheets import undone

ALL = ["pdf", "xml", "png", "jpeg"]
# What an attempt that was refused leaves, on purpose: that somebody tried, and what a person had typed.
TRACES = {"intake_attempts", "audit_events", "parked_forms", "form_submissions", "sessions"}


@dataclass(frozen=True)
class Door:
    """One field of one form that takes a file: the form's class and field, who opens it, and what else it sends."""

    form: str
    field: str
    at: Callable[[Holding], str]
    role: Role = Role.SUPPLIER_ADMINISTRATOR
    state: str = "draft"
    sent: Callable[[Holding], dict[str, Any]] = lambda _held: {}
    then: str = ""
    takes: tuple[str, ...] = ("pdf", "xml", "png", "jpeg")


def _pay(held: Holding) -> dict[str, Any]:
    return {"number": "T-77", "paid_on": "2026-11-20", "method": "transfer", "amount": "1.00", "currency": "MXN",
            f"amount-{held.ids['invoices']}": "1.00"}


DOORS = {
    "invoice": Door("AddForm", "files", lambda held: "/invoices/new",
                    sent=lambda held: {"relationship_id": str(held.seller.id)}, takes=()),
    "invoice from abroad": Door("AddForm", "files", lambda held: "/invoices/new",
                                sent=lambda held: {"relationship_id": str(held.seller.id)}, takes=("pdf",)),
    "other files for a draft": Door("ReplaceForm", "files", lambda held: f"/invoices/{held.ids['invoices']}/files",
                                    sent=lambda held: {"version": "1"}, takes=("pdf",)),
    "requirement": Door("RequirementAnswerForm", "file",
                        lambda held: f"/invoices/{held.ids['invoices']}/requirements/"
                                     f"{held.ids['invoice_requirements']}"),
    "record": Door("FieldValueForm", "file",
                   lambda held: f"/record/{held.seller.id}/fields/{held.ids['record_fields']}"),
    "bank account": Door("AccountForm", "proof", lambda held: f"/record/{held.seller.id}/accounts/new",
                         takes=("pdf", "png", "jpeg"),
                         sent=lambda held: {"holder": "Vendedora", "country": "MEX", "currency": "MXN",
                                            "number": "002010077777777771"}),
    "payment": Door("RegisterForm", "evidence", lambda held: f"/treasury/pay/{held.seller.id}", Role.TREASURY,
                    "approved", _pay, "/confirm"),
}


@dataclass
class Way:
    """One door, standing open."""

    door: Door
    held: Holding
    browser: FlaskClient
    app: Flask
    world: World

    def keeps(self, bad: Bad) -> bool:
        """Whether the file is of a kind that this door takes, and can do nothing."""
        return bad.kept and bad.name.rpartition(".")[2].replace("jpg", "jpeg") in self.door.takes

    def give(self, *files: tuple[str, bytes]) -> Any:
        """Send files as the door's person; return the last page or redirection."""
        address = self.door.at(self.held)
        carried = [(BytesIO(data), name) for name, data in files]
        answer = self.browser.post(address, data={**self.door.sent(self.held), self.door.field: carried},
                                   content_type="multipart/form-data")
        if self.door.then and answer.status_code == 303:
            seen = self.browser.get(address + self.door.then)
            token = seen.text.partition('name="seen" value="')[2].partition('"')[0]
            answer = self.browser.post(address + self.door.then, data={"seen": token})
        return answer


@pytest.fixture(params=list(DOORS))
def way(request: pytest.FixtureRequest, world: World, client: FlaskClient, ctx: Flask, unguarded: None) -> Way:
    """Each door, open, in a world of its own."""
    door = DOORS[request.param]
    held = holding(world, "U", state=door.state)
    with world.owner():
        wanted = session.get_one(InvoiceRequirement, held.ids["invoice_requirements"])
        wanted.type, wanted.file_types, wanted.max_mb = RequirementType.FILE, ALL, 10
        field = session.get_one(RecordField, held.ids["record_fields"])
        field.type, field.file_types, field.max_mb, field.kinds = FieldType.FILE, ALL, 10, []
        if "abroad" in request.param:
            pair = session.get_one(Relationship, held.seller.id)
            pair.country, pair.kind = "USA", SupplierKind.FOREIGN
    world.sign_in(client, one_of(Two(world, held, held), door.role))
    return Way(door, held, client, ctx, world)


def test_every_door_is_tried() -> None:
    """A form that takes a file and is not here is not attacked."""
    found = set()
    for path in Path(portal.__file__).parent.rglob("forms.py"):
        for made in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)):
            found |= {(made.name, line.targets[0].id) for line in made.body
                      if isinstance(line, ast.Assign) and isinstance(line.value, ast.Call)
                      and getattr(line.value.func, "id", "").endswith("FileField")}
    assert found == {(door.form, door.field) for door in DOORS.values()}


def test_what_is_refused_leaves_nothing(way: Way) -> None:
    before, kept = prints(way.world), _objects()
    wrong = {name: problem for name, bad in CORPUS.items() if not way.keeps(bad) and (problem := _refused(way, bad))}
    assert not wrong, wrong
    after = prints(way.world)
    assert {table for table in after if after[table] != before[table]} <= TRACES
    assert _objects() == kept


def test_what_is_kept_is_dead(way: Way) -> None:
    """Given back as it came, to be saved and never run; its pages are drawn, or not, without an accident."""
    wrong, held = {}, _held(way.world)
    for name, bad in ((name, bad) for name, bad in CORPUS.items() if way.keeps(bad)):
        with undone(way.app):
            wrong[name] = _kept(way, bad, held)
    assert not {name: problem for name, problem in wrong.items() if problem}
    assert bool(wrong) == bool(way.door.takes)


def test_a_good_file_goes_through(way: Way) -> None:
    """The control: the doors are not merely shut. An invoice alone lacks its XML, which is told."""
    before = _held(way.world)
    answer = way.give(("a.pdf", PDF))
    if way.door.takes:
        assert answer.status_code == 303 and len(_held(way.world) - before) == 1
    else:
        assert "/invoices/attempts/" in answer.headers["Location"] and _held(way.world) == before


def _refused(way: Way, bad: Bad) -> str:
    """Return what is wrong with how the file was refused, "" for nothing."""
    answer = way.give((bad.name, bad.data))
    if answer.status_code not in (303, 413, 422):
        return f"answered {answer.status_code}"
    page = way.browser.get(answer.headers["Location"]) if answer.status_code == 303 else answer
    if page.status_code >= 500 or "<script>alert" in page.text:
        return f"then {page.status_code}, or raw"
    return "" if "error-summary" in page.text or "/attempts/" in page.request.path else "nobody was told"


def _kept(way: Way, bad: Bad, held: set[UUID]) -> str:
    answer = way.give((bad.name, bad.data))
    new = _held(way.world) - held
    if answer.status_code != 303 or len(new) != 1:
        return f"answered {answer.status_code}, kept {len(new)}"
    back, headers = (seen := way.browser.get(f"/files/{next(iter(new))}")), seen.headers
    with way.world.owner():
        previews._drawn(bad.data, session.get_one(StoredFile, next(iter(new))).media_type)
    safe = (headers["Content-Disposition"].startswith("attachment;") and headers["X-Content-Type-Options"] == "nosniff"
            and headers["Content-Security-Policy"] == "sandbox; default-src 'none'" and back.mimetype != "text/html")
    return "" if safe and back.data == bad.data else "given back otherwise"


def _held(world: World) -> set[UUID]:
    with world.owner():
        return set(session.scalars(select(StoredFile.id)))


def _objects() -> set[str]:
    folder = stores.current().folder  # type: ignore[attr-defined]
    return {path.name for path in folder.rglob("*") if path.is_file()}
