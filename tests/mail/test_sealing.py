"""A letter's context at rest."""
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask

from portal.core.crypto import Tampered
from portal.mail.sealing import seal, unseal

CONTEXT = {"amount": Decimal("10.50"), "on": date(2026, 11, 26), "at": datetime(2026, 11, 26, 8, tzinfo=UTC),
           "lines": [{"folio": "A-1", "total": Decimal("1")}], "client": "Ñandú", "n": 3, "none": None}


def test_values_keep_their_types(base: Flask) -> None:
    letter, client = uuid4(), uuid4()
    sealed = seal(letter, client, CONTEXT)
    assert unseal(letter, client, sealed) == CONTEXT
    assert unseal(letter, client, "") == {}


def test_a_context_opens_at_its_own_letter_only(base: Flask) -> None:
    letter, client = uuid4(), uuid4()
    sealed = seal(letter, client, CONTEXT)
    for elsewhere in ((uuid4(), client), (letter, uuid4()), (letter, None)):
        with pytest.raises(Tampered):
            unseal(*elsewhere, sealed)


def test_objects_are_refused(base: Flask) -> None:
    with pytest.raises(TypeError):
        seal(uuid4(), None, {"x": object()})


def test_ids_become_texts_and_strange_keys_stay(base: Flask) -> None:
    letter, someone = uuid4(), uuid4()
    context = {"who": someone, "odd": {"$date": "2026-11-26", "x": 1}, "other": {"$money": "1"}}
    assert unseal(letter, None, seal(letter, None, context)) == {**context, "who": str(someone)}
