"""Passwords changed: by the person, because it is due, or by a link when it is forgotten.

A new password ends every other session and is told by letter. Whether an e-mail is known is told to nobody: the page
answers before anybody has looked, and the looking is a job.
"""
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from portal.access.actor import ANONYMOUS, Actor
from portal.accounts import addresses, attempts, entrance, links, passwords, policy, queries, sessions
from portal.accounts.events import LinkAccepted, PasswordChanged, PasswordResetAsked, SessionsEnded
from portal.accounts.models import Link, LinkKind, PasswordHistory, User
from portal.core import db
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.events import announce
from portal.core.i18n import lazy
from portal.core.ids import new_id
from portal.jobs import outbox

PER_DAY = 5
LONGEST = 200  # of an address that a job carries


def ask(email: str) -> None:
    """Ask for a link to choose a new password. Raises Invalid when this is no address at all."""
    key = addresses.key_of(addresses.checked(email))
    if len(key) <= LONGEST:
        outbox.defer("accounts.send_reset", email=key)


def send_reset(email_key: str) -> None:
    """Send the link, when the address is somebody's; five a day at most. Runs as the door, in a job."""
    person = session.scalar(select(User).filter_by(email_key=email_key, disabled_at=None))
    if person is None or person.password_hash is None or _sent_today(person.id) >= PER_DAY:
        return
    announce(PasswordResetAsked(subject_id=person.id, subject_label=person.email), ANONYMOUS)
    links.issue(LinkKind.PASSWORD_RESET, person.email, user_id=person.id, name=person.name, locale=person.locale)


def reset(link: Link, password: str, ip: str, user_agent: str) -> str:
    """Choose a new password by a link; every session ends, a new one begins. Raises Invalid, Conflict."""
    with db.door():
        person = session.get(User, link.user_id) if link.user_id else None
        if person is None or person.disabled_at:
            raise Conflict(lazy("This link is no longer valid."))
        check(person, password)
        links.redeem(link, person.id)
        sessions.end_all(person.id, "new password")
        attempts.record(person.email_key, person.id, True, ip, user_agent)
        if not sessions.seats_of(person.id):
            raise NotAllowed(entrance.NOWHERE)
        _put(person, password, "reset", ANONYMOUS.on(user_id=person.id, name=person.name, email=person.email, ip=ip))
        announce(LinkAccepted(**links.about(link), link_kind=link.kind.value, user_id=person.id), ANONYMOUS.on(ip=ip))
        return entrance.admit(person, ip, user_agent)


def change(current: str, password: str, actor: Actor) -> str:
    """Change the own password; the current one is needed. Every other session ends; returns the new token.

    Raises Invalid when the new one may not be used, or when the current one is wrong (`current`).
    """
    with db.door():
        person = session.get_one(User, actor.user_id)
        if not passwords.matches(person.password_hash, current):
            raise Invalid(fields={"current": lazy("That is not your current password.")})
        check(person, password)
        _put(person, password, "own", actor)
        sessions.end_all(person.id, "new password", but=actor.session_id)
        return sessions.rotate(_session(actor), stepped_up=True)


def renew(password: str, actor: Actor, user_agent: str) -> str:
    """Choose the password that is due, right after signing in; returns the token of a whole session."""
    if actor.organization_id is not None:
        raise Conflict(lazy("Your password is not due. Change it in your profile."))
    with db.door():
        person = session.get_one(User, actor.user_id)
        check(person, password)
        _put(person, password, "due", actor)
        sessions.end_all(person.id, "new password")
        return sessions.begin(person.id, ip=actor.ip, user_agent=user_agent, stepped_up=True)


def check(person: User, password: str, *also: UUID, field: str = "password") -> None:
    """Raise Invalid unless `password` may be this person's next one. `also`: organizations about to be joined."""
    rules = queries.policy_of(person.id, *also)
    problems = policy.judge(password, rules, queries.words_about(person.id, *also))
    if not problems and _used_before(person, password, rules.no_reuse):
        problems = [lazy("You have used this password before. Choose another.")]
    if problems:
        raise Invalid(fields={field: " ".join(str(p) for p in problems)})


def remember(person: User) -> None:
    """Keep the hash of the person's password, so that it is not used again."""
    session.add(PasswordHistory(id=new_id(), user_id=person.id, password_hash=str(person.password_hash)))
    session.flush()


def end_others(actor: Actor) -> int:
    """Sign out everywhere else; return how many sessions ended."""
    count = sessions.end_all(_person(actor), "signed out elsewhere", but=actor.session_id)
    announce(SessionsEnded(client_id=actor.client_id, subject_id=actor.user_id, subject_label=actor.email, count=count),
             actor)
    return count


def end_one(session_id: UUID, actor: Actor) -> None:
    """End one of the actor's own sessions; somebody else's is not found, quietly."""
    if sessions.end(session_id, _person(actor), "signed out elsewhere"):
        announce(SessionsEnded(client_id=actor.client_id, subject_id=actor.user_id, subject_label=actor.email, count=1),
                 actor)


def _put(person: User, password: str, how: str, actor: Actor) -> None:
    person.password_hash = passwords.hash_password(password)
    person.password_changed_at, person.must_change_password = now(), False
    remember(person)
    announce(PasswordChanged(client_id=actor.client_id, subject_id=person.id, subject_label=person.email, how=how),
             actor)


def _used_before(person: User, password: str, count: int) -> bool:
    if passwords.matches(person.password_hash, password):
        return True
    query = select(PasswordHistory.password_hash).filter_by(user_id=person.id).order_by(PasswordHistory.id.desc())
    return any(passwords.matches(h, password) for h in session.scalars(query.limit(count))) if count else False


def _sent_today(user_id: UUID) -> int:
    query = select(func.count()).select_from(Link).where(
        Link.user_id == user_id, Link.kind == LinkKind.PASSWORD_RESET, Link.created_at > now() - timedelta(days=1))
    return int(session.scalar(query) or 0)


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise NotAllowed(lazy("Sign in first."))
    return actor.user_id


def _session(actor: Actor) -> UUID:
    if actor.session_id is None:
        raise NotAllowed(lazy("Sign in first."))
    return actor.session_id
