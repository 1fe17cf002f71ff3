"""On the client's side, for a supplier's transaction cannot see the client's people: who holds an invoice."""
from uuid import UUID

from portal.access.actor import Actor
from portal.approvals import holders
from portal.jobs.outbox import defer
from portal.jobs.registry import job
from portal.suppliers import watching


@job("approvals.tell_approvers")
def tell_approvers(actor: Actor, invoice_id: UUID, position: int | None = None) -> None:
    """Write to those who may decide on an invoice's current step, when it is still the one at `position`."""
    holders.tell(invoice_id, actor, position)


@job("approvals.find_orphans")
def find_orphans(actor: Actor) -> None:
    """Look for the invoices that wait for somebody who is gone, after a person lost access or a role."""
    for invoice_id in holders.orphans(actor):
        defer("approvals.hand_over", client_id=actor.client_id, key=str(invoice_id), invoice_id=invoice_id)


@job("approvals.find_all_orphans", queue="bulk", door=True)
def find_all_orphans(_actor: Actor) -> None:
    """Ask for every client: somebody may have gone in another way, or a look may have been lost."""
    for client_id in watching.clients():
        defer("approvals.find_orphans", client_id=client_id, key=str(client_id))


@job("approvals.hand_over")
def hand_over(actor: Actor, invoice_id: UUID) -> None:
    """Let an administrator decide on an invoice whose approver is gone."""
    holders.hand_over(invoice_id, actor)
