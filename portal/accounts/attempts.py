"""The back-off after wrong passwords: kept in the database, so that it holds across workers and restarts.

Counted for each account and address together: five attempts are free, then each waits twice as long, up to fifteen
minutes; an hour without one forgets. So whoever guesses from elsewhere never keeps the person out. Against guessing
from many addresses, an account with fifty failures in an hour takes one attempt every ten seconds from addresses
from which that person never signed in; the link for a new password opens the way again at any time.
"""
import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from portal.accounts.models import SignInAttempt
from portal.core.clock import now
from portal.core.db import session
from portal.core.ids import new_id

FREE = 5
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
REMEMBERED = timedelta(hours=1)
MANY = 50
PACE = timedelta(seconds=10)
KEPT = timedelta(days=180)


def seconds_to_wait(email_key: str, ip: str) -> int:
    """Return how long this address must wait before the next attempt at this account; 0 when it may try now.

    Holds a lock on the pair until the end of the transaction, so that attempts at the same moment are counted.
    """
    session.execute(select(func.pg_advisory_xact_lock(_lock(email_key, ip))))
    pair = SignInAttempt.ip == ip[:45]
    success = session.scalar(select(func.max(SignInAttempt.created_at)).filter_by(email_key=email_key, succeeded=True)
                             .where(pair))
    since = max(now() - REMEMBERED, success) if success else now() - REMEMBERED
    failures, last = _failures(email_key, since, pair)
    wait = min(FIRST_WAIT * 2 ** min(failures - FREE, 10), LONGEST_WAIT) if failures >= FREE else timedelta()
    left = last + wait - now() if last else timedelta()
    if success is None:
        many, latest = _failures(email_key, now() - REMEMBERED)
        if many >= MANY and latest:
            left = max(left, latest + PACE - now())
    return max(0, -int(-left.total_seconds() // 1))


def record(email_key: str, user_id: UUID | None, succeeded: bool, ip: str, user_agent: str) -> None:
    """Keep one attempt."""
    session.add(SignInAttempt(id=new_id(), email_key=email_key, user_id=user_id, succeeded=succeeded, ip=ip[:45],
                              user_agent=user_agent[:300]))
    session.flush()


def is_new_device(email_key: str, user_agent: str) -> bool:
    """Say whether a person who has signed in before does it with a browser that was never seen."""
    before = select(SignInAttempt.id).filter_by(email_key=email_key, succeeded=True)
    if session.scalar(before.limit(1)) is None:
        return False
    return session.scalar(before.filter_by(user_agent=user_agent[:300]).limit(1)) is None


def prune() -> int:
    """Forget attempts older than half a year; returns how many. Runs as the door."""
    return len(session.execute(delete(SignInAttempt).where(SignInAttempt.created_at < now() - KEPT)
                               .returning(SignInAttempt.id)).all())


def _failures(email_key: str, since: datetime, *more: ColumnElement[bool]) -> tuple[int, datetime | None]:
    query = select(func.count(), func.max(SignInAttempt.created_at)).where(
        SignInAttempt.email_key == email_key, SignInAttempt.succeeded.is_(False), SignInAttempt.created_at > since,
        *more)
    found = session.execute(query).one()
    return found[0], found[1]


def _lock(email_key: str, ip: str) -> int:
    return int.from_bytes(hashlib.sha256(f"sign-in|{email_key}|{ip}".encode()).digest()[:8], "big", signed=True)
