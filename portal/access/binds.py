"""The actor in statements that are built once: the names of its values in SQL, and the values at each request.

Building a statement costs SQLAlchemy more than PostgreSQL needs to answer it; what every page asks (the counts beside
the navigation) is therefore written once, with these names in the places of the actor's values.
"""
from typing import Any

from sqlalchemy import ARRAY, String, Uuid, bindparam

from portal.access.actor import Actor

CLIENT = bindparam("actor_client", type_=Uuid())
USER = bindparam("actor_user", type_=Uuid())
ROLES = bindparam("actor_roles", type_=ARRAY(String(40)))
RELATIONSHIP = bindparam("actor_relationship", type_=Uuid())  # of who has just one
RELATIONSHIPS = bindparam("actor_relationships", type_=ARRAY(Uuid()))


def values(actor: Actor) -> dict[str, Any]:
    """Return the values of `actor` for a statement that was built with the names above."""
    return {"actor_client": actor.client_id, "actor_user": actor.user_id, "actor_roles": sorted(actor.roles),
            "actor_relationship": actor.relationships[0] if len(actor.relationships) == 1 else None,
            "actor_relationships": list(actor.relationships)}
