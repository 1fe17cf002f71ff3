"""Daily: fields whose day has come change their state, and the supplier is told; SAT's 69-B is watched. And where
records stand once their client demands something else."""
from uuid import UUID

from portal.access.actor import Actor
from portal.jobs.outbox import defer
from portal.jobs.registry import job
from portal.suppliers import expiry, records, reviews, watching


@job("suppliers.expire_record")
def expire_record(actor: Actor, relationship_id: UUID) -> None:
    """Expire what has reached its day in one record."""
    expiry.expire(relationship_id, actor)


@job("suppliers.expire_records", door=True)
def expire_records(_actor: Actor) -> None:
    """Ask for every record whose next date has come."""
    for client_id, relationship_id in expiry.due():
        defer("suppliers.expire_record", client_id=client_id, relationship_id=relationship_id,
              key=str(relationship_id), queue="bulk")


@job("suppliers.restate_record", queue="bulk")
def restate_record(actor: Actor, relationship_id: UUID) -> None:
    """Work out where one record stands now that its client demands something else."""
    reviews.follow_layout(relationship_id, actor)


@job("suppliers.restate_records", queue="bulk")
def restate_records(actor: Actor) -> None:
    """Ask for every record of one client in which something was given."""
    for relationship_id in records.begun(actor):
        defer("suppliers.restate_record", client_id=actor.client_id, relationship_id=relationship_id,
              key=str(relationship_id))


@job("suppliers.watch_list", queue="bulk")
def watch_list(actor: Actor) -> None:
    """Tell one client what is new of its suppliers on SAT's 69-B."""
    watching.watch(actor)


@job("suppliers.watch_lists", queue="bulk", door=True)
def watch_lists(_actor: Actor) -> None:
    """Ask for every client."""
    for client_id in watching.clients():
        defer("suppliers.watch_list", client_id=client_id, key=str(client_id))
