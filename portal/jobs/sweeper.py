"""The net: rows whose bell was lost, or whose worker died, are rung for again. Cheap enough for every few seconds."""
from portal.core.db import DOOR, transaction
from portal.jobs import registry, services, transport


def sweep(limit: int = 200) -> int:
    """Ring for up to `limit` rows that nobody seems to have heard of; return how many RQ took."""
    with transaction(DOOR):
        rows = services.reserve(limit)
    heard = 0
    for row in rows:
        if not transport.ring(row.id, row.queue, row.attempts, _timeout(row.name)):
            break  # Redis is away: the workers read the database themselves meanwhile
        heard += 1
    return heard


def _timeout(name: str) -> int:
    return registry.get(name).timeout if name in registry.names() else 120
