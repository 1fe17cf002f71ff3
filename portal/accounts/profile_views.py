"""The own profile: name, language, zone, appearance; password; sessions and sign-in history."""
from uuid import UUID

from flask import Blueprint, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Role
from portal.accounts import browsers, joining, profile, queries, recovery
from portal.accounts.forms import ChangePasswordForm, ProfileForm
from portal.accounts.views import advice
from portal.core.i18n import _, ngettext, speaking
from portal.web import identity
from portal.web.cookies import choose
from portal.web.forms import answer
from portal.web.identity import seen_before
from portal.web.limits import limiter
from portal.web.page import page
from portal.web.pages import render, toast

bp = Blueprint("accounts_profile", __name__)
OWN = Permission.Own.PROFILE


@page(bp, "/profile", OWN, methods=["GET", "POST"])
def show(actor: Actor) -> ResponseReturnValue:
    """Show and change the own profile."""
    form = ProfileForm(obj=profile.get(actor))
    response = make_response(answer(
        form, lambda: profile.change(form.name.data, form.locale.data, form.zone.data, form.theme.data, actor,
                                     form.new_invoice_letters.data),
        lambda row: _saved(row.locale), "accounts/profile.html", receives=Role.ACCOUNTS_PAYABLE in actor.roles))
    if 300 <= response.status_code < 400:
        choose(response, "theme", form.theme.data, script=True)
    return response


@page(bp, "/profile/language/<locale>", OWN, methods=["POST"])
def language(actor: Actor, locale: str) -> ResponseReturnValue:
    """Change the language at once and go back to where the person was."""
    profile.speak(locale, actor)
    return redirect(seen_before() or "/", 303)


@page(bp, "/profile/password", OWN, methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def password(actor: Actor) -> ResponseReturnValue:
    """Change the own password."""
    form, tokens = ChangePasswordForm(), list[str]()
    response = make_response(answer(
        form, lambda: tokens.append(recovery.change(form.current.data, form.password.data, actor)),
        lambda _none: _said(_("Your password is new. Every other session was closed.")), "accounts/password.html",
        advice=advice(form, actor), shortest=joining.shortest(None, actor)))
    return identity.set_token(response, tokens[0]) if tokens else response


@page(bp, "/profile/sessions", OWN)
def sessions(actor: Actor) -> ResponseReturnValue:
    """Show where the person is signed in, and the latest attempts."""
    return render("accounts/sessions.html", sessions=queries.live_sessions(actor), history=queries.history(actor),
                  browser=browsers.name_of)


@page(bp, "/profile/sessions/end-others", OWN, methods=["POST"])
def end_others(actor: Actor) -> ResponseReturnValue:
    """Sign out everywhere else."""
    count = recovery.end_others(actor)
    toast(ngettext("%(num)d session closed.", "%(num)d sessions closed.", count) if count
          else _("There was no other session."))
    return redirect(url_for("accounts_profile.sessions"), 303)


@page(bp, "/profile/sessions/<uuid:session_id>/end", OWN, methods=["POST"])
def end_session(actor: Actor, session_id: UUID) -> ResponseReturnValue:
    """End one of the own sessions."""
    recovery.end_one(session_id, actor)
    toast(_("Session closed."))
    return redirect(url_for("accounts_profile.sessions"), 303)


def _saved(locale: str) -> str:
    with speaking(locale):
        return _said(_("Saved."))


def _said(sentence: str) -> str:
    toast(sentence)
    return url_for("accounts_profile.show")
