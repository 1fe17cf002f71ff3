"""The nightly sweep of the file store; a job's door stands here because files and jobs are of one row."""

from portal.access.actor import Actor
from portal.jobs.registry import job
from portal.storage import sweeping


@job("files.sweep", queue="bulk", outside=True, door=True, timeout=3600, attempts=3)
def sweep(_actor: Actor) -> None:
    """Remove bytes that no row mentions. Doing it twice removes nothing more."""
    sweeping.sweep()
