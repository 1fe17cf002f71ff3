"""A client that demands a record, and a supplier of it."""
import pytest

from portal.suppliers import layout
from portal.suppliers.models import Expiry, FieldType
from tests.factories import Buyer, Seller, World


@pytest.fixture()
def buyer(world: World) -> Buyer:
    client = world.client()
    with world.acting(world.actor(client, "administrator")) as actor:
        section = layout.save_section("Documentos", "Documents", actor)
        for label, kind, mandatory, grows_old in (
            ("Constancia", FieldType.FILE, True, Expiry.NONE), ("Teléfono", FieldType.TEXT, True, Expiry.NONE),
            ("Opinión", FieldType.TEXT, False, Expiry.DOCUMENT_DATE), ("Crédito", FieldType.NUMBER, False, Expiry.NONE),
        ):
            layout.save_field(layout.SaveField(
                section_id=section.id, label_es=label, label_en="", help_es="", help_en="", type=kind,
                mandatory=mandatory, kinds=(), choices=(), file_types=("pdf",), max_mb=5, expiry=grows_old,
                lifetime_days=30 if grows_old is Expiry.DOCUMENT_DATE else None), actor)
    return client


@pytest.fixture()
def seller(world: World, buyer: Buyer) -> Seller:
    return world.supplier(buyer)
