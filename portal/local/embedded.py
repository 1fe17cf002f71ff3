"""What is embedded: which services of an installation are ours to start, and where they answer."""
import contextlib
from dataclasses import replace
from pathlib import Path

from config.settings import Settings
from portal.local.database import drop, exists, make_embedded
from portal.local.postgres import SUPERUSER, Cluster
from portal.local.valkey import Valkey

DATABASE, ROLE = "portal", "portal_app"


def cluster_home(settings: Settings) -> Path:
    """Return the folder of the embedded PostgreSQL."""
    return settings.home / "postgres"


def valkey_home(settings: Settings) -> Path:
    """Return the folder of the embedded Valkey."""
    return settings.home / "valkey"


def located(settings: Settings) -> Settings:
    """Return the settings with the addresses of what is embedded, whether it runs or not; starts nothing.

    Valkey is embedded only beside the embedded PostgreSQL, or where the supervisor starts it: a web server with a
    database of its own and no PORTAL_REDIS_URL does without.
    """
    if settings.database_url is not None:
        return settings
    home = cluster_home(settings)
    return replace(settings, database_url=Cluster.address_in(home, DATABASE, ROLE),
                   database_owner_url=Cluster.address_in(home, DATABASE, SUPERUSER),
                   redis_url=settings.redis_url or Valkey.address_in(valkey_home(settings)))


def start(settings: Settings, stack: contextlib.ExitStack) -> tuple[Settings, list[Cluster | Valkey]]:
    """Start what is embedded; `stack` stops it. Returns the settings with its addresses, and what was started.

    Raises ClusterError or ValkeyError.
    """
    ready, started = settings, list[Cluster | Valkey]()
    if settings.database_url is None:
        cluster = Cluster.open(cluster_home(settings))
        stack.callback(cluster.stop)
        cluster.start()
        started.append(cluster)
        ready = replace(ready, database_url=cluster.url(DATABASE, ROLE), database_owner_url=made(settings, cluster))
    if settings.redis_url is None:
        valkey = Valkey(valkey_home(settings))
        stack.callback(valkey.stop)
        valkey.start()
        started.append(valkey)
        ready = replace(ready, redis_url=valkey.url)
    return ready, started


def made(settings: Settings, cluster: Cluster) -> str:
    """Make the database unless it is there; one whose making was interrupted is made anew (nobody has used it yet)."""
    if not has_database(settings, cluster):
        drop(cluster.superuser_url, DATABASE)
    return make_embedded(cluster.superuser_url, DATABASE, _mark(settings).touch)


def has_database(settings: Settings, cluster: Cluster) -> bool:
    """Say whether there is a database that somebody may have worked in."""
    return not unfinished(settings) and exists(cluster.superuser_url, DATABASE)


def unfinished(settings: Settings) -> bool:
    """Say whether the making of the installation was interrupted, so that nobody has worked in it."""
    return _mark(settings).exists()


def finished(settings: Settings) -> None:
    """Remember that the database has all it starts with: from now on people's work is in it."""
    _mark(settings).unlink(missing_ok=True)


def _mark(settings: Settings) -> Path:
    return settings.home / "unfinished"
