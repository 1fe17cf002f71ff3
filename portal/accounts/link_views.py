"""What the links open: invitation of a supplier, of a colleague, a new password, the set-up of a client.

The address with the secret is opened once: the secret goes into the browser's (signed, HttpOnly) cookie and the page
itself has an address without it, so that it stays out of the history, the Referer and the screen.
"""
from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.accounts import joining, recovery
from portal.accounts.addresses import key_of
from portal.accounts.forms import NewcomerForm, NewPasswordForm, SetupForm, where
from portal.accounts.models import Link, LinkKind
from portal.accounts.regimes import options
from portal.accounts.views import advice, enter, entering, secret_of
from portal.core.i18n import _, language
from portal.web.limits import limiter, speak
from portal.web.page import PUBLIC, page
from portal.web.pages import render, toast

bp = Blueprint("accounts_links", __name__)
PAGE_OF = {LinkKind.SUPPLIER_INVITATION: "accounts_links.activate",
           LinkKind.COLLEAGUE_INVITATION: "accounts_links.join",
           LinkKind.PASSWORD_RESET: "accounts_links.reset", LinkKind.SETUP: "accounts_links.setup"}
OFTEN = "60 per minute"


@page(bp, "/activate/<secret>", PUBLIC)
@limiter.limit(OFTEN)
def open_activate(actor: Actor, secret: str) -> ResponseReturnValue:
    """Open a supplier's invitation."""
    return _keep(secret, LinkKind.SUPPLIER_INVITATION)


@page(bp, "/join/<secret>", PUBLIC)
@limiter.limit(OFTEN)
def open_join(actor: Actor, secret: str) -> ResponseReturnValue:
    """Open a colleague's invitation."""
    return _keep(secret, LinkKind.COLLEAGUE_INVITATION)


@page(bp, "/reset/<secret>", PUBLIC)
@limiter.limit(OFTEN)
def open_reset(actor: Actor, secret: str) -> ResponseReturnValue:
    """Open a link to choose a new password."""
    return _keep(secret, LinkKind.PASSWORD_RESET)


@page(bp, "/setup/<secret>", PUBLIC)
@limiter.limit(OFTEN)
def open_setup(actor: Actor, secret: str) -> ResponseReturnValue:
    """Open the one-time link with which a client is set up."""
    return _keep(secret, LinkKind.SETUP)


@page(bp, "/activate", PUBLIC, methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def activate(actor: Actor) -> ResponseReturnValue:
    """A supplier's first visit: choose a password and be inside."""
    return _come_in(actor, LinkKind.SUPPLIER_INVITATION)


@page(bp, "/join", PUBLIC, methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def join(actor: Actor) -> ResponseReturnValue:
    """A colleague's first visit."""
    return _come_in(actor, LinkKind.COLLEAGUE_INVITATION)


@page(bp, "/reset", PUBLIC, methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def reset(actor: Actor) -> ResponseReturnValue:
    """Choose a new password by a link."""
    found = _look(LinkKind.PASSWORD_RESET)
    if found.link is None or not found.is_open:
        return _dead(actor, found, LinkKind.PASSWORD_RESET)
    form, link = NewPasswordForm(), found.link
    said = _("Your password is new. Every other session was closed.")
    return entering(form, lambda: recovery.reset(link, form.password.data, *where()), "accounts/reset.html", said,
                    email=link.email, advice=advice(form, actor), shortest=joining.shortest(link, actor))


@page(bp, "/setup", PUBLIC, methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def setup(actor: Actor) -> ResponseReturnValue:
    """The first steps of a client: the company, its fiscal profile, its administrator."""
    found = _look(LinkKind.SETUP)
    if found.link is None or not found.is_open:
        return _dead(actor, found, LinkKind.SETUP)
    form, link = SetupForm(locale=language(), email=found.link.email, name=found.link.name), found.link
    form.regimes.choices = options(language())
    return entering(form, lambda: joining.set_up(link, form.to_client(), form.to_command()), "accounts/setup.html",
                    _("The company is ready. Now configure what you ask of your suppliers."),
                    advice=advice(form, actor), operates=bool(link.roles))


@page(bp, "/link/<kind>/again", PUBLIC, methods=["POST"])
@limiter.limit("5 per minute; 20 per hour")
def again(actor: Actor, kind: str) -> ResponseReturnValue:
    """Ask for another link; the answer is the same in every case."""
    link = joining.look_quietly(secret_of(kind), kind) if kind in set(LinkKind) else None
    if link is not None:
        joining.ask_again(link)
    return redirect(url_for("accounts_links.asked"), 303)


@page(bp, "/link/asked", PUBLIC)
def asked(actor: Actor) -> ResponseReturnValue:
    """Say that a new link was asked for."""
    return render("accounts/link_asked.html")


def _keep(secret: str, kind: LinkKind) -> Response:
    link = joining.look_quietly(secret[:100], kind)
    browser["links"] = {kind.value: secret[:100]}
    response = make_response(redirect(url_for(PAGE_OF[kind], lang=request.args.get("lang")), 303))
    response.headers["Referrer-Policy"] = "no-referrer"
    if link:
        speak(link.locale)
    return response


def _look(kind: LinkKind) -> joining.Invitation:
    return joining.look(secret_of(kind), kind)


def _come_in(actor: Actor, kind: LinkKind) -> ResponseReturnValue:
    found = _look(kind)
    if found.link is None or not found.is_open:
        return _dead(actor, found, kind)
    if found.registered:
        return _known(actor, found, found.link)
    form, link = NewcomerForm(name=found.link.name, locale=language()), found.link
    return entering(form, lambda: joining.accept(link, form.to_command()), "accounts/activate.html",
                    _("Welcome. Your account is ready."), invitation=found, link=link, advice=advice(form, actor),
                    shortest=joining.shortest(link, actor))


def _known(actor: Actor, found: joining.Invitation, link: Link) -> ResponseReturnValue:
    mine = actor.user_id is not None and key_of(actor.email) == key_of(link.email)
    if request.method == "POST" and mine:
        token = joining.accept_signed_in(link, actor)
        toast(_("You now work with %(name)s: the invitation is accepted.", name=found.organization))
        return enter(redirect("/", 303), token)
    return render("accounts/accept.html", invitation=found, link=link, mine=mine, here=request.path)


def _dead(actor: Actor, found: joining.Invitation, kind: LinkKind) -> ResponseReturnValue:
    if found.state == "accepted" and found.link and actor.user_id and found.link.user_id == actor.user_id:
        return redirect("/", 303)  # the person who used it, inside already
    context: dict[str, Any] = {"state": found.state, "kind": kind.value, "organization": found.organization}
    return render("accounts/link_dead.html", **context), 404 if found.link is None else 410
