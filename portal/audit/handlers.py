"""What the audit trail does when anything happens at all."""
from portal.access.actor import Actor
from portal.audit import services
from portal.core.events import Event


def record(event: Event, actor: Actor) -> None:
    """Write the event into the trail, within the transaction that made it happen."""
    services.record(event, actor)
