"""`@page`: a route, its permission and its transaction in one line.

    @page(bp, "/invoices/<uuid:invoice_id>", Permission.Invoice.READ)
    def show(actor, invoice_id):
        return render("invoices/show.html", invoice=queries.get(actor, invoice_id))

The kit finds who is asking, opens the one transaction with that person's scope, checks the permission, keeps a
double click from acting twice, calls the view, commits, and only then runs what waits for the commit.
"""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, make_response, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core import db
from portal.core.errors import StepUpNeeded
from portal.web import identity, once, parking

PUBLIC = "public"
PERSONAL = (PUBLIC, Permission.Own.PROFILE)  # what is one's own, whatever organization one acts for
View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Route:
    """What the kit knows of an endpoint; the tests walk these."""

    endpoint: str
    rule: str
    permission: str
    methods: tuple[str, ...]


ROUTES: dict[str, Route] = {}


def page(bp: Blueprint, rule: str, permission: str, *, methods: Sequence[str] = ("GET",),
         step_up: Sequence[str] = ()) -> Callable[[View], View]:
    """Register a view of `bp` at `rule`, open to actors who hold `permission` (or to all: `PUBLIC`).

    `step_up` names the methods that ask for the password again when it was not given lately.
    The view is called with the actor and the rule's values; it runs inside the transaction.
    """

    def register(view: View) -> View:
        endpoint = f"{bp.name}.{view.__name__}"
        ROUTES[endpoint] = Route(endpoint, rule, str(permission), tuple(methods))

        @wraps(view)
        def run(**values: Any) -> Response:
            try:
                with db.transaction(db.DOOR):
                    actor = identity.load()
                    if permission != PUBLIC and (refused := identity.not_inside(actor)):
                        return refused
                    db.rescope(actor.scope)
                    return _act(view, actor, permission, request.method in step_up, values)
            except StepUpNeeded:
                # Whatever the view had done is undone; only the form is kept.
                with db.transaction(actor.scope):
                    return parking.ask_password(actor)

        bp.add_url_rule(rule, view.__name__, run, methods=list(methods))
        return view

    return register


def _act(view: View, actor: Actor, permission: str, sensitive: bool, values: dict[str, Any]) -> Response:
    g.actor = actor
    if permission != PUBLIC:
        actor.require(permission)
    if sensitive:
        actor.step_up()
    again = parking.going_on()
    with once.guard(actor, f"{again.hex}{request.path}"[-64:] if again else None) as earlier:
        if earlier:
            return earlier
        parking.unfold(actor)
        if permission not in PERSONAL:
            once.require_seat(actor)
        response = make_response(view(actor, **values))
        once.remember(response)
        return response
