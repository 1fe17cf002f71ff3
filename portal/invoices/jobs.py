"""Later: stamps that wait for a certificate. It is asked of SAT by its number, and the stamp is judged again."""
from uuid import UUID

from portal.access.actor import Actor
from portal.invoices import services, trust
from portal.jobs.outbox import defer
from portal.jobs.registry import job, step
from portal.sat import certificates


@job("invoices.settle_stamp", queue="bulk", outside=True)
def settle_stamp(actor: Actor, invoice_id: UUID) -> None:
    """Fetch the certificates that one invoice's stamp needs and judge it again.

    When SAT does not answer, the invoice waits on and the sweep asks again. Doing it twice changes nothing.
    """
    with step(actor):
        wanted = services.missing_certificates(invoice_id, actor)
    for number in wanted:
        certificates.fetch_provider(number, trust.importing())
    with step(actor):
        services.settle_stamp(invoice_id, actor)


@job("invoices.settle_stamps", door=True)
def settle_stamps(_actor: Actor) -> None:
    """Ask for every stamp that waits; on a schedule, so that imported certificates are used whoever imported them."""
    for client_id, invoice_id in services.pending_stamps():
        defer("invoices.settle_stamp", client_id=client_id, invoice_id=invoice_id, key=str(invoice_id))
