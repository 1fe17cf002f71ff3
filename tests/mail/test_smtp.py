"""What leaves for the mail server, byte by byte."""
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from uuid import UUID

import pytest

from portal.mail import smtp
from portal.mail.compose import compose
from portal.mail.environment import Server
from portal.mail.render import Rendered
from portal.mail.services import Draft, Recipient
from tests.mail.servers import MailServer

DRAWN = Rendered("¡Tu pago está programado!", "Hola, Ana:\n.\n..dos puntos\nAdiós\n", "<p>Hola</p>")


def draft(name: str = "Ana", email: str = "ana@proveedor.example", client: str = "Comercial del Valle") -> Draft:
    return Draft(UUID(int=1), "x", Recipient(email, name, "es"), {"client": client}, "<1@portal.example>")


def test_a_message_says_who_it_is_from_and_is_read_as_text_too() -> None:
    message = compose(draft(), DRAWN, "acuse@portal.example")
    again = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(again, EmailMessage)
    assert again["From"].addresses[0].display_name == "Comercial del Valle · Acuse"
    assert again["From"].addresses[0].addr_spec == "acuse@portal.example"
    assert (again["Subject"], again["Message-ID"]) == (DRAWN.subject, "<1@portal.example>")
    assert again["Auto-Submitted"] == "auto-generated"
    assert [p.get_content_type() for p in again.iter_parts()] == ["text/plain", "text/html"]
    text = again.get_body(("plain",))
    assert text is not None and text.get_content().replace("\r\n", "\n") == DRAWN.text
    assert all(len(line) <= 998 for line in message.as_bytes(policy=SMTP).split(b"\r\n"))


@pytest.mark.parametrize("evil", ["Ana\r\nBcc: all@victims.example", "Ana\nX: y", "Ana\x00"])
def test_no_name_becomes_a_header(evil: str) -> None:
    message = compose(draft(name=evil, client=evil), Rendered(evil, "x", "x"), "acuse@portal.example")
    again = message_from_bytes(message.as_bytes(), policy=default)
    assert set(again.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language",
                                 "MIME-Version", "Content-Type"}


@pytest.mark.parametrize("email", ["ana", "@x.example", "ana@", "a\r\nb@x.example"])
def test_bad_addresses_are_refused(email: str) -> None:
    with pytest.raises(ValueError):
        compose(draft(email=email), DRAWN, "acuse@portal.example")


def test_domains_with_accents_are_written_as_the_wire_wants_them() -> None:
    assert compose(draft(email="ana@ñandú.example"), DRAWN, "a@b.example")["To"].addresses[0].domain == \
        "xn--and-6ma2c.example"


def test_lone_dots_do_not_end_the_message() -> None:
    raw = smtp._bytes(compose(draft(), DRAWN, "acuse@portal.example"))
    assert raw.endswith(b"\r\n.\r\n") and raw.count(b"\r\n.\r\n") == 1
    assert b"\r\n..\r\n" in raw and b"\r\n...dos" in raw


def test_what_arrives_is_what_was_written() -> None:
    running = MailServer()
    running.start()
    try:
        smtp.send(Server("127.0.0.1", running.port, "acuse@portal.example", security="none", timeout=2),
                  compose(draft(), DRAWN, "acuse@portal.example"), "ana@proveedor.example")
    finally:
        running.end()
    text = running.letters[0].get_body(("plain",))
    assert text is not None and text.get_content().replace("\r\n", "\n") == DRAWN.text


def test_a_server_without_encryption_gets_nothing_when_it_is_demanded() -> None:
    running = MailServer()
    running.start()
    try:
        with pytest.raises(smtp.Temporary):
            smtp.send(Server("127.0.0.1", running.port, "acuse@portal.example", timeout=2),
                      compose(draft(), DRAWN, "acuse@portal.example"), "ana@proveedor.example")
    finally:
        running.end()
    assert running.letters == []
