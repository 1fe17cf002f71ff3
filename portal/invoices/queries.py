"""What screens read of invoices. Every query takes the actor and starts from `visible`, so tenancy is applied once."""
from uuid import UUID

from sqlalchemy import Select, select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Side
from portal.core.db import session
from portal.core.errors import NotFound
from portal.invoices.models import Invoice, InvoiceStatus


def visible(actor: Actor) -> Select[tuple[Invoice]]:
    """Return the query of the invoices that `actor` may see: a supplier its own, a client those that were sent to it."""
    actor.require(Permission.Invoice.READ)
    query = select(Invoice).where(Invoice.status != InvoiceStatus.DELETED)
    if actor.side is Side.SUPPLIER:
        return query.where(Invoice.relationship_id.in_(actor.relationships))
    return query.where(Invoice.client_id == actor.client_id, Invoice.sent_at.is_not(None))


def get(actor: Actor, invoice_id: UUID) -> Invoice:
    """Return an invoice; raises NotFound when it is absent, deleted or somebody else's."""
    found = session.scalar(visible(actor).where(Invoice.id == invoice_id))
    if found is None:
        raise NotFound
    return found


def locked(actor: Actor, invoice_id: UUID) -> Invoice:
    """Return an invoice as it is now, its row held until the end of the transaction. Raises NotFound."""
    query = visible(actor).where(Invoice.id == invoice_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found
