"""What a client demands and accepts: its requirements, in their order, and its settings.

An edit never changes what was given: answers keep the label under which they were asked, and the type of a
requirement is fixed (another type is another requirement).
"""
from dataclasses import asdict, dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.events import announce
from portal.core.i18n import _
from portal.core.ordering import shift
from portal.core.types import columns
from portal.invoices import demands
from portal.invoices.events import InvoiceSettingsChanged, RequirementChanged
from portal.invoices.models import InvoiceRequirement, InvoiceSettings, RequirementType

KINDS = ("I", "E", "foreign")
FILE_TYPES = ("pdf", "xml", "png", "jpeg")
MOST = 50  # requirements of one client


@dataclass(frozen=True, kw_only=True)
class SaveRequirement:
    """A requirement as its form gives it; its fields are columns of `InvoiceRequirement`."""

    type: RequirementType
    label_es: str
    label_en: str = ""
    help_es: str = ""
    help_en: str = ""
    mandatory: bool = True
    kinds: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    minimum: Decimal | None = None
    choices: tuple[str, ...] = ()
    file_types: tuple[str, ...] = ()
    max_mb: int = 10


@dataclass(frozen=True, kw_only=True)
class SaveSettings:
    """The client's choices as their form gives them."""

    pdf_required: bool
    accepts_foreign: bool
    foreign_currencies: tuple[str, ...]


def add_requirement(command: SaveRequirement, actor: Actor) -> InvoiceRequirement:
    """Add a requirement at the end. It asks nothing of invoices that were sent before. Raises Invalid."""
    client_id = _client(actor)
    count, last = session.execute(select(func.count(), func.max(InvoiceRequirement.position)).where(
        InvoiceRequirement.client_id == client_id, InvoiceRequirement.archived_at.is_(None))).one()
    if count >= MOST:
        raise Invalid(_("At most %(count)s requirements. Archive one that you no longer need.", count=MOST))
    row = InvoiceRequirement(client_id=client_id, position=(last or 0) + 1, **_values(command))
    session.add(row)
    session.flush()
    _tell(row, "added", actor)
    return row


def edit_requirement(requirement_id: UUID, command: SaveRequirement, actor: Actor) -> InvoiceRequirement:
    """Change what a requirement asks from now on. Raises NotFound, Invalid, Conflict (another type)."""
    row = demands.requirement(actor, _client(actor), requirement_id)
    if command.type is not row.type:
        raise Conflict(_("The type of a requirement cannot change. Archive it and add another."))
    for name, value in _values(command).items():
        setattr(row, name, value)
    _tell(row, "edited", actor)
    return row


def archive_requirement(requirement_id: UUID, actor: Actor) -> InvoiceRequirement:
    """Ask it no more; what was given stays. Raises NotFound."""
    row = demands.requirement(actor, _client(actor), requirement_id)
    row.archived_at = row.archived_at or now()
    _tell(row, "archived", actor)
    return row


def restore_requirement(requirement_id: UUID, actor: Actor) -> InvoiceRequirement:
    """Ask it again. Raises NotFound."""
    row = demands.requirement(actor, _client(actor), requirement_id)
    row.archived_at = None
    _tell(row, "restored", actor)
    return row


def move_requirement(requirement_id: UUID, up: bool, actor: Actor) -> None:
    """Change places with the neighbour above or below; at the end of the list nothing happens. Raises NotFound."""
    client_id = _client(actor)
    rows = demands.requirements(actor, client_id)
    row = demands.requirement(actor, client_id, requirement_id)
    if row in rows and shift(rows, row, up=up):  # an archived one has no place
        _tell(row, "moved", actor)


def save_settings(command: SaveSettings, actor: Actor) -> InvoiceSettings:
    """Change what the client accepts as an invoice. Raises Invalid."""
    client_id = _client(actor)
    if command.accepts_foreign and not command.foreign_currencies:
        raise Invalid(fields={"foreign_currencies": _("Choose at least one currency for foreign invoices.")})
    row = session.scalar(select(InvoiceSettings).filter_by(client_id=client_id).with_for_update())
    if row is None:
        row = InvoiceSettings(client_id=client_id)
        session.add(row)
    for name, value in columns(command).items():
        setattr(row, name, value)
    session.flush()
    announce(InvoiceSettingsChanged(client_id=client_id, subject_id=row.id, **asdict(command)), actor)
    return row


def _client(actor: Actor) -> UUID:
    actor.require(Permission.Organization.CONFIGURE)
    if actor.client_id is None:
        raise NotAllowed
    return actor.client_id


def _values(command: SaveRequirement) -> dict[str, object]:
    wrong: dict[str, object] = {}
    if command.type is RequirementType.CHOICE and len(command.choices) < 2:
        wrong["choices"] = _("Write at least two options, one a line.")
    if command.type is RequirementType.FILE and not command.file_types:
        wrong["file_types"] = _("Choose at least one type of file.")
    if command.minimum is not None and command.minimum < 0:
        wrong["minimum"] = _("The amount cannot be negative.")
    if wrong:
        raise Invalid(fields=wrong)
    return columns(command)


def _tell(row: InvoiceRequirement, change: str, actor: Actor) -> None:
    announce(RequirementChanged(client_id=row.client_id, subject_id=row.id, subject_label=row.label_es,
                                change=change), actor)
