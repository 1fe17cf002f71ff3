"""The client that pays and the supplier that is paid, of all tests of payments."""
import pytest

from tests.boxes import remembering
from tests.factories import Buyer, Seller, World

__all__ = ["remembering"]


@pytest.fixture()
def buyer(world: World) -> Buyer:
    return world.client()


@pytest.fixture()
def seller(world: World, buyer: Buyer) -> Seller:
    return world.supplier(buyer)
