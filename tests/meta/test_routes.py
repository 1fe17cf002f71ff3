"""Every route is made by the kit, has a permission or says that it is public, and what is public is on this list."""
from flask import Flask

from portal.access import permissions
from portal.web.page import PUBLIC, ROUTES

OUTSIDE = {"healthz", "readyz", "metrics", "static"}
OPEN = {
    # the entrance, and what leads to it
    "accounts.sign_in",
    "accounts.sign_out",
    "accounts.renew",
    "accounts.recover",
    "accounts.recover_sent",
    "accounts.password_strength",
    "accounts.legal",
    "files.language",
    # single-use links: what they give is read from their row
    "accounts_links.open_activate",
    "accounts_links.open_join",
    "accounts_links.open_reset",
    "accounts_links.open_setup",
    "accounts_links.activate",
    "accounts_links.join",
    "accounts_links.reset",
    "accounts_links.setup",
    "accounts_links.again",
    "accounts_links.asked",
    # in a demonstration only
    "mail.mailbox",
    "mail.letter",
    "mail.look",
    "demo.files",
    "demo.file",
}
KNOWN = {str(p) for drawer in vars(permissions).values() if isinstance(drawer, type) for p in
         (list(drawer) if hasattr(drawer, "__members__") else ())}


def test_every_route_is_made_by_the_kit(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - set(ROUTES) - OUTSIDE == set()


def test_every_permission_exists() -> None:
    assert {r.permission for r in ROUTES.values()} - {PUBLIC} <= KNOWN


def test_what_is_public_is_known(app: Flask) -> None:
    public = {r.endpoint for r in ROUTES.values() if r.permission == PUBLIC}
    assert not public - OPEN, sorted(public - OPEN)


def test_what_changes_something_is_never_a_get(app: Flask) -> None:
    verbs = (
        "send",
        "withdraw",
        "delete",
        "approve",
        "void",
        "block",
        "unblock",
        "revoke",
        "resend",
        "move",
        "archive_",
        "sign_out",
        "switch",
    )
    wrong = [r.endpoint for r in ROUTES.values()
             if r.endpoint.split(".")[1].startswith(verbs) and "POST" not in r.methods]
    assert not wrong, wrong
