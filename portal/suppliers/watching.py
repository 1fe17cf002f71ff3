"""Watching SAT's 69-B for a client's suppliers: each situation that matters is told once."""
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.accounts.models import Organization
from portal.core.db import insert_once, session
from portal.core.events import announce
from portal.sat import queries as sat
from portal.sat.lists import Situation
from portal.sat.models import SatAlert
from portal.sat.queries import Mention, Word
from portal.suppliers import emails, services
from portal.suppliers.events import SupplierListed
from portal.suppliers.models import Relationship, RelationshipStatus

GRAVE = (Situation.DEFINITIVE, Situation.PRESUMED, Situation.UNKNOWN)


def clients() -> list[UUID]:
    """Return the clients with suppliers to watch. For the sweep, which is the door's."""
    query = select(Relationship.client_id).filter_by(status=RelationshipStatus.ACTIVE).distinct()
    return list(session.scalars(query))


def watch(actor: Actor) -> int:
    """Look all active suppliers of the actor's client up, and tell what is new; return how many are. Idempotent."""
    query = select(Relationship).filter_by(client_id=actor.client_id, status=RelationshipStatus.ACTIVE)
    found = {one.tax_id: one for one in session.scalars(query)}
    standings = sat.standing(list(found))
    return sum(_tell(found[rfc], standing.efos, mention, actor) for rfc, standing in standings.items()
               for mention in standing.efos.mentions if mention.situation in GRAVE)


def _tell(relationship: Relationship, word: Word, mention: Mention, actor: Actor) -> bool:
    alert = SatAlert(client_id=relationship.client_id, relationship_id=relationship.id, situation=mention.situation,
                     since=mention.since, listed_on=word.listed_on)
    if not insert_once(alert):
        return False
    announce(SupplierListed(**services.about(relationship), situation=mention.written), actor)
    client = session.get_one(Organization, relationship.client_id).name
    emails.supplier_listed(relationship, client, situation=mention.written, since=mention.since,
                           listed_on=word.listed_on)
    return True
