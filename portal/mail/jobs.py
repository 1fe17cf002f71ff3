"""The doors through which the outbox delivers letters."""
from uuid import UUID

from portal.access.actor import Actor
from portal.jobs.registry import job
from portal.mail import services
from portal.mail.delivery import deliver as deliver_letter

# Greylisting wants minutes, an outage hours: 14 attempts span about two days.
PAUSES = (20, 60, 300, 900, 1800, 3600, 7200, 14400, 21600)


@job("mail.deliver", queue="critical", attempts=20, backoff=PAUSES, timeout=90, outside=True, door=True)
def deliver(actor: Actor, letter_id: UUID) -> None:
    """Send one letter."""
    deliver_letter(letter_id)


@job("mail.forget", queue="bulk", door=True)
def forget(actor: Actor) -> None:
    """Forget what old letters said."""
    services.forget()
