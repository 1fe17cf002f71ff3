"""The doors of the accounts' background work."""
from portal.access.actor import Actor
from portal.accounts import attempts, recovery
from portal.accounts import sessions as live
from portal.jobs.registry import job
from portal.web import once, parking


@job("accounts.send_reset", queue="critical", door=True)
def send_reset(actor: Actor, email: str) -> None:
    """Send the link for a new password, when the address is somebody's."""
    recovery.send_reset(email)


@job("accounts.prune", queue="bulk", door=True)
def prune(actor: Actor) -> None:
    """Forget old attempts, dead sessions, used form keys and forms that nobody came back for."""
    attempts.prune()
    live.prune()
    once.prune()
    parking.prune()
