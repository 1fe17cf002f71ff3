"""What an organization sets for itself: its data, its fiscal profiles, its password rules."""
import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import select, update

from portal.access.actor import ANONYMOUS, Actor
from portal.access.permissions import Permission
from portal.accounts import queries
from portal.accounts.events import FiscalProfileChanged, OrganizationChanged, PasswordPolicyChanged
from portal.accounts.models import FiscalProfile, Organization
from portal.accounts.policy import CLASSES, PasswordPolicy
from portal.accounts.regimes import fits, known
from portal.core.db import insert_once, session
from portal.core.errors import Conflict, Invalid
from portal.core.events import announce
from portal.core.i18n import LOCALES, ZONE, lazy
from portal.core.ids import new_id

RFC = re.compile(r"[A-ZÑ&]{3,4}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[A-Z\d]{2}[A\d]")
# The legal form at the end of a name: the tax record states the name without it (CFDI 4.0).
_FORMS = (r"S\.?A\.?B\.?|S\.?A\.?P\.?I\.?(?: ?B\.?)?|S\.?A\.?S\.?|S\.? ?A\.?|S\.? DE R\.? ?L\.?|S\.?P\.?R\.?|"
          r"S\.?C\.?|A\.?C\.?|S\.? ?EN ?C\.?(?: ?POR ?A\.?)?")
SUFFIX = re.compile(rf"[, ]+(?:{_FORMS})(?: DE R\.? ?[LIS]\.?)?(?: DE C\.? ?V\.?)?(?: M\.?I\.?)?$")


@dataclass(frozen=True)
class Profile:
    """A fiscal profile as it is typed: what the tax record (constancia de situación fiscal) states."""

    rfc: str
    name: str
    postcode: str
    regimes: tuple[str, ...]


@dataclass(frozen=True)
class NewClient:
    """A client as the set-up page takes it. `email`: its administrator's."""

    name: str
    rfc: str
    fiscal_name: str
    postcode: str
    regimes: tuple[str, ...]
    email: str
    zone: str = ZONE

    @property
    def profile(self) -> Profile:
        return Profile(self.rfc, self.fiscal_name, self.postcode, self.regimes)


def fiscal_name(typed: str, rfc: str = "") -> str:
    """Return a name as the tax record has it: upper case, single blanks, a company's without its legal form."""
    plain = " ".join(unicodedata.normalize("NFC", typed).upper().split())
    return plain if len(rfc) == 13 else SUFFIX.sub("", plain).strip(" ,")


def checked(profile: Profile) -> Profile:
    """Return a profile in its normal form. Raises Invalid with a sentence beside each wrong field."""
    rfc = re.sub(r"[\s-]", "", profile.rfc.upper())
    name = fiscal_name(profile.name, rfc)
    wrong: dict[str, object] = {}
    if not RFC.fullmatch(rfc):
        wrong["rfc"] = lazy("This is not an RFC: 3 or 4 letters, a date and 3 characters, as in ABC010203XY4.")
    if not name:
        wrong["fiscal_name"] = lazy("Write the name as your constancia de situación fiscal has it.")
    if not re.fullmatch(r"\d{5}", profile.postcode.strip()):
        wrong["postcode"] = lazy("A postcode has five digits.")
    regimes = tuple(r for r in dict.fromkeys(profile.regimes) if known(r))
    if not regimes:
        wrong["regimes"] = lazy("Choose at least one tax regime.")
    elif "rfc" not in wrong and not all(fits(r, rfc) for r in regimes):
        wrong["regimes"] = lazy("One of these regimes is not for this kind of taxpayer: an RFC of 12 characters is a "
                                "company, one of 13 a person.")
    if wrong:
        raise Invalid(fields=wrong)
    return Profile(rfc, name[:300], profile.postcode.strip(), regimes)


def add_first_profile(client_id: UUID, profile: Profile) -> FiscalProfile:
    """Give a new client its first profile (already checked). For the set-up; runs as the door."""
    row = _row(client_id, profile, True)
    session.add(row)
    session.flush()
    _tell(row, "added", ANONYMOUS)
    return row


def add_profile(profile: Profile, actor: Actor) -> FiscalProfile:
    """Add an RFC to the actor's client. Raises Invalid, also when it is there already."""
    actor.require(Permission.Organization.CONFIGURE)
    row = _row(queries.organization(actor).id, checked(profile), not queries.fiscal_profiles(actor.client_id))
    if not insert_once(row):
        raise Invalid(fields={"rfc": lazy("This RFC is already one of your fiscal profiles.")})
    _tell(row, "added", actor)
    return row


def change_profile(profile_id: UUID, profile: Profile, actor: Actor) -> FiscalProfile:
    """Change a profile; its RFC stays (another RFC is another profile). Raises NotFound, Invalid."""
    actor.require(Permission.Organization.CONFIGURE)
    row = queries.fiscal_profile(actor, profile_id)
    wanted = checked(Profile(row.rfc, profile.name, profile.postcode, profile.regimes))
    row.name, row.postcode, row.regimes = wanted.name, wanted.postcode, list(wanted.regimes)
    _tell(row, "changed", actor)
    return row


def prefer_profile(profile_id: UUID, actor: Actor) -> None:
    """Make a profile the first one. Raises NotFound."""
    actor.require(Permission.Organization.CONFIGURE)
    row = queries.fiscal_profile(actor, profile_id)
    session.execute(update(FiscalProfile).filter_by(client_id=actor.client_id).values(is_default=False))
    row.is_default = True
    session.flush()
    _tell(row, "changed", actor)


def remove_profile(profile_id: UUID, actor: Actor) -> None:
    """Remove a profile; the first one stays. Raises NotFound, Conflict."""
    actor.require(Permission.Organization.CONFIGURE)
    row = queries.fiscal_profile(actor, profile_id)
    if row.is_default:
        raise Conflict(lazy("This is your first profile. Make another the first one before you remove it."))
    session.delete(row)
    session.flush()
    _tell(row, "removed", actor)


def change_organization(name: str, locale: str, zone: str, actor: Actor) -> Organization:
    """Change how the actor's organization is called here, and its language and zone. The tax id is not editable."""
    actor.require(Permission.Organization.PEOPLE)
    row = session.scalars(select(Organization).filter_by(id=queries.organization(actor).id).with_for_update()).one()
    if not name.strip():
        raise Invalid(fields={"name": lazy("Write the name of the organization.")})
    wanted = {"name": name.strip()[:300], "locale": locale if locale in LOCALES else row.locale,
              "zone": checked_zone(zone)}
    changed = tuple(k for k, v in wanted.items() if getattr(row, k) != v)
    for key in changed:
        setattr(row, key, wanted[key])
    if changed:
        announce(OrganizationChanged(client_id=actor.client_id, subject_id=row.id, subject_label=row.name,
                                     changed=changed), actor)
    return row


def change_policy(policy: PasswordPolicy, actor: Actor) -> None:
    """Set what the actor's organization asks of passwords; it never asks less than the portal does."""
    actor.require(Permission.Organization.PEOPLE)
    row = queries.organization(actor)
    wrong: dict[str, object] = {}
    if not PasswordPolicy().min_length <= policy.min_length <= 64:
        wrong["min_length"] = lazy("Ask for 12 to 64 characters.")
    if not set(policy.classes) <= set(CLASSES):
        wrong["classes"] = lazy("Choose among the kinds of characters in the list.")
    if wrong:
        raise Invalid(fields=wrong)
    before, after = PasswordPolicy.read(row.password_policy).kept(), policy.kept()
    row.password_policy = after
    if changed := tuple(k for k in after if after[k] != before[k]):
        announce(PasswordPolicyChanged(client_id=actor.client_id, subject_id=row.id, subject_label=row.name,
                                       changed=changed), actor)


def checked_zone(zone: str) -> str:
    """Return an IANA time zone. Raises Invalid for what is none."""
    if zone not in available_timezones():
        raise Invalid(fields={"zone": lazy("Choose a time zone from the list.")})
    return zone


def _row(client_id: UUID, profile: Profile, first: bool) -> FiscalProfile:
    return FiscalProfile(id=new_id(), client_id=client_id, rfc=profile.rfc, name=profile.name,
                         postcode=profile.postcode, regimes=list(profile.regimes), is_default=first)


def _tell(row: FiscalProfile, act: str, actor: Actor) -> None:
    announce(FiscalProfileChanged(client_id=row.client_id, subject_id=row.id, subject_label=row.name, rfc=row.rfc,
                                  act=act), actor)
