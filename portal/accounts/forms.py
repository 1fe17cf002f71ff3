"""The forms of access: shape only; what is true or allowed is the services' to say."""
from typing import Any
from zoneinfo import available_timezones

from flask import request
from wtforms import BooleanField, IntegerField, PasswordField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.configuration import NewClient, Profile
from portal.accounts.entrance import SignIn
from portal.accounts.joining import Newcomer
from portal.accounts.models import NewInvoiceLetters
from portal.accounts.policy import PasswordPolicy
from portal.core.i18n import LANGUAGES, ZONE, lazy
from portal.web.forms import Form, Text

MEXICO = ("America/Mexico_City", "America/Monterrey", "America/Merida", "America/Cancun", "America/Chihuahua",
          "America/Ciudad_Juarez", "America/Ojinaga", "America/Hermosillo", "America/Mazatlan",
          "America/Bahia_Banderas", "America/Matamoros", "America/Tijuana")
ELSEWHERE = sorted(z for z in available_timezones() if "/" in z and not z.startswith("Etc/") and z not in MEXICO)
ZONES = [(z, z.replace("_", " ")) for z in (*MEXICO, *ELSEWHERE)]
NEEDED = DataRequired(lazy("Fill this in."))
SHORT = Length(max=120, message=lazy("Use at most %(n)d characters.", n=120))
PASSWORD_LIMIT = Length(max=1024, message=lazy("Use at most %(n)d characters.", n=256))
NEW = {"autocomplete": "new-password", "spellcheck": "false"}


class Several(SelectMultipleField):  # type: ignore[misc]
    """Several choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SignInForm(Form):
    """E-mail and password."""

    email = Text(lazy("E-mail"), [NEEDED, Length(max=254)],
                 render_kw={"type": "email", "autocomplete": "username", "inputmode": "email", "autofocus": True})
    password = PasswordField(lazy("Password"), [NEEDED, PASSWORD_LIMIT], render_kw={"autocomplete": "current-password"})

    def to_command(self) -> SignIn:
        """Return what was typed, and from where."""
        return SignIn(self.email.data, self.password.data, *where())


class StepUpForm(Form):
    """The password again."""

    password = PasswordField(lazy("Password"), [NEEDED, PASSWORD_LIMIT],
                             render_kw={"autocomplete": "current-password", "autofocus": True})


class RecoverForm(Form):
    """Where to send the link."""

    email = Text(lazy("E-mail"), [NEEDED], render_kw={"type": "email", "autocomplete": "username", "autofocus": True})


class NewPasswordForm(Form):
    """A new password. Typed once: it can be shown."""

    password = PasswordField(lazy("New password"), [NEEDED, PASSWORD_LIMIT], render_kw=NEW)


class NewcomerForm(Form):
    """A person's first visit."""

    name = Text(lazy("Your name"), [NEEDED, SHORT], render_kw={"autocomplete": "name"})
    locale = SelectField(lazy("Language"), choices=list(LANGUAGES.items()))
    password = PasswordField(lazy("Password"), [NEEDED, PASSWORD_LIMIT], render_kw=NEW)
    accepted = BooleanField(lazy("I have read and accept the privacy notice and the terms of use"), [
        DataRequired(lazy("To go on, accept the privacy notice and the terms of use."))])

    def to_command(self) -> Newcomer:
        """Return what was given, and from where."""
        return Newcomer(self.name.data, self.password.data, self.locale.data, self.accepted.data, *where())


class FiscalForm(Form):
    """A fiscal profile as the tax record states it."""

    rfc = Text("RFC", [NEEDED, Length(max=20)], render_kw={"data-mask": "rfc", "autocomplete": "off"})
    fiscal_name = Text(lazy("Name in the tax record"), [NEEDED, Length(max=300)],
                       description=lazy("In capitals, without S.A. de C.V. or the like: as your constancia de "
                                        "situación fiscal has it."), render_kw={"data-mask": "upper"})
    postcode = Text(lazy("Postcode of the fiscal address"), [NEEDED, Length(max=10)],
                    render_kw={"inputmode": "numeric", "autocomplete": "postal-code"})
    regimes = Several(lazy("Tax regimes"), validate_choice=False)

    def to_profile(self) -> Profile:
        """Return what was typed."""
        return Profile(self.rfc.data, self.fiscal_name.data, self.postcode.data, tuple(self.regimes.data or ()))


class SetupForm(NewcomerForm, FiscalForm):
    """The first steps of a client: the organization, its fiscal profile, its administrator."""

    organization = Text(lazy("Name of the company"), [NEEDED, Length(max=300)],
                        render_kw={"autocomplete": "organization"})
    zone = SelectField(lazy("Time zone"), choices=ZONES, default=ZONE)
    email = Text(lazy("E-mail"), [NEEDED, Length(max=254)], render_kw={"type": "email", "autocomplete": "username"})

    def to_client(self) -> NewClient:
        """Return the client as it was typed."""
        profile = self.to_profile()
        return NewClient(self.organization.data, profile.rfc, profile.name, profile.postcode, profile.regimes,
                         self.email.data, self.zone.data)


class ColleagueForm(Form):
    """Whom to invite, and what the person may do."""

    email = Text(lazy("E-mail"), [NEEDED, Length(max=254)], render_kw={"type": "email", "autocomplete": "off"})
    name = Text(lazy("Name"), [SHORT])
    locale = SelectField(lazy("Language of the invitation"), choices=list(LANGUAGES.items()))
    roles = Several(lazy("Roles"), validate_choice=False)


class RolesForm(Form):
    """What a colleague may do."""

    roles = Several(lazy("Roles"), validate_choice=False)


class ProfileForm(Form):
    """What a person sets for themselves."""

    name = Text(lazy("Name"), [NEEDED, SHORT], render_kw={"autocomplete": "name"})
    locale = SelectField(lazy("Language"), choices=list(LANGUAGES.items()))
    zone = SelectField(lazy("Time zone"), choices=ZONES)
    theme = SelectField(lazy("Appearance"), choices=[("auto", lazy("As the system")), ("light", lazy("Light")),
                                                     ("dark", lazy("Dark"))])
    new_invoice_letters = SelectField(
        lazy("E-mail about new invoices"), coerce=NewInvoiceLetters, choices=[
            (NewInvoiceLetters.EACH.value, lazy("One for each invoice")),
            (NewInvoiceLetters.DAILY.value, lazy("One every morning, if something came in")),
            (NewInvoiceLetters.NONE.value, lazy("None: I look at the inbox"))])


class ChangePasswordForm(Form):
    """The current password and the new one."""

    current = PasswordField(lazy("Current password"), [NEEDED, PASSWORD_LIMIT],
                            render_kw={"autocomplete": "current-password"})
    password = PasswordField(lazy("New password"), [NEEDED, PASSWORD_LIMIT], render_kw=NEW)


class OrganizationForm(Form):
    """How the organization is called here."""

    name = Text(lazy("Name"), [NEEDED, Length(max=300)])
    locale = SelectField(lazy("Language"), choices=list(LANGUAGES.items()))
    zone = SelectField(lazy("Time zone"), choices=ZONES)


class PolicyForm(Form):
    """What the organization asks of passwords."""

    min_length = IntegerField(lazy("Shortest length"), [NEEDED], render_kw={"min": 12, "max": 64})
    classes = Several(lazy("Must contain"), validate_choice=False, choices=[
        ("lower", lazy("a lower-case letter")), ("upper", lazy("a capital letter")), ("digit", lazy("a digit")),
        ("symbol", lazy("a symbol"))])
    no_reuse = IntegerField(lazy("Not one of the last…"), [Optional(), NumberRange(0, 24)],
                            description=lazy("How many earlier passwords may not be used again; 0 to 24."))
    lifetime_days = IntegerField(lazy("Lifetime in days"), [Optional(), NumberRange(1, 3650)],
                                 description=lazy("Empty: it does not expire. Forced changes make people choose worse "
                                                  "ones; ask for it only if you must."))
    change_at_first = BooleanField(lazy("People who come with a password from another organization choose a new one"))
    lock_after_days = IntegerField(lazy("Lock after days without use"), [Optional(), NumberRange(1, 3650)],
                                   description=lazy("Empty: never. A locked person gets in again by a link sent by "
                                                    "e-mail."))

    def to_policy(self) -> PasswordPolicy:
        """Return the policy as it was typed."""
        return PasswordPolicy(self.min_length.data or 0, tuple(self.classes.data or ()), self.no_reuse.data or 0,
                              self.lifetime_days.data, self.change_at_first.data, self.lock_after_days.data)


class NewClientForm(Form):
    """To whom the link goes with which a client is set up."""

    email = Text(lazy("E-mail of its administrator"), [NEEDED, Length(max=254)], render_kw={"type": "email"})
    name = Text(lazy("Name"), [SHORT])
    locale = SelectField(lazy("Language"), choices=list(LANGUAGES.items()))


def where() -> tuple[Any, Any]:
    """Return the address and the browser of this request."""
    return request.remote_addr or "", request.headers.get("User-Agent", "")[:300]
