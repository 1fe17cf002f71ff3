"""Every verb asks by itself whether its actor may, before anything else: no page needs to remember it."""
from importlib import import_module
from inspect import signature
from typing import Any

import pytest

from portal.access import permissions
from portal.access.actor import Actor
from portal.access.permissions import Permission as P
from portal.access.policy import Side
from portal.core.clock import now
from portal.core.errors import NotAllowed, StepUpNeeded
from portal.core.ids import new_id

EVERYTHING = frozenset(str(p) for drawer in vars(permissions.Permission).values()
                       if isinstance(drawer, type) and issubclass(drawer, str) for p in drawer)
ASKED = [
    (P.Installation.OPERATE, "accounts.joining", "invite_client"),
    (P.Installation.OPERATE, "accounts.queries", "clients"),
    (P.Invoice.APPROVE, "approvals.queries", "inbox"),
    (P.Invoice.APPROVE, "approvals.services", "decide"),
    (P.Invoice.READ, "invoices.demands", "lacking_in answers requirements requirement"),
    (P.Invoice.READ, "invoices.queries", "everything moments _mine _attempts_of"),
    (P.Invoice.REOPEN, "invoices.sending", "reopen"),
    (P.Invoice.SUBMIT, "invoices.answers", "answer_requirement"),
    (P.Invoice.SUBMIT, "invoices.captured", "describe"),
    (P.Invoice.SUBMIT, "invoices.reception", "replace revise_foreign prepare"),
    (P.Invoice.SUBMIT, "invoices.sending", "send withdraw delete_draft"),
    (P.Organization.AUDIT, "audit.queries", "check _mine"),
    (P.Organization.CONFIGURE, "accounts.configuration", "add_profile change_profile prefer_profile remove_profile"),
    (P.Organization.CONFIGURE, "approvals.configuration", "save move archive"),
    (P.Organization.CONFIGURE, "invoices.configuration",
     "add_requirement edit_requirement archive_requirement restore_requirement move_requirement save_settings"),
    (P.Organization.CONFIGURE, "suppliers.layout", "whole save_policy save_section save_field move archive"),
    (P.Organization.PEOPLE, "accounts.configuration", "change_organization change_policy"),
    (P.Organization.PEOPLE, "accounts.people", "invite resend revoke change_roles disable enable start_reset"),
    (P.Organization.PEOPLE, "accounts.queries", "member invitations"),
    (P.Own.PROFILE, "accounts.profile", "change speak"),
    (P.Payment.READ, "payments.queries", "archive get"),
    (P.Payment.REGISTER, "payments.queries", "payable"),
    (P.Payment.REGISTER, "payments.services", "preview register"),
    (P.Payment.SCHEDULE, "payments.queries", "due applicable chosen"),
    (P.Payment.SCHEDULE, "payments.services", "schedule unschedule"),
    (P.Payment.VOID, "payments.services", "void"),
    (P.Record.BANK, "suppliers.bank_accounts", "give remove"),
    (P.Record.EDIT, "suppliers.records", "give send"),
    (P.Supplier.INVITE, "suppliers.services", "invite resend revoke change block unblock"),
    (P.Supplier.READ, "suppliers.queries", "listed records_to_review"),
    (P.Supplier.REVEAL_BANK, "suppliers.reviews", "reveal"),
    (P.Supplier.REVIEW, "suppliers.reviews", "decide approve_all"),
]
# What the password is asked for again.
SENSITIVE = {
    "accounts.people": "invite resend revoke change_roles disable enable start_reset",
    "suppliers.bank_accounts": "give remove",
    "suppliers.reviews": "reveal",
}


@pytest.mark.parametrize(("permission", "verb"), [
    (permission, f"{module}.{name}") for permission, module, names in ASKED for name in names.split()])
def test_who_may_not_is_refused_before_anything_is_read(permission: str, verb: str) -> None:
    """The actor holds every permission but the one; of what else is given nothing may be touched."""
    with pytest.raises(NotAllowed):
        _act(verb, permissions=EVERYTHING - {permission}, stepped_up_at=now())


@pytest.mark.parametrize("verb", [f"{module}.{name}" for module, names in SENSITIVE.items() for name in names.split()])
def test_what_is_sensitive_asks_for_the_password(verb: str) -> None:
    with pytest.raises(StepUpNeeded):
        _act(verb, permissions=EVERYTHING)


def _act(verb: str, **more: Any) -> None:
    module, _, name = verb.rpartition(".")
    run = getattr(import_module(f"portal.{module}"), name)
    actor = Actor(side=Side.CLIENT, user_id=new_id(), organization_id=new_id(), **more)
    run(**{one: actor if one == "actor" else None for one in signature(run).parameters})
