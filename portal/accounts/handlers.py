"""Letters that follow from what happened to a person's access. Within the change: they are sent if it is committed."""
from portal.access.actor import Actor
from portal.access.policy import Role
from portal.accounts import emails, queries
from portal.accounts.events import LinkAccepted, NewLinkAsked, PasswordChanged, RolesChanged, SignedIn
from portal.accounts.models import LinkKind
from portal.core.clock import now

THOSE_WHO_INVITE = (Role.ADMINISTRATOR, Role.ACCOUNTS_PAYABLE, Role.SUPPLIER_ADMINISTRATOR)


def welcome(event: LinkAccepted, actor: Actor) -> None:
    """Tell a person that the registration, or the new place, is done."""
    person = queries.recipient(event.user_id)
    if person and event.link_kind != LinkKind.PASSWORD_RESET:
        emails.registered(person, queries.name_of(event.organization_id))


def tell_password_changed(event: PasswordChanged, actor: Actor) -> None:
    """Tell the person, so that somebody else's act is noticed."""
    person = queries.recipient(event.subject_id)
    if person and event.subject_id:
        emails.password_changed(person, now(), queries.zone_of(event.subject_id), actor.ip)


def tell_new_device(event: SignedIn, actor: Actor) -> None:
    """Tell the person of a sign-in from a browser that was not seen before."""
    person = queries.recipient(event.subject_id) if event.new_device else None
    if person and event.subject_id:
        emails.new_sign_in(person, now(), queries.zone_of(event.subject_id), actor.ip)


def tell_roles(event: RolesChanged, actor: Actor) -> None:
    """Tell the person what may be done now."""
    person = queries.recipient(event.subject_id)
    if person:
        emails.roles_changed(person, queries.name_of(event.organization_id))


def tell_inviters(event: NewLinkAsked, actor: Actor) -> None:
    """Tell those who can send another link."""
    emails.new_link_asked(queries.contacts_of(event.organization_id, THOSE_WHO_INVITE), event.subject_label)
