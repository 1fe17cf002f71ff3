"""A supplier that came in is told to its client."""
from sqlalchemy import select

from portal.core import db
from portal.jobs import runner
from portal.mail.models import Letter
from portal.subscriptions import TABLE
from portal.suppliers import handlers
from portal.suppliers.events import SupplierJoined
from tests.factories import Buyer, Seller, World


def test_who_came_in_is_told_to_the_client(world: World, buyer: Buyer, seller: Seller) -> None:
    assert handlers.on_joined in TABLE[SupplierJoined]
    with world.acting(world.actor(seller)) as actor:
        handlers.on_joined(SupplierJoined(client_id=buyer.id, relationship_id=seller.id, subject_id=seller.id), actor)
    runner.drain()
    with world.owner():
        told = db.session.scalars(select(Letter).filter_by(name="supplier_joined")).all()
    clients = {person.user.email for person in buyer.people.values()}
    assert told and {one.to_email for one in told} <= clients
