"""What approvals do when something happens elsewhere."""
from portal.access.actor import Actor
from portal.accounts.events import MemberDisabled, RolesChanged
from portal.approvals import services
from portal.approvals.events import StageStarted
from portal.core.events import subject_of
from portal.invoices.events import InvoiceSent, InvoiceWithdrawn
from portal.jobs import outbox
from portal.suppliers import queries as suppliers


def begin(event: InvoiceSent, actor: Actor) -> None:
    """Start the run of an invoice in the transaction that sends it."""
    services.begin_run_of(subject_of(event), suppliers.group_of(event.relationship_id), actor)


def cancel(event: InvoiceWithdrawn, _actor: Actor) -> None:
    """Stop the run of an invoice that its supplier took back."""
    services.stop(subject_of(event))


def tell_approvers(event: StageStarted, _actor: Actor) -> None:
    """Queue the letters to the approvers: a supplier's transaction cannot see the client's people, a job can."""
    outbox.defer("approvals.tell_approvers", client_id=event.client_id, invoice_id=subject_of(event),
                 position=event.position, key=f"{event.subject_id}:{event.position}")


def look_for_orphans(event: MemberDisabled | RolesChanged, _actor: Actor) -> None:
    """Queue the look for invoices that wait for a person who lost access or a role."""
    if event.client_id:
        outbox.defer("approvals.find_orphans", client_id=event.client_id, key=str(event.client_id))

