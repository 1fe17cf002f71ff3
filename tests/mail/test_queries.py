"""How a letter stands, for the client it belongs to."""
from uuid import uuid4

from flask import Flask

from portal.access.actor import system
from portal.core.db import transaction
from portal.mail import queries, services
from portal.mail.models import LetterState
from portal.mail.services import Recipient


def test_a_client_sees_how_its_own_letters_stand(base: Flask) -> None:
    client, relationship = uuid4(), uuid4()
    with transaction(system(client).scope):
        for address in ("old@x.example", "new@x.example"):
            services.post("mail_check", Recipient(address), {"link": "/"}, client_id=client,
                          relationship_id=relationship)
    with transaction(system(client).scope):
        found = queries.last_to(relationship, ("mail_check", "other"))
        assert found is not None and (found.to_email, found.state) == ("new@x.example", LetterState.PENDING)
        assert queries.last_to(relationship, ("other",)) is None
    with transaction(system(uuid4()).scope):
        assert queries.last_to(relationship, ("mail_check",)) is None
