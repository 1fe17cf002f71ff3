"""In and out: sign in, sign out, the password again, what waited, a forgotten password, another seat, legal texts."""
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, make_response, redirect, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.accounts import entrance, joining, recovery, services
from portal.accounts.forms import NewPasswordForm, RecoverForm, SignInForm, StepUpForm, where
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import _
from portal.web import identity, parking
from portal.web.forms import Form, answer
from portal.web.identity import safe_next
from portal.web.limits import limiter
from portal.web.page import PUBLIC, page
from portal.web.pages import render, toast

bp = Blueprint("accounts", __name__)
HOME = "/"


@page(bp, "/sign-in", PUBLIC, methods=["GET", "POST"])
@limiter.limit("30 per minute; 300 per hour", methods=["POST"])
def sign_in(actor: Actor) -> ResponseReturnValue:
    """Sign in by e-mail and password."""
    onward = safe_next(request.values.get("next")) or HOME
    if request.method == "GET" and actor.organization_id:
        return redirect(onward, 303)
    form, shown = SignInForm(), {"next": onward, "ended": "ended" in request.args, "lost": "lost" in request.args}
    if request.method == "GET" or not form.validate():
        return render("accounts/sign_in.html", form=form, **shown), 200 if request.method == "GET" else 422
    found = entrance.sign_in(form.to_command(), actor)
    if found.token is None:
        return _refused(form, found.refusal, "accounts/sign_in.html", **shown)
    return enter(redirect(_after_sign_in(found, onward), 303), found.token)


@page(bp, "/sign-out", PUBLIC, methods=["POST"])
def sign_out(actor: Actor) -> ResponseReturnValue:
    """End the session, here and in the browser."""
    entrance.sign_out(actor)
    browser.clear()
    toast(_("You have signed out."))
    return identity.clear_token(redirect(url_for("accounts.sign_in"), 303))  # type: ignore[arg-type]


@page(bp, "/step-up", Permission.Own.PROFILE, methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
def step_up(actor: Actor) -> ResponseReturnValue:
    """Ask for the password again, then go on with what was begun."""
    form, parked = StepUpForm(), _parked(actor)
    onward = safe_next(request.values.get("next")) or HOME
    if request.method == "GET" and actor.is_stepped_up:  # by signing in, or in another tab
        return _going_on(parked) if parked else redirect(onward, 303)
    shown = {"parked": parked.id if parked else None, "next": onward}
    if request.method == "GET" or not form.validate():
        return render("accounts/step_up.html", form=form, **shown), 200 if request.method == "GET" else 422
    found = entrance.step_up(form.password.data, actor, where()[1])
    if found.token is None:
        return _refused(form, found.refusal, "accounts/step_up.html", **shown)
    # 307 sends this form's POST on to the page of the waiting form, which is found under `_parked`.
    response = redirect(parked.page, 307) if parked else redirect(onward, 303)
    return identity.set_token(response, found.token)  # type: ignore[arg-type]


@page(bp, "/resume", Permission.Own.PROFILE)
def resume(actor: Actor) -> ResponseReturnValue:
    """Offer to go on with the form that was being sent when the session ended."""
    row = parking.waiting(actor)
    if row is None:
        return redirect(safe_next(request.args.get("next")) or HOME, 303)
    return _going_on(row)


@page(bp, "/resume/<uuid:parked_id>/discard", Permission.Own.PROFILE, methods=["POST"])
def discard(actor: Actor, parked_id: UUID) -> ResponseReturnValue:
    """Forget the form that waited."""
    parking.discard(actor, parked_id)
    toast(_("Discarded. Nothing was sent."), "info")
    return redirect(url_for("accounts.resume"), 303)


@page(bp, "/recover", PUBLIC, methods=["GET", "POST"])
@limiter.limit("10 per minute; 60 per hour", methods=["POST"])
def recover(actor: Actor) -> ResponseReturnValue:
    """Ask for a link to choose a new password; the answer is the same whether the e-mail is known or not."""
    form = RecoverForm()
    return answer(form, lambda: recovery.ask(form.email.data), lambda _done: url_for("accounts.recover_sent"),
                  "accounts/recover.html")


@page(bp, "/recover/sent", PUBLIC)
def recover_sent(actor: Actor) -> ResponseReturnValue:
    """Say what happens now."""
    return render("accounts/recover_sent.html")


@page(bp, "/renew", PUBLIC, methods=["GET", "POST"])
def renew(actor: Actor) -> ResponseReturnValue:
    """Choose the password that is due before anything else."""
    if actor.user_id is None or actor.organization_id is not None:
        return redirect(HOME if actor.user_id else url_for("accounts.sign_in"), 303)
    form = NewPasswordForm()
    return entering(form, lambda: recovery.renew(form.password.data, actor, where()[1]), "accounts/renew.html",
                    advice=advice(form, actor), shortest=joining.shortest(None, actor))


@page(bp, "/password-strength", PUBLIC, methods=["POST"])
@limiter.limit("120 per minute")
def password_strength(actor: Actor) -> ResponseReturnValue:
    """Say how good a password is while it is typed (JSON); nothing is kept."""
    return jsonify(_advice(request.form.get("password", ""), actor))


@page(bp, "/switch/<uuid:organization_id>/<side>", Permission.Own.PROFILE, methods=["POST"])
def switch(actor: Actor, organization_id: UUID, side: str) -> ResponseReturnValue:
    """Work for another of the own organizations, or on its other side."""
    token = entrance.switch(organization_id, side, actor)
    return identity.set_token(redirect(HOME, 303), token)  # type: ignore[arg-type]


@page(bp, "/legal/<text>", PUBLIC)
def legal(actor: Actor, text: str) -> ResponseReturnValue:
    """Show the privacy notice or the terms of use."""
    if text not in services.LEGAL_TEXTS:
        raise NotFound
    return render(f"accounts/legal_{text}.html", version=services.LEGAL_VERSION)


def enter(response: Any, token: str) -> Response:
    """Put a new session in the browser.

    The guard against forged requests stays: a form that waits in another tab can still be sent after signing in.
    """
    return identity.set_token(response, token)


def entering(form: Form, act: Callable[[], str], template: str, said: object = "", **context: Any) -> Response:
    """Answer a form whose act signs the person in: `act` returns the token, which goes into the browser."""
    tokens: list[str] = []
    response = make_response(answer(form, lambda: tokens.append(act()), lambda _none: HOME, template, **context))
    if not tokens:
        return response
    if str(said):
        toast(said)
    return enter(response, tokens[0])


def advice(form: Form, actor: Actor) -> dict[str, Any] | None:
    """Return the advice on a refused password for those who saw none while typing; None on a fresh form."""
    typed = form["password"].data
    return _advice(typed, actor) if request.method == "POST" and typed else None


def secret_of(kind: str) -> str:
    """Return the secret of the link that this browser has opened."""
    return str(browser.get("links", {}).get(kind, ""))


def _advice(password: str, actor: Actor) -> dict[str, Any]:
    opened = [joining.look_quietly(secret, kind) for kind, secret in browser.get("links", {}).items()]
    found = joining.advice(password, next((link for link in opened if link), None), actor)
    return {"score": found.score, "word": str(found.word), "advice": [str(a) for a in found.advice]}


def _refused(form: Form, sentence: object, template: str, **context: Any) -> ResponseReturnValue:
    form.explain(Invalid(sentence))
    return render(template, form=form, **context), 422


def _after_sign_in(found: entrance.Answer, onward: str) -> str:
    if found.due:
        return url_for("accounts.renew")
    return url_for("accounts.resume", next=onward) if found.waiting else onward


def _going_on(row: parking.ParkedForm) -> str:
    return render("accounts/resume.html", waiting=row, files=parking.files_of(row))


def _parked(actor: Actor) -> parking.ParkedForm | None:
    try:
        return parking.find(actor, UUID(request.values.get(parking.FIELD) or request.args["parked"]))
    except (ValueError, KeyError):
        return None

