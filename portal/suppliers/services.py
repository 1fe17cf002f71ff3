"""The client's verbs: register and invite a supplier, send the link again, take it back, change, block."""
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from stdnum.exceptions import ValidationError
from stdnum.mx import rfc as rfc_rules

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.accounts import links
from portal.accounts import services as accounts
from portal.accounts.models import LinkKind
from portal.core.clock import now
from portal.core.db import savepoint, session
from portal.core.errors import Conflict, Invalid
from portal.core.events import announce
from portal.core.folding import fold
from portal.core.i18n import _
from portal.suppliers import events, queries
from portal.suppliers.models import Record, Relationship, RelationshipStatus, SupplierKind

INVITATION_DAYS = 7
GENERIC = ("XAXX010101000", "XEXX010101000")  # SAT: the public in general, and whoever lives abroad


@dataclass(frozen=True)
class InviteSupplier:
    """A supplier as the client registers it. `tax_id`: RFC in Mexico, the country's own id elsewhere."""

    name: str
    kind: SupplierKind
    tax_id: str
    country: str
    contact_name: str
    contact_email: str
    locale: str
    group: str = ""


def invite(command: InviteSupplier, actor: Actor) -> Relationship:
    """Register a supplier and send it the link. Raises Invalid: address, RFC, or registered before."""
    actor.require(Permission.Supplier.INVITE)
    tax_id = _checked(command)
    row = Relationship(client_id=actor.client_id, kind=command.kind, name=command.name.strip(),
                       name_key=fold(command.name), tax_id=tax_id,
                       country=command.country if command.kind is SupplierKind.FOREIGN else "MEX",
                       contact_name=command.contact_name, contact_email=command.contact_email,
                       locale=command.locale, group=command.group, registered_by=actor.user_id)
    try:
        with savepoint():
            session.add(row)
    except IntegrityError as twice:
        raise Invalid(fields={"tax_id": _("%(id)s is already one of your suppliers. Find it in the list and send its "
                                          "invitation again from there.", id=tax_id)}) from twice
    session.add(Record(client_id=row.client_id, relationship_id=row.id))
    _send_link(row, actor, again=False)
    return row


def resend(relationship_id: UUID, actor: Actor) -> Relationship:
    """Send a new link; the earlier ones die. Raises Conflict when the supplier has joined already."""
    actor.require(Permission.Supplier.INVITE)
    row = _called_back(relationship_id, actor)
    _send_link(row, actor, again=True)
    return row


def revoke(relationship_id: UUID, actor: Actor) -> Relationship:
    """Take the invitation back: its links are dead at once."""
    actor.require(Permission.Supplier.INVITE)
    row = _called_back(relationship_id, actor)
    announce(events.InvitationRevoked(**about(row)), actor)
    return row


def change(relationship_id: UUID, name: str, group: str, contact_email: str, actor: Actor) -> Relationship:
    """Change what the client keeps of a supplier. A new address for an open invitation sends the link there."""
    actor.require(Permission.Supplier.INVITE)
    row = queries.relationship(actor, relationship_id)
    wanted = {"name": name.strip(), "group": group.strip(), "contact_email": _address(contact_email)}
    changed = tuple(k for k, v in wanted.items() if getattr(row, k) != v)
    anew = "contact_email" in changed and row.status is RelationshipStatus.INVITED
    if anew:
        _called_back(row.id, actor)
    for key in changed:
        setattr(row, key, wanted[key])
    row.name_key = fold(row.name)
    if changed:
        announce(events.SupplierChanged(**about(row), changed=changed), actor)
    if anew:
        _send_link(row, actor, again=True)
    return row


def block(relationship_id: UUID, reason: str, actor: Actor) -> Relationship:
    """Take no more invoices from a supplier; what is in process goes on."""
    actor.require(Permission.Supplier.INVITE)
    row = queries.relationship(actor, relationship_id)
    if row.status is not RelationshipStatus.ACTIVE:
        raise Conflict(_("Only an active supplier can be blocked."))
    if len(reason.strip()) < 5:
        raise Invalid(fields={"reason": _("Say why (at least 5 letters). Your colleagues will see it.")})
    row.status = RelationshipStatus.BLOCKED
    announce(events.SupplierBlocked(**about(row), reason=reason.strip()), actor)
    return row


def unblock(relationship_id: UUID, actor: Actor) -> Relationship:
    """Take invoices from a supplier again."""
    actor.require(Permission.Supplier.INVITE)
    row = queries.relationship(actor, relationship_id)
    if row.status is not RelationshipStatus.BLOCKED:
        raise Conflict(_("This supplier is not blocked."))
    row.status = RelationshipStatus.ACTIVE
    announce(events.SupplierUnblocked(**about(row)), actor)
    return row


def join(relationship_id: UUID, user_id: UUID, actor: Actor) -> Relationship:
    """Make a relationship active, served by the account of the person who accepted. Runs as the door.

    Raises Conflict when somebody else has joined for it already.
    """
    row = session.scalars(select(Relationship).filter_by(id=relationship_id).with_for_update()).one()
    if row.organization_id is not None:
        raise Conflict(_("This invitation has been accepted already."))
    account = accounts.supplier_account(user_id, name=row.name, tax_id=row.tax_id, country=row.country,
                                        locale=row.locale, actor=actor)
    row.organization_id, row.status, row.accepted_at = account.id, RelationshipStatus.ACTIVE, now()
    session.flush()
    announce(events.SupplierJoined(**about(row)), actor)
    return row


def about(row: Relationship) -> dict[str, Any]:
    """Return what every event about a supplier says of it."""
    return {"client_id": row.client_id, "relationship_id": row.id, "subject_id": row.id, "subject_label": row.name}


def _checked(command: InviteSupplier) -> str:
    wrong: dict[str, object] = {}
    tax_id = "".join(command.tax_id.upper().split()).replace("-", "")
    if command.kind is SupplierKind.FOREIGN:
        if command.country == "MEX":
            wrong["country"] = _("A foreign supplier needs its country.")
        if tax_id in GENERIC:
            wrong["tax_id"] = _("This is a generic RFC: many have it. Give the tax id of the supplier's country.")
    elif sentence := _rfc_problem(tax_id, command.kind):
        wrong["tax_id"] = sentence
    try:
        _address(command.contact_email)
    except Invalid as refused:
        wrong.update(refused.fields)
    if wrong:
        raise Invalid(fields=wrong)
    return tax_id


def _rfc_problem(tax_id: str, kind: SupplierKind) -> str | None:
    if tax_id in GENERIC:
        return _("This is a generic RFC: many have it, so it does not say who this supplier is. Give its own.")
    length = 12 if kind is SupplierKind.COMPANY else 13
    if len(tax_id) == 25 - length:
        return (_("This is the RFC of a person (13 characters). Choose “Person in Mexico”, or look at it again.")
                if kind is SupplierKind.COMPANY else
                _("This is the RFC of a company (12 characters). Choose “Company in Mexico”, or look at it again."))
    if len(tax_id) != length:
        return _("The RFC of a company has 12 characters and that of a person 13; this one has %(n)d.", n=len(tax_id))
    try:
        rfc_rules.validate(tax_id)  # SAT has given out RFCs with a "wrong" check digit, so only the shape counts.
    except ValidationError:
        return _("This is not an RFC: 3 or 4 letters, a date and 3 characters, as in ABC010203XY4.")
    return None


def _address(email: str) -> str:
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError as wrong:
        raise Invalid(fields={"contact_email": _("This is not an e-mail address. Check it: the link is sent there.")}
                      ) from wrong


def _called_back(relationship_id: UUID, actor: Actor) -> Relationship:
    """Return a supplier that has not joined, its row held and its open links dead.

    The links first, as whoever accepts takes them first: otherwise each would wait for the other.
    """
    queries.relationship(actor, relationship_id)
    links.revoke_all(relationship_id=relationship_id, actor=actor)
    row = session.scalars(select(Relationship).filter_by(id=relationship_id).with_for_update()).one()
    if row.status is not RelationshipStatus.INVITED:
        raise Conflict(_("This supplier has already joined."))
    return row


def _send_link(row: Relationship, actor: Actor, *, again: bool) -> None:
    links.issue(LinkKind.SUPPLIER_INVITATION, row.contact_email, actor=actor, relationship_id=row.id,
                name=row.contact_name, locale=row.locale, days=INVITATION_DAYS,
                roles=("supplier_administrator",))
    announce(events.SupplierInvited(**about(row), email=row.contact_email, again=again), actor)
