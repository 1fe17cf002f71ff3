"""Coming in by a link: a supplier's invitation, a colleague's, the set-up of a client.

What the link gives is read from its row; the form gives a name and a password only. Nobody is known yet, so this
runs as the door.
"""
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import ANONYMOUS, Actor
from portal.access.permissions import Permission
from portal.access.policy import Role, Side
from portal.accounts import addresses, configuration, entrance, links, policy, queries, recovery, services, sessions
from portal.accounts.events import LinkAccepted, NewLinkAsked, Registered
from portal.accounts.models import Link, LinkKind, Organization, User
from portal.core import db
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.events import announce
from portal.core.i18n import LOCALES, lazy

DEAD = lazy("This link is no longer valid. Open it again to see why, and how to get another.")


@dataclass(frozen=True)
class Invitation:
    """What a page may know of a link before anybody has signed in."""

    link: Link | None
    state: str = "unknown"
    organization: str = ""
    registered: bool = False  # the address belongs to somebody with a password

    @property
    def is_open(self) -> bool:
        return self.state in ("sent", "opened")


@dataclass(frozen=True)
class Newcomer:
    """What a person gives at the first visit, and from where. `accepted`: privacy notice and terms."""

    name: str
    password: str
    locale: str = "es"
    accepted: bool = False
    ip: str = ""
    user_agent: str = ""


def look(secret: str, kind: LinkKind) -> Invitation:
    """Return what is behind a secret, and remember that it was opened. Unknown secrets give the state "unknown"."""
    with db.door():
        link = links.find(secret, kind) if secret else None
        if link is None:
            return Invitation(None)
        if links.is_open(link):
            links.note_opened(link)
        giver = session.get(Organization, link.organization_id) if link.organization_id else None
        person = _person_of(link)
        return Invitation(link, links.state(link).value, giver.name if giver else "",
                          bool(person and person.password_hash))


def look_quietly(secret: str, kind: str) -> Link | None:
    """Return the link of a secret without remembering that it was opened."""
    with db.door():
        return links.find(secret, LinkKind(kind))


def advice(password: str, link: Link | None, actor: Actor) -> policy.Strength:
    """Return how good a password is, for whoever is choosing one: by a link, or signed in."""
    user_id = link.user_id if link and link.user_id else actor.user_id
    also = _giver(link)
    words = queries.words_about(user_id, *also) + ([link.email, link.name] if link else [])
    return policy.strength(password[:policy.LONGEST], queries.policy_of(user_id, *also), words)


def shortest(link: Link | None, actor: Actor) -> int:
    """Return how many characters this person's password needs, for the hint beside the field."""
    user_id = link.user_id if link and link.user_id else actor.user_id
    return queries.policy_of(user_id, *_giver(link)).min_length


def accept(link: Link, command: Newcomer) -> str:
    """Make the person whom the link invites, give what it gives, sign the person in; return the token.

    Raises Invalid (password, consent, name), Conflict when the link is dead or its address already has an account.
    """
    with db.door():
        _still_open(link)
        if _person_of(link):
            raise Conflict(lazy("There is already an account with this e-mail. Sign in to accept the invitation."))
        _judge(command, link)
        links.redeem(link)
        person = _register(link.email, command)
        link.user_id = person.id
        organization_id = _give(link, person, ANONYMOUS.on(user_id=person.id, name=person.name, email=person.email,
                                                           ip=command.ip))
        return entrance.admit(person, command.ip, command.user_agent, organization_id=organization_id)


def accept_signed_in(link: Link, actor: Actor) -> str:
    """Give a person who has an account what the link gives; return the session's new token.

    Raises NotAllowed when the link is for another address, Conflict when it is dead.
    """
    if addresses.key_of(link.email) != addresses.key_of(actor.email) or actor.session_id is None:
        raise NotAllowed(lazy("This invitation is for another e-mail. Sign out and sign in with the invited one."))
    with db.door():
        _still_open(link)
        links.redeem(link)
        person = session.get_one(User, actor.user_id)
        link.user_id = person.id
        before = set(sessions.seats_of(person.id))
        organization_id = _give(link, person, actor)
        seat = _seat_after(before, sessions.seats_of(person.id), organization_id)
        return sessions.rotate(actor.session_id, seat=seat)


def set_up(link: Link, client: configuration.NewClient, command: Newcomer) -> str:
    """Make a client with its fiscal profile, and its administrator, by the one-time set-up link; return the token.

    Raises Invalid (also for an e-mail that has an account), Conflict when the link is dead.
    """
    with db.door():
        _still_open(link)
        if link.email and addresses.key_of(link.email) != addresses.key_of(client.email):
            raise Invalid(fields={"email": lazy("This link was sent to another address.")})
        _judge(command, link, client.name, client.rfc, client.email)
        profile = configuration.checked(client.profile)
        links.redeem(link)
        organization = services.create_organization(client.name, profile.rfc, is_client=True, locale=command.locale,
                                                    zone=client.zone)
        configuration.add_first_profile(organization.id, profile)
        person = _register(client.email, command)
        link.user_id = person.id
        services.add_member(organization.id, person.id, {Role.ADMINISTRATOR.value, *link.roles})
        about = {**links.about(link, organization.id), "organization_id": organization.id}  # the link knew of none
        announce(LinkAccepted(**about, link_kind=link.kind.value, user_id=person.id), ANONYMOUS)
        return entrance.admit(person, command.ip, command.user_agent, organization_id=organization.id)


def ask_again(link: Link) -> None:
    """Ask those who gave a dead link for another one; the answer to the visitor is the same in every case."""
    with db.door():
        if not links.is_open(link) and links.state(link) is not links.LinkState.ACCEPTED and link.organization_id:
            giver = session.get_one(Organization, link.organization_id)
            about = links.about(link, giver.id if giver.is_client else None)
            announce(NewLinkAsked(**about, link_kind=link.kind.value), ANONYMOUS)


def issue_setup(email: str = "", name: str = "", locale: str = "es", actor: Actor = ANONYMOUS) -> str:
    """Make a one-time set-up link and return its address. The first one makes its person the operator too."""
    with db.door():
        roles = () if queries.has_operator() else (Role.OPERATOR.value,)
        return links.issue(LinkKind.SETUP, email, actor=actor, roles=roles, name=name, locale=locale)[1]


def invite_client(email: str, name: str, locale: str, actor: Actor) -> str:
    """Send the set-up link of a new client to its administrator; only the operator may. Returns its address."""
    actor.require(Permission.Installation.OPERATE)
    return issue_setup(addresses.checked(email), name, locale, actor)


def _giver(link: Link | None) -> tuple[UUID, ...]:
    """Return the organization that gives a link: who comes by it obeys its rules too."""
    return (link.organization_id,) if link and link.organization_id else ()


def _judge(command: Newcomer, link: Link, *words: str) -> None:
    problems: dict[str, object] = {}
    if not command.accepted:
        problems["accepted"] = lazy("To go on, accept the privacy notice and the terms of use.")
    if not command.name.strip():
        problems["name"] = lazy("Write your name.")
    also = _giver(link)
    known = [*queries.words_about(None, *also), link.email, command.name, *words]
    if wrong := policy.judge(command.password, queries.policy_of(None, *also), known):
        problems["password"] = " ".join(str(p) for p in wrong)
    if problems:
        raise Invalid(fields=problems)


def _register(email: str, command: Newcomer) -> User:
    locale = command.locale if command.locale in LOCALES else LOCALES[0]
    person = services.create_user(email, command.name, password=command.password, locale=locale)
    recovery.remember(person)
    services.consent(person.id, command.ip)
    announce(Registered(subject_id=person.id, subject_label=person.email), ANONYMOUS.on(ip=command.ip))
    return person


def _give(link: Link, person: User, actor: Actor) -> UUID | None:
    """Attach what the link gives; return the organization of a colleague (a supplier's is made by the listener)."""
    client_id = None
    if link.kind is LinkKind.COLLEAGUE_INVITATION and link.organization_id:
        services.add_member(link.organization_id, person.id, link.roles, actor=actor)
        giver = session.get_one(Organization, link.organization_id)
        client_id = giver.id if giver.is_client else None
    announce(LinkAccepted(**links.about(link, client_id), link_kind=link.kind.value, user_id=person.id), actor)
    session.flush()
    return link.organization_id if link.kind is LinkKind.COLLEAGUE_INVITATION else None


def _seat_after(before: set[sessions.Seat], after: list[sessions.Seat], organization_id: UUID | None,
                ) -> sessions.Seat | None:
    fresh = [s for s in after if s not in before or s.organization_id == organization_id]
    return next(iter(fresh or [s for s in after if s.side is Side.SUPPLIER]), None)


def _person_of(link: Link) -> User | None:
    return session.scalar(select(User).filter_by(email_key=addresses.key_of(link.email))) if link.email else None


def _still_open(link: Link) -> None:
    session.refresh(link)
    if not links.is_open(link) or link.expires_at <= now():
        raise Conflict(DEAD)
