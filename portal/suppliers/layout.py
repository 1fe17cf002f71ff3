"""The layout that a client demands: read it for one supplier, and set it up."""
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Invalid, NotFound
from portal.core.events import announce
from portal.core.i18n import _
from portal.core.ordering import shift
from portal.core.types import columns
from portal.suppliers import engine
from portal.suppliers.events import LayoutChanged
from portal.suppliers.models import (
    Expiry,
    FieldType,
    RecordField,
    RecordGate,
    RecordPolicy,
    RecordSection,
    Relationship,
)

DEMANDS = ("field", "archived", "policy")  # the changes by which something else is demanded


@dataclass(frozen=True)
class Layout:
    """What one client demands of one supplier."""

    sections: Sequence[RecordSection]
    fields: Sequence[RecordField]
    bank_required: bool

    def of(self, section: RecordSection) -> list[RecordField]:
        """Return the fields of a section in their order."""
        return [f for f in self.fields if f.section_id == section.id]

    def field(self, field_id: UUID) -> RecordField:
        """Return a field that is demanded. Raises NotFound."""
        found = next((f for f in self.fields if f.id == field_id), None)
        if found is None:
            raise NotFound
        return found


@dataclass(frozen=True)
class SaveField:
    """A field of the layout as the form gives it; its fields are columns of `RecordField`."""

    section_id: UUID
    label_es: str
    label_en: str
    help_es: str
    help_en: str
    type: FieldType
    mandatory: bool
    kinds: tuple[str, ...]
    choices: tuple[str, ...]
    file_types: tuple[str, ...]
    max_mb: int
    expiry: Expiry
    lifetime_days: int | None


def layout_for(relationship: Relationship) -> Layout:
    """Return the layout that applies to a supplier; sections without fields for it are left out."""
    sections, fields = _live(relationship.client_id)
    wanted = engine.demanded(fields, relationship.kind.value)
    used = {f.section_id for f in wanted}
    return Layout([s for s in sections if s.id in used], wanted, policy_of(relationship.client_id).bank_account)


def whole(actor: Actor) -> Layout:
    """Return a client's whole layout, for setting it up."""
    actor.require(Permission.Organization.CONFIGURE)
    sections, fields = _live(actor.client_id)
    return Layout(sections, fields, policy_of(actor.client_id).bank_account)


def policy_of(client_id: UUID | None) -> RecordPolicy:
    """Return a client's policy about records; one that asks for nothing when it has set none."""
    found = session.scalar(select(RecordPolicy).filter_by(client_id=client_id))
    return found or RecordPolicy(client_id=client_id, gate=RecordGate.NOTHING, approved=True, bank_account=True)


def save_policy(gate: RecordGate, approved: bool, bank_account: bool, actor: Actor) -> RecordPolicy:
    """Set whether the record is needed, and when."""
    actor.require(Permission.Organization.CONFIGURE)
    row = policy_of(actor.client_id)
    row.gate, row.approved, row.bank_account = gate, approved, bank_account
    session.add(row)
    _tell(row.id, gate.value, "policy", actor)
    return row


def save_section(title_es: str, title_en: str, actor: Actor, section_id: UUID | None = None) -> RecordSection:
    """Add a section at the end, or rename one."""
    actor.require(Permission.Organization.CONFIGURE)
    row = find_section(section_id, actor) if section_id else RecordSection(
        client_id=actor.client_id, position=1 + max((s.position for s in whole(actor).sections), default=0))
    row.title_es, row.title_en = title_es.strip(), title_en.strip()
    session.add(row)
    session.flush()
    _tell(row.id, row.title_es, "section", actor)
    return row


def save_field(command: SaveField, actor: Actor, field_id: UUID | None = None) -> RecordField:
    """Add a field at the end of its section, or change one. What was already given keeps its meaning."""
    actor.require(Permission.Organization.CONFIGURE)
    section = find_section(command.section_id, actor)
    _check(command)
    siblings = [f.position for f in whole(actor).of(section)]
    row = find_field(field_id, actor) if field_id else RecordField(
        client_id=actor.client_id, position=1 + max(siblings, default=0))
    for name, value in columns(command).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    _tell(row.id, row.label_es, "field", actor)
    return row


def move(kind: str, row_id: UUID, up: bool, actor: Actor) -> None:
    """Exchange a section or a field with its neighbour."""
    actor.require(Permission.Organization.CONFIGURE)
    layout, row = whole(actor), _find(kind, row_id, actor)
    among = layout.sections if isinstance(row, RecordSection) else layout.of(find_section(row.section_id, actor))
    if shift(among, row, up=up):
        _tell(row.id, _label(row), "moved", actor)


def archive(kind: str, row_id: UUID, actor: Actor) -> None:
    """Stop demanding a section or a field; what was given for it stays in the history."""
    actor.require(Permission.Organization.CONFIGURE)
    row = _find(kind, row_id, actor)
    if isinstance(row, RecordSection) and whole(actor).of(row):
        raise Invalid(_("The section still has fields. Archive or move them first."))
    row.archived_at = now()
    _tell(row.id, _label(row), "archived", actor)


def find_field(field_id: UUID, actor: Actor) -> RecordField:
    """Return a field of the client's layout; raises NotFound."""
    row = session.scalar(select(RecordField).filter_by(id=field_id, client_id=actor.client_id, archived_at=None))
    if row is None:
        raise NotFound
    return row


def _live(client_id: UUID | None) -> tuple[list[RecordSection], list[RecordField]]:
    sections = session.scalars(select(RecordSection).filter_by(client_id=client_id, archived_at=None)
                               .order_by(RecordSection.position, RecordSection.id)).all()
    places = {s.id: n for n, s in enumerate(sections)}
    fields = session.scalars(select(RecordField).filter_by(client_id=client_id, archived_at=None)).all()
    return list(sections), sorted((f for f in fields if f.section_id in places),
                                  key=lambda f: (places[f.section_id], f.position, f.id))


def find_section(section_id: UUID, actor: Actor) -> RecordSection:
    """Return a section of the client's layout; raises NotFound."""
    row = session.scalar(select(RecordSection).filter_by(id=section_id, client_id=actor.client_id, archived_at=None))
    if row is None:
        raise NotFound
    return row


def _find(kind: str, row_id: UUID, actor: Actor) -> RecordSection | RecordField:
    return find_section(row_id, actor) if kind == "section" else find_field(row_id, actor)


def _label(row: RecordSection | RecordField) -> str:
    return row.title_es if isinstance(row, RecordSection) else row.label_es


def _check(command: SaveField) -> None:
    wrong: dict[str, object] = {}
    if command.type is FieldType.CHOICE and len(command.choices) < 2:
        wrong["choices"] = _("Give at least two answers to choose from, one a line.")
    if command.expiry is Expiry.LIFETIME and not command.lifetime_days:
        wrong["lifetime_days"] = _("Say for how many days it is valid.")
    if wrong:
        raise Invalid(fields=wrong)


def _tell(row_id: UUID, label: str, act: str, actor: Actor) -> None:
    announce(LayoutChanged(client_id=actor.client_id, subject_id=row_id, subject_label=label, act=act), actor)
