"""Later: stamps that wait for a certificate, which is asked of SAT by its number; and what SAT says of an invoice."""
from datetime import datetime
from uuid import UUID

from portal.access.actor import Actor
from portal.core.clock import now
from portal.invoices import at_sat, digest, services, trust
from portal.jobs.outbox import defer
from portal.jobs.registry import job, step
from portal.sat import asking, certificates, status


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


@job(digest.JOB)
def tell_arrivals(actor: Actor, user_id: UUID, since: datetime) -> None:
    """Tell one person of accounts payable what came in, in one letter."""
    digest.tell_arrivals(user_id, since, actor)


@job(at_sat.JOB, queue="bulk", attempts=3, timeout=60, outside=True)
def ask_sat(actor: Actor, invoice_id: UUID) -> None:
    """Ask SAT whether an invoice is valid or cancelled, and keep the answer. Asked twice, both answers are kept."""
    with step(actor):
        expression = at_sat.question(invoice_id, actor)
    if expression and "status" in asking.current().subjects:
        answer = status.ask(expression, now(), url=asking.current().status)
        with step(actor):
            at_sat.keep(invoice_id, expression, answer, actor)


@job("invoices.ask_sat_again", queue="bulk", door=True)
def ask_sat_again(_actor: Actor) -> None:
    """Ask about every open invoice once a day, one after the other: its issuer may cancel it until it is paid."""
    if "status" in asking.current().subjects:
        for number, (client_id, invoice_id) in enumerate(at_sat.due()):
            at_sat.ask_later(client_id, invoice_id, number * at_sat.PACE)
