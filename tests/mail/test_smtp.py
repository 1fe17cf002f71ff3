"""What leaves for the mail server, byte by byte."""
import ssl
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.policy import default
from ipaddress import ip_address
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask

from portal.core.clock import now
from portal.mail import environment, smtp
from portal.mail.compose import compose
from portal.mail.environment import Server
from portal.mail.render import Rendered
from portal.mail.services import Draft, Recipient
from tests.mail import servers
from tests.mail.servers import Fault, MailServer

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
    assert all(len(line) <= 998 for line in message.as_bytes(policy=WIRE).split(b"\r\n"))


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


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    """A certificate for 127.0.0.1 that it signed itself: as the server's, and as a file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now() - timedelta(days=1)).not_valid_after(now() + timedelta(days=9))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256()))
    file = tmp_path_factory.mktemp("papers") / "mail.pem"
    file.write_bytes(made.public_bytes(Encoding.PEM)
                     + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, str(file)


def sent_to(running: MailServer, to: str = "ana@proveedor.example", **how: str) -> None:
    """Send a message to a server, which ends."""
    running.start()
    try:
        smtp.send(Server("127.0.0.1", running.port, "acuse@portal.example", timeout=10, **how),  # type: ignore[arg-type]
                  compose(draft(email=to), DRAWN, "acuse@portal.example"), to)
    finally:
        running.end()


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_letter_goes_to_a_server_with_a_good_certificate_only(
        papers: tuple[ssl.SSLContext, str], monkeypatch: pytest.MonkeyPatch, security: str, trusted: bool) -> None:
    running = MailServer(security=security, certificate=papers[0])
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", papers[1])
        sent_to(running, security=security)
    else:
        with pytest.raises(smtp.Temporary, match="SSLCertVerificationError"):
            sent_to(running, security=security)
    assert len(running.letters) == trusted


@pytest.mark.parametrize(("password", "known"), [("right", True), ("wrong", False), ("", False)])
def test_the_portal_says_who_it_is(papers: tuple[ssl.SSLContext, str], monkeypatch: pytest.MonkeyPatch, password: str,
                                   known: bool) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", papers[1])
    running = MailServer(security="starttls", certificate=papers[0], password="right")
    how = {"security": "starttls", **({"user": "acuse", "password": password} if password else {})}
    if known:
        sent_to(running, **how)
    else:  # our configuration is to be mended, the letter is not at fault
        with pytest.raises(smtp.Temporary, match="535" if password else "530"):
            sent_to(running, **how)
    assert len(running.letters) == known


@pytest.mark.parametrize(("fault", "error"), [(Fault.BUSY, smtp.Temporary), (Fault.GREYLIST, smtp.Temporary),
                                              (Fault.NOT_FROM_YOU, smtp.Permanent)])
def test_what_is_refused_before_the_message_is_known(fault: Fault, error: type[Exception]) -> None:
    running = MailServer(fault)
    with pytest.raises(error):
        sent_to(running, security="none")
    assert running.letters == []


def test_a_name_with_accents_before_the_at_is_sent_as_such() -> None:
    running = MailServer()
    sent_to(running, "ñandú@proveedor.example", security="none")
    sent_to(plain := MailServer(), security="none")
    assert running.recipients == [["ñandú@proveedor.example"]]
    assert running.letters[0]["To"].addresses[0].username.encode("ascii", "surrogateescape").decode() == "ñandú"
    assert ["SMTPUTF8" in options for options in (running.options[0], plain.options[0])] == [True, False]


def test_a_server_that_answers_data_with_a_no_has_taken_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(SMTP):
        async def smtp_DATA(self, arg: str) -> None:
            await self.push("451 4.3.0 not now")

    monkeypatch.setattr(servers, "SMTP", Full)
    with pytest.raises(smtp.Temporary, match="451"):
        sent_to(MailServer(), security="none")


def test_the_server_is_the_configured_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(app.extensions["portal_settings"], smtp_host="mail.example", smtp_port=2525,
                       smtp_from="a@b.example", smtp_user="acuse", smtp_password="secret", smtp_tls="tls")
    with app.app_context():
        assert environment.server() is None
        monkeypatch.setitem(app.extensions, "portal_settings", settings)
        assert environment.server() == Server("mail.example", 2525, "a@b.example", "acuse", "secret", "tls")
