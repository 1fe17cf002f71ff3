"""What is decided, is decided on a row as it stands now, and held until the decision is written."""
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, update

from portal.access.actor import system
from portal.approvals import holders
from portal.core import db
from portal.invoices import at_sat, queries
from portal.invoices.models import Invoice, InvoiceStatus
from portal.sat.status import State, Status
from tests.approvals.test_services import sent, stages
from tests.factories import World


@contextmanager
def _held() -> Iterator[list[str]]:
    """Collect the tables whose rows are read to be held, in their order."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.rstrip().endswith("FOR UPDATE"):
            found.append(statement.split("FROM ")[1].split()[0])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_an_invoice_is_read_anew_when_it_is_held(world: World) -> None:
    buyer = world.client()
    invoice = world.invoice(world.supplier(buyer), status=InvoiceStatus.IN_REVIEW)
    with world.acting(world.actor(buyer, "accounts_payable")) as actor, _held() as held:
        seen = queries.get(actor, invoice.id)
        db.session.execute(update(Invoice).where(Invoice.id == invoice.id).values(version=7),
                           execution_options={"synchronize_session": False})
        assert seen.version == 1
        assert queries.locked(actor, invoice.id).version == 7
    assert held == ["invoices"]


def test_an_answer_of_sat_is_kept_on_a_held_row(world: World) -> None:
    buyer = world.client()
    invoice = world.invoice(world.supplier(buyer), status=InvoiceStatus.IN_REVIEW)
    actor = system(buyer.id)
    with world.acting(actor), _held() as held:
        at_sat.keep(invoice.id, "", Status(state=State.CANCELLED, asked_at=datetime.now(UTC)), actor)
    assert held == ["invoices"]


@pytest.mark.parametrize("act", [holders.tell, holders.hand_over])
def test_who_holds_a_step_is_changed_on_the_invoice_first_and_then_the_step(world: World, act: object) -> None:
    buyer = world.client()
    stages(world, buyer, ("Compras", "approver", None))
    invoice = sent(world, world.supplier(buyer))
    actor = system(buyer.id)
    with world.acting(actor), _held() as held:
        act(invoice.id, actor)  # type: ignore[operator]
    assert held == ["invoices", "approval_steps"]
