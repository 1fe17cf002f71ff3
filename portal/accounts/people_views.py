"""The organization's people: who works here, with which roles, who is invited."""
from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import ROLE_WORDS
from portal.accounts import people, queries
from portal.accounts.forms import ColleagueForm, RolesForm
from portal.core.i18n import _
from portal.web.forms import answer
from portal.web.page import page
from portal.web.pages import render, toast

bp = Blueprint("accounts_people", __name__)
PEOPLE = Permission.Organization.PEOPLE



@page(bp, "/people", PEOPLE)
def index(actor: Actor) -> ResponseReturnValue:
    """List the people and the invitations that wait."""
    return render("accounts/people.html", people=queries.people(actor, ended=True), words=ROLE_WORDS,
                  invitations=queries.invitations(actor))


@page(bp, "/people/invite", PEOPLE, methods=["GET", "POST"], step_up=["POST"])
def invite(actor: Actor) -> ResponseReturnValue:
    """Invite a colleague."""
    form = ColleagueForm(locale=actor.locale)
    form.roles.choices = _choices(actor)
    return answer(form, lambda: people.invite(form.email.data, form.name.data, form.roles.data or (), form.locale.data,
                                              actor),
                  lambda link: _said(_("Invitation sent to %(email)s.", email=link.email)), "accounts/invite.html")


@page(bp, "/people/<uuid:user_id>", PEOPLE, methods=["GET", "POST"], step_up=["POST"])
def show(actor: Actor, user_id: UUID) -> ResponseReturnValue:
    """Show one person and change the roles."""
    member = queries.member(actor, user_id)
    form = RolesForm(roles=member.roles)
    form.roles.choices = _choices(actor)
    return answer(form, lambda: people.change_roles(user_id, form.roles.data or (), actor),
                  lambda _row: _said(_("Roles changed. They hold from now on.")), "accounts/person.html", member=member,
                  words=ROLE_WORDS)


@page(bp, "/people/<uuid:user_id>/disable", PEOPLE, methods=["POST"], step_up=["POST"])
def disable(actor: Actor, user_id: UUID) -> ResponseReturnValue:
    """Take a person's access away."""
    people.disable(user_id, actor)
    return redirect(_said(_("Access disabled. Every session was closed.")), 303)


@page(bp, "/people/<uuid:user_id>/enable", PEOPLE, methods=["POST"], step_up=["POST"])
def enable(actor: Actor, user_id: UUID) -> ResponseReturnValue:
    """Give a person's access back."""
    people.enable(user_id, actor)
    return redirect(_said(_("Access enabled again.")), 303)


@page(bp, "/people/<uuid:user_id>/reset", PEOPLE, methods=["POST"], step_up=["POST"])
def reset(actor: Actor, user_id: UUID) -> ResponseReturnValue:
    """Send a person a link to choose a new password."""
    people.start_reset(user_id, actor)
    return redirect(_said(_("A link to choose a new password is on its way.")), 303)


@page(bp, "/people/invitations/<uuid:link_id>/resend", PEOPLE, methods=["POST"], step_up=["POST"])
def resend(actor: Actor, link_id: UUID) -> ResponseReturnValue:
    """Send an invitation again."""
    people.resend(link_id, actor)
    return redirect(_said(_("Invitation sent again. The earlier link no longer works.")), 303)


@page(bp, "/people/invitations/<uuid:link_id>/revoke", PEOPLE, methods=["POST"], step_up=["POST"])
def revoke(actor: Actor, link_id: UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    people.revoke(link_id, actor)
    return redirect(_said(_("Invitation revoked.")), 303)


def _choices(actor: Actor) -> list[tuple[str, str]]:
    return [(role.value, ": ".join(map(str, ROLE_WORDS[role]))) for role in people.roles_for(actor)]


def _said(sentence: str) -> str:
    toast(sentence)
    return url_for("accounts_people.index")
