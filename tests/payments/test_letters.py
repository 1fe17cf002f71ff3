"""Each act of treasury is told to the supplier, once and to nobody else."""
from datetime import timedelta

from sqlalchemy import select

from portal.core import db
from portal.core.clock import today
from portal.invoices.models import InvoiceStatus
from portal.jobs import runner
from portal.mail.models import Letter
from portal.payments import services
from tests.factories import Buyer, Seller, World
from tests.payments.test_services import ZONE, command, pay


def _told(world: World) -> list[tuple[str, str]]:
    runner.drain()
    with world.owner():
        return [(one.name, one.to_email) for one in db.session.scalars(select(Letter).order_by(Letter.id))]


def test_each_act_has_its_letter(world: World, buyer: Buyer, seller: Seller) -> None:
    invoice = world.invoice(seller, status=InvoiceStatus.APPROVED, total="1160.00")
    day, expected = today(ZONE) + timedelta(days=3), []
    with world.acting(world.actor(buyer, "treasury")) as actor:
        services.schedule([invoice.id], day, actor)
    expected.append("payment_scheduled")
    assert _told(world) == [(name, seller.person.user.email) for name in expected]
    with world.acting(world.actor(buyer, "treasury")) as actor:
        services.unschedule(invoice.id, "se pospone el pago", actor)
    expected.append("payment_unscheduled")
    assert _told(world) == [(name, seller.person.user.email) for name in expected]
    payment = pay(world, buyer, command(seller, (invoice, "1160")))
    with world.acting(world.actor(buyer, "treasury")) as actor:
        services.void(payment.id, "el banco la devolvió", actor)
    expected += ["payment_registered", "payment_voided"]
    assert _told(world) == [(name, seller.person.user.email) for name in expected]
