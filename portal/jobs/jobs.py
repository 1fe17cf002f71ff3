"""The outbox's own housekeeping."""
from portal.access.actor import Actor
from portal.jobs import services
from portal.jobs.registry import job


@job("jobs.prune", queue="bulk", door=True)
def prune(actor: Actor) -> None:
    """Forget finished work and old slots."""
    services.prune()
