"""The clock's side of SAT: its lists and its authorities, once a day, when the settings ask for them."""
import random
from datetime import timedelta

from portal.access.actor import Actor
from portal.cfdi.trust import TrustStore
from portal.core.clock import now
from portal.core.db import DOOR, transaction
from portal.jobs.outbox import defer
from portal.jobs.registry import GiveUp, Later, job
from portal.sat import asking, certificates, downloads, services
from portal.sat.kinds import Kind
from portal.sat.services import Outcome

SPREAD = 3 * 3600  # seconds over which the lists of a day are asked for, so that not everybody asks at once


@job("sat.fetch_lists", queue="bulk", door=True)
def fetch_lists(_actor: Actor) -> None:
    """Ask for each list at some moment of the next hours."""
    if "lists" in asking.current().subjects:
        for kind in Kind:
            moment = now() + timedelta(seconds=random.uniform(0, SPREAD))
            defer("sat.fetch_list", key=kind.value, at=moment, kind=kind.value)


@job("sat.fetch_list", queue="bulk", attempts=5, backoff=(900, 3600, 7200), timeout=900, outside=True)
def fetch_list(_actor: Actor, kind: str) -> None:
    """Fetch one list and load it; a list that does not come is asked for again, one that is refused is an alarm."""
    arrived, reason = downloads.fetch(Kind(kind), asking.current().lists)
    with transaction(DOOR):
        if arrived is None:
            services.refuse(Kind(kind), downloads.address(Kind(kind), asking.current().lists), reason)
        loaded = services.load(arrived) if arrived is not None else None
    if loaded is None:
        raise Later(reason)
    if loaded.outcome is Outcome.REFUSED:
        raise GiveUp(f"{kind}: {loaded.reason}")


@job("sat.fetch_authorities", queue="bulk", attempts=5, backoff=(900, 3600, 7200), timeout=180, outside=True)
def fetch_authorities(_actor: Actor) -> None:
    """Fetch SAT's bundle of authorities; only what is pinned, or chains to what is, is kept."""
    about = asking.current()
    if "certificates" not in about.subjects or about.certificates_folder is None:
        return
    fetched = certificates.fetch_authorities(TrustStore.production(about.certificates_folder), url=about.authorities)
    if fetched.answer is certificates.Answer.UNAVAILABLE:
        raise Later(fetched.reason)
    if fetched.answer is certificates.Answer.REFUSED:
        raise GiveUp("nothing in SAT's bundle is pinned, or chains to what is")
