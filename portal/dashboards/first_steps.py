"""What a new client's administrator has still to set up; on the first page until the first invoice has come in."""
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select

from portal.access import binds
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.accounts.models import Membership
from portal.approvals.models import StageRule
from portal.core.db import session
from portal.core.i18n import lazy
from portal.invoices.models import Invoice, InvoiceRequirement
from portal.suppliers.models import RecordSection, Relationship

RECEIVED = select(exists().where(Invoice.client_id == binds.CLIENT, Invoice.sent_at.is_not(None)))


@dataclass(frozen=True)
class Step:
    """One thing to set up: its name, what happens without it, where it is done, and when it counts as done."""

    name: Any
    note: Any
    endpoint: str
    done: Any  # an SQL condition


STEPS = (
    Step(lazy("Who approves"), lazy("Until there are stages, accounts payable or an administrator approves alone."),
         "approvals_settings.index", exists().where(StageRule.client_id == binds.CLIENT,
                                                    StageRule.archived_at.is_(None))),
    Step(lazy("What you ask of your suppliers"), lazy("Documents and data of their digital record, with expiry dates."),
         "suppliers_layout.index", exists().where(RecordSection.client_id == binds.CLIENT,
                                                  RecordSection.archived_at.is_(None))),
    Step(lazy("What comes with each invoice"), lazy("Purchase order, delivery note… Nothing, if you need nothing."),
         "invoices_settings.index", exists().where(InvoiceRequirement.client_id == binds.CLIENT,
                                                   InvoiceRequirement.archived_at.is_(None))),
    Step(lazy("Your people"), lazy("Accounts payable, approvers, treasury: each sees what concerns them."),
         "accounts_people.index", exists().where(
             Membership.organization_id == binds.CLIENT, Membership.user_id != binds.USER,
             Membership.ended_at.is_(None))),
    Step(lazy("Your first supplier"), lazy("With an RFC and an e-mail it is invited and can send you invoices."),
         "suppliers.index", exists().where(Relationship.client_id == binds.CLIENT)),
)
_STATE = select(*[step.done.label(step.endpoint.partition(".")[0]) for step in STEPS])


def left(actor: Actor) -> list[tuple[Step, bool]]:
    """Return the steps, each with whether it is done; none for others than administrators or once invoices came."""
    if not actor.can(Permission.Organization.CONFIGURE):
        return []
    connection, values = session.connection(), binds.values(actor)
    if connection.execute(RECEIVED, values).scalar_one():
        return []
    return list(zip(STEPS, connection.execute(_STATE, values).one(), strict=True))
