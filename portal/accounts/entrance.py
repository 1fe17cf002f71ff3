"""In and out: sign in, sign out, the password again, another seat.

A refused attempt is an answer, not an error: it must be kept, and an error would undo it.
"""
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import ANONYMOUS, Actor
from portal.access.policy import Side
from portal.accounts import addresses, attempts, passwords, policy, queries, sessions
from portal.accounts.events import SignedIn, SignedOut, SignInBlocked, SignInFailed, SteppedUp, StepUpFailed, Switched
from portal.accounts.models import Organization, User
from portal.core import db
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import NotAllowed, NotFound
from portal.core.events import announce
from portal.core.i18n import lazy, ngettext
from portal.web import parking

WRONG = lazy("The e-mail or the password is not right. Check both and try again.")
UNUSED = lazy("This account was not used for a long time and is locked. Ask for a link to choose a new password.")
NOWHERE = lazy("Your account works for no organization any more. Ask whoever invited you.")


@dataclass(frozen=True)
class SignIn:
    """What the sign-in form gives, and from where."""

    email: str
    password: str
    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True)
class Answer:
    """A token, or why there is none. `due`: a new password must be chosen before anything else."""

    token: str | None = None
    refusal: Any = ""
    due: bool = False
    waiting: bool = False  # a form of an ended session waits for this person


def sign_in(command: SignIn, actor: Actor = ANONYMOUS) -> Answer:
    """Try to sign a person in. An unknown e-mail gets the same answer, in the same time, as a wrong password."""
    key = addresses.key_of(command.email)
    with db.door():
        person = session.scalar(select(User).filter_by(email_key=key))
        wait = attempts.seconds_to_wait(key, command.ip)
        if wait:
            announce(SignInBlocked(**_about(key, person), seconds=wait), actor)
            return Answer(refusal=too_many(wait))
        # A disabled person's password is not looked at, but an argon2 hash is computed all the same.
        usable = person.password_hash if person and not person.disabled_at else None
        if not passwords.matches(usable, command.password) or person is None:
            attempts.record(key, person.id if person else None, False, command.ip, command.user_agent)
            announce(SignInFailed(**_about(key, person)), actor)
            return Answer(refusal=WRONG)
        return _enter(person, command, actor)


def admit(person: User, ip: str, user_agent: str, *, organization_id: UUID | None = None) -> str:
    """Sign in a person who has just proved to be one (a link and a new password), and return the token."""
    with db.door():
        attempts.record(person.email_key, person.id, True, ip, user_agent)
        token = sessions.begin(person.id, organization_id=organization_id, ip=ip, user_agent=user_agent,
                               stepped_up=True)
        announce(SignedIn(**_about(person.email_key, person)), _as(person, ip))
        return token


def sign_out(actor: Actor) -> None:
    """End the actor's session."""
    if actor.session_id and actor.user_id and sessions.end(actor.session_id, actor.user_id, "signed out"):
        announce(SignedOut(client_id=actor.client_id, subject_id=actor.user_id, subject_label=actor.email), actor)


def step_up(password: str, actor: Actor, user_agent: str = "") -> Answer:
    """Check the password again and give the session a new token. Wrong ones count as at the sign-in."""
    key = addresses.key_of(actor.email)
    about: dict[str, Any] = {"client_id": actor.client_id, "subject_id": actor.user_id, "subject_label": actor.email}
    with db.door():
        wait = attempts.seconds_to_wait(key, actor.ip)
        if wait:
            return Answer(refusal=too_many(wait))
        person = session.get_one(User, actor.user_id)
        right = passwords.matches(person.password_hash, password)
        attempts.record(key, person.id, right, actor.ip, user_agent)
    if not right or actor.session_id is None:
        announce(StepUpFailed(**about), actor)
        return Answer(refusal=lazy("That is not your password. Try again."))
    announce(SteppedUp(**about), actor)
    return Answer(token=sessions.rotate(actor.session_id, stepped_up=True))


def switch(organization_id: UUID, side: str, actor: Actor) -> str:
    """Let the actor act from another of its own seats; return the session's new token. Raises NotFound."""
    seat = next((s for s in sessions.seats_of(_known(actor)) if (s.organization_id, s.side.value) ==
                 (organization_id, side)), None)
    if seat is None or actor.session_id is None:
        raise NotFound
    organization = session.get_one(Organization, organization_id)
    token = sessions.rotate(actor.session_id, seat=seat)
    announce(Switched(client_id=actor.client_id, subject_id=actor.user_id, subject_label=actor.email,
                      organization=organization.name, side=side), actor)
    return token


def too_many(seconds: int) -> Any:
    """Return the sentence that says how long to wait."""
    minutes = -(-seconds // 60)
    return ngettext("Too many attempts. Wait %(num)d minute, or ask for a link to choose a new password.",
                    "Too many attempts. Wait %(num)d minutes, or ask for a link to choose a new password.", minutes)


def _enter(person: User, command: SignIn, actor: Actor) -> Answer:
    rules, moment = queries.policy_of(person.id), now()
    if policy.is_unused(person.last_seen_at, rules, moment):
        announce(SignInBlocked(**_about(person.email_key, person), seconds=0), actor)
        return Answer(refusal=UNUSED)
    if not sessions.seats_of(person.id):
        return Answer(refusal=NOWHERE)
    if passwords.outdated(str(person.password_hash)):
        person.password_hash = passwords.hash_password(command.password)
    new_device = attempts.is_new_device(person.email_key, command.user_agent)
    attempts.record(person.email_key, person.id, True, command.ip, command.user_agent)
    if actor.session_id and actor.user_id:
        sessions.end(actor.session_id, actor.user_id, "signed in again")
    due = person.must_change_password or policy.is_due(person.password_changed_at, rules, moment)
    token = sessions.begin(person.id, ip=command.ip, user_agent=command.user_agent, stepped_up=True, seated=not due)
    announce(SignedIn(**_about(person.email_key, person), new_device=new_device), _as(person, command.ip))
    return Answer(token=token, due=due, waiting=parking.waiting(_as(person, command.ip)) is not None)


def _about(key: str, person: User | None) -> dict[str, Any]:
    # What was typed may be a password in the wrong field: only what looks like an address is kept.
    label = person.email if person else key if "@" in key else "?"
    return {"client_id": _client_of(person) if person else None, "subject_id": person.id if person else None,
            "subject_label": label}


def _client_of(person: User) -> UUID | None:
    """Return the client whose administrator sees this in the audit trail: the person's first, if any."""
    return next((s.organization_id for s in sessions.seats_of(person.id) if s.side is Side.CLIENT), None)


def _as(person: User, ip: str) -> Actor:
    return ANONYMOUS.on(user_id=person.id, name=person.name, email=person.email, ip=ip)


def _known(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise NotAllowed(lazy("Sign in first."))
    return actor.user_id
