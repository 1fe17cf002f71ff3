"""Later: stamps that wait for a certificate are judged again. Ids in, one service call, idempotent."""
from uuid import UUID

from portal.access.actor import Actor
from portal.invoices import services
from portal.jobs.outbox import defer
from portal.jobs.registry import job


@job("invoices.settle_stamp")
def settle_stamp(actor: Actor, invoice_id: UUID) -> None:
    """Judge one invoice's stamp again."""
    services.settle_stamp(invoice_id, actor)


@job("invoices.settle_stamps", door=True)
def settle_stamps(_actor: Actor) -> None:
    """Ask for every stamp that waits; on a schedule, and after certificates were imported."""
    for client_id, invoice_id in services.pending_stamps():
        defer("invoices.settle_stamp", client_id=client_id, invoice_id=invoice_id, key=str(invoice_id), queue="bulk")
