"""What an organization sets for itself: data, fiscal profiles, password rules; and the operator's clients."""
from uuid import UUID

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.accounts import configuration, joining, queries
from portal.accounts.forms import FiscalForm, NewClientForm, OrganizationForm, PolicyForm
from portal.accounts.policy import PasswordPolicy
from portal.accounts.regimes import options
from portal.cfdi import words
from portal.core.i18n import _, language, lazy
from portal.web.forms import answer
from portal.web.page import page
from portal.web.pages import render, toast

bp = Blueprint("accounts_setup", __name__)
CONFIGURE, PEOPLE = Permission.Organization.CONFIGURE, Permission.Organization.PEOPLE
# The settings of every feature: shown when the page is there. (endpoint, title, what it is for)
HUB = (
    ("accounts_setup.fiscal", lazy("Fiscal profiles"), lazy("The RFCs to which your suppliers invoice.")),
    ("accounts_setup.organization", lazy("Organization"), lazy("Name, language and time zone.")),
    ("accounts_setup.passwords", lazy("Password rules"), lazy("What you ask of your people's passwords.")),
    ("suppliers_layout.index", lazy("Digital record"), lazy("What you ask of your suppliers before they invoice.")),
    ("invoices_settings.index", lazy("Invoices"), lazy("Attachments and data that go with each invoice.")),
    ("approvals_settings.index", lazy("Approval stages"), lazy("Who approves, in which order, from which amount.")),
    ("accounts_people.index", lazy("People"), lazy("Colleagues and their roles.")),
)


@page(bp, "/settings", CONFIGURE)
def settings(actor: Actor) -> ResponseReturnValue:
    """Show what can be configured."""
    return render("accounts/settings.html", entries=[e for e in HUB if e[0] in current_app.view_functions])


@page(bp, "/settings/fiscal", CONFIGURE)
def fiscal(actor: Actor) -> ResponseReturnValue:
    """List the fiscal profiles."""
    return render("accounts/fiscal.html", profiles=queries.fiscal_profiles(actor.client_id))


@page(bp, "/settings/fiscal/new", CONFIGURE, methods=["GET", "POST"])
def fiscal_new(actor: Actor) -> ResponseReturnValue:
    """Add a fiscal profile."""
    form = _fiscal_form()
    return answer(form, lambda: configuration.add_profile(form.to_profile(), actor), lambda _row: _fiscal_saved(),
                  "accounts/fiscal_edit.html", profile=None)


@page(bp, "/settings/fiscal/<uuid:profile_id>", CONFIGURE, methods=["GET", "POST"])
def fiscal_edit(actor: Actor, profile_id: UUID) -> ResponseReturnValue:
    """Change a fiscal profile; its RFC stays."""
    row = queries.fiscal_profile(actor, profile_id)
    form = _fiscal_form(rfc=row.rfc, fiscal_name=row.name, postcode=row.postcode, regimes=row.regimes)
    form.rfc.data = row.rfc
    return answer(form, lambda: configuration.change_profile(profile_id, form.to_profile(), actor),
                  lambda _row: _fiscal_saved(), "accounts/fiscal_edit.html", profile=row)


@page(bp, "/settings/fiscal/<uuid:profile_id>/prefer", CONFIGURE, methods=["POST"])
def fiscal_prefer(actor: Actor, profile_id: UUID) -> ResponseReturnValue:
    """Make a profile the first one."""
    configuration.prefer_profile(profile_id, actor)
    return redirect(_fiscal_saved(), 303)


@page(bp, "/settings/fiscal/<uuid:profile_id>/remove", CONFIGURE, methods=["POST"])
def fiscal_remove(actor: Actor, profile_id: UUID) -> ResponseReturnValue:
    """Remove a profile."""
    configuration.remove_profile(profile_id, actor)
    toast(_("Removed."))
    return redirect(url_for("accounts_setup.fiscal"), 303)


@page(bp, "/settings/organization", PEOPLE, methods=["GET", "POST"])
def organization(actor: Actor) -> ResponseReturnValue:
    """Show and change the organization's own data; the tax id is not editable."""
    row = queries.organization(actor)
    form = OrganizationForm(obj=row)
    return answer(form, lambda: configuration.change_organization(form.name.data, form.locale.data, form.zone.data,
                                                                  actor),
                  lambda _row: _said(_("Saved."), "accounts_setup.organization"), "accounts/organization.html",
                  organization=row, country=words.describe("Pais", row.country, language()) or row.country)


@page(bp, "/settings/passwords", PEOPLE, methods=["GET", "POST"], step_up=["POST"])
def passwords(actor: Actor) -> ResponseReturnValue:
    """Show and change what the organization asks of passwords."""
    form = PolicyForm(obj=PasswordPolicy.read(queries.organization(actor).password_policy))
    return answer(form, lambda: configuration.change_policy(form.to_policy(), actor),
                  lambda _none: _said(_("Saved. It holds for every password chosen from now on."),
                                      "accounts_setup.passwords"), "accounts/passwords.html")


@page(bp, "/clients", Permission.Installation.OPERATE, methods=["GET", "POST"], step_up=["POST"])
def clients(actor: Actor) -> ResponseReturnValue:
    """List the installation's clients and send the link with which another is set up."""
    form = NewClientForm(locale=actor.locale)
    return answer(form, lambda: joining.invite_client(form.email.data, form.name.data, form.locale.data, actor),
                  lambda _url: _said(_("The set-up link is on its way to %(email)s.", email=form.email.data),
                                     "accounts_setup.clients"), "accounts/clients.html", clients=queries.clients(actor))


def _fiscal_form(**values: object) -> FiscalForm:
    form = FiscalForm(**values)
    form.regimes.choices = options(language())
    return form


def _fiscal_saved() -> str:
    return _said(_("Fiscal profile saved."), "accounts_setup.fiscal")


def _said(sentence: str, endpoint: str) -> str:
    toast(sentence)
    return url_for(endpoint)
