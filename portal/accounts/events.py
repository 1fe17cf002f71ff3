"""What happens with people and their access, and how the audit trail says it. No event carries a secret."""
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from portal.core.events import Event
from portal.core.i18n import lazy


@dataclass(frozen=True, kw_only=True)
class AccessEvent(Event):
    """The root of what concerns a person's way in: `subject_id` is the person, `subject_label` the e-mail."""

    kind: ClassVar[str] = "access"


@dataclass(frozen=True, kw_only=True)
class SignedIn(AccessEvent):
    """A person signed in. `new_device`: never seen before from there with that browser."""

    new_device: bool = False


@dataclass(frozen=True, kw_only=True)
class SignInFailed(AccessEvent):
    """Somebody gave a wrong e-mail or password."""


@dataclass(frozen=True, kw_only=True)
class SignInBlocked(AccessEvent):
    """An attempt was not even looked at: too many wrong ones before."""

    seconds: int


@dataclass(frozen=True, kw_only=True)
class SignedOut(AccessEvent):
    """A person signed out."""


@dataclass(frozen=True, kw_only=True)
class SteppedUp(AccessEvent):
    """A person gave the password again for a sensitive act."""


@dataclass(frozen=True, kw_only=True)
class StepUpFailed(AccessEvent):
    """A wrong password at a sensitive act."""


@dataclass(frozen=True, kw_only=True)
class Switched(AccessEvent):
    """A person now acts for another organization, or on its other side."""

    organization: str
    side: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(AccessEvent):
    """A person has a new password; every other session was ended. `how`: own, reset, due."""

    how: str


@dataclass(frozen=True, kw_only=True)
class PasswordResetAsked(AccessEvent):
    """Somebody asked for a link to choose a new password."""


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(AccessEvent):
    """A person, or an administrator, ended sessions."""

    count: int


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(AccessEvent):
    """A person changed the own profile."""

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Registered(AccessEvent):
    """A person came into being with a first password."""


@dataclass(frozen=True, kw_only=True)
class LinkEvent(Event):
    """The root of what happens to a link: `subject_id` is the link, `subject_label` the address."""

    kind: ClassVar[str] = "link"
    link_kind: str
    organization_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class LinkIssued(LinkEvent):
    """A link was made and its letter is on its way."""


@dataclass(frozen=True, kw_only=True)
class LinkOpened(LinkEvent):
    """The person opened the link for the first time."""


@dataclass(frozen=True, kw_only=True)
class LinkAccepted(LinkEvent):
    """The person used the link. Announced inside the acceptance, as the door: what the link gives is attached now."""

    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class LinkRevoked(LinkEvent):
    """A link was taken back."""


@dataclass(frozen=True, kw_only=True)
class NewLinkAsked(LinkEvent):
    """Somebody holds a dead link and asks for another."""


@dataclass(frozen=True, kw_only=True)
class MemberEvent(Event):
    """The root of what happens to an organization's people: `subject_id` is the person."""

    kind: ClassVar[str] = "member"
    organization_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberJoined(MemberEvent):
    """A person now works for the organization."""

    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RolesChanged(MemberEvent):
    """An administrator changed what a person may do."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MemberDisabled(MemberEvent):
    """A person no longer works for the organization; the sessions there are dead."""


@dataclass(frozen=True, kw_only=True)
class MemberEnabled(MemberEvent):
    """A person works for the organization again."""


@dataclass(frozen=True, kw_only=True)
class OrganizationEvent(Event):
    """The root of what happens to an organization's own set-up: `subject_id` is the organization."""

    kind: ClassVar[str] = "organization"


@dataclass(frozen=True, kw_only=True)
class OrganizationCreated(OrganizationEvent):
    """An organization came into being."""

    is_client: bool


@dataclass(frozen=True, kw_only=True)
class OrganizationChanged(OrganizationEvent):
    """Its name, language or zone changed."""

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FiscalProfileChanged(OrganizationEvent):
    """A fiscal profile was added (`act` added), changed, removed or made the first one."""

    rfc: str
    act: str


@dataclass(frozen=True, kw_only=True)
class PasswordPolicyChanged(OrganizationEvent):
    """The organization asks something else of passwords."""

    changed: tuple[str, ...]


SENTENCES = {
    "SignedIn": lazy("%(subject)s signed in"),
    "SignInFailed": lazy("Sign-in of %(subject)s failed"),
    "SignInBlocked": lazy("Sign-in of %(subject)s refused after too many attempts"),
    "SignedOut": lazy("%(subject)s signed out"),
    "SteppedUp": lazy("%(subject)s confirmed with the password"),
    "StepUpFailed": lazy("%(subject)s gave a wrong password when asked to confirm"),
    "Switched": lazy("%(subject)s now works for %(organization)s (%(side)s)"),
    "PasswordChanged": lazy("Password of %(subject)s changed"),
    "PasswordResetAsked": lazy("A link for a new password was asked for %(subject)s"),
    "SessionsEnded": lazy("Sessions of %(subject)s ended: %(count)s"),
    "ProfileChanged": lazy("Profile of %(subject)s changed: %(changed)s"),
    "Registered": lazy("%(subject)s registered"),
    "LinkIssued": lazy("Link sent to %(subject)s (%(link_kind)s)"),
    "LinkOpened": lazy("%(subject)s opened the link (%(link_kind)s)"),
    "LinkAccepted": lazy("%(subject)s used the link (%(link_kind)s)"),
    "LinkRevoked": lazy("Link of %(subject)s revoked (%(link_kind)s)"),
    "NewLinkAsked": lazy("%(subject)s asked for a new link (%(link_kind)s)"),
    "MemberJoined": lazy("%(subject)s joined with the roles %(roles)s"),
    "RolesChanged": lazy("Roles of %(subject)s changed: %(before)s → %(after)s"),
    "MemberDisabled": lazy("Access of %(subject)s disabled"),
    "MemberEnabled": lazy("Access of %(subject)s enabled again"),
    "OrganizationCreated": lazy("Organization %(subject)s created"),
    "OrganizationChanged": lazy("Data of %(subject)s changed: %(changed)s"),
    "FiscalProfileChanged": lazy("Fiscal profile %(rfc)s: %(act)s"),
    "PasswordPolicyChanged": lazy("Password rules of %(subject)s changed: %(changed)s"),
}
