"""Letters to approvers, written on the client's side: a supplier's transaction cannot see the client's people."""
from uuid import UUID

from portal.access.actor import Actor
from portal.approvals import services
from portal.jobs.registry import job


@job("approvals.tell_approvers")
def tell_approvers(actor: Actor, invoice_id: UUID) -> None:
    """Write to those who may decide on an invoice's current step."""
    services.tell_approvers(invoice_id, actor)
