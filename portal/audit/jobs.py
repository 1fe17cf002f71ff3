"""The doors through which the trail is sealed every minute and verified every night."""
from portal.access.actor import Actor
from portal.audit import sealing
from portal.jobs.registry import job


@job("audit.seal", queue="bulk", door=True)
def seal(actor: Actor) -> None:
    """Link new events into their chains."""
    sealing.seal()


@job("audit.verify", queue="bulk", door=True, timeout=1800, attempts=3)
def verify(actor: Actor) -> None:
    """Compute every chain again; an alarm in the log names the link that does not fit."""
    sealing.verify_all()
