"""The conversation with the mail server, step by step, so that it is known what its silence means.

Before the message's last dot, silence means "not sent". After it, until the answer, nobody can know (RFC 5321
4.5.3.2.6): that is a doubt.
"""
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTPUTF8

from portal.mail.environment import Server

# "Authentication required" and its kin (RFC 4954, 6): the account in the configuration is missing or wrong.
OURS = frozenset((530, 534, 535, 538))


class Temporary(Exception):
    """The server could not take it now (not reachable, 4xx): try again later."""


class Permanent(Exception):
    """The server will never take it (5xx)."""


class Doubtful(Exception):
    """The message was handed over and the answer did not come."""


def send(server: Server, message: EmailMessage, recipient: str) -> None:
    """Hand `message` to `server` for `recipient`. Raises Temporary, Permanent or Doubtful."""
    smtp = _connect(server)
    try:
        with _judged():
            _greet(smtp, server)
            _envelope(smtp, server.sender, recipient)
        _data(smtp, message)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


def _connect(server: Server) -> smtplib.SMTP:
    try:
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout,
                                    context=ssl.create_default_context())
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    except (smtplib.SMTPException, OSError) as error:
        raise Temporary(_reason(error)) from error


@contextmanager
def _judged() -> Iterator[None]:
    """Whatever goes wrong in here happened before the message was handed over."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise (Permanent if _is_the_letters(error) else Temporary)(_reason(error)) from error
    except Exception as error:  # also our own time limit, which may strike anywhere
        raise Temporary(_reason(error)) from error


def _is_the_letters(error: smtplib.SMTPResponseException) -> bool:
    """Say whether a refusal is for ever and the letter's; our own configuration is mended, and the letter waits."""
    ours = isinstance(error, smtplib.SMTPAuthenticationError) or error.smtp_code in OURS
    return 500 <= error.smtp_code < 600 and not ours


def _greet(smtp: smtplib.SMTP, server: Server) -> None:
    smtp.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()
    if server.user:
        smtp.login(server.user, server.password)


def _envelope(smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
    options = ["SMTPUTF8"] if not recipient.isascii() and smtp.has_extn("smtputf8") else []
    for code, answer in (smtp.mail(sender, options), smtp.rcpt(recipient)):
        if code not in (250, 251):
            raise smtplib.SMTPResponseException(code, answer)


def _data(smtp: smtplib.SMTP, message: EmailMessage) -> None:
    with _judged():
        smtp.putcmd("data")
        code, answer = smtp.getreply()
        if code != 354:
            raise smtplib.SMTPResponseException(code, answer)
    try:
        smtp.send(_bytes(message))
        code, answer = smtp.getreply()
    except Exception as error:
        raise Doubtful(_reason(error)) from error
    if code != 250:
        with _judged():
            raise smtplib.SMTPResponseException(code, answer)


def _bytes(message: EmailMessage) -> bytes:
    raw = message.as_bytes(policy=message.policy if _ascii(message) else SMTPUTF8)
    stuffed = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:]  # a lone dot would end the message early
    return stuffed.removesuffix(b"\r\n") + b"\r\n.\r\n"


def _ascii(message: EmailMessage) -> bool:
    return str(message["To"]).rpartition("<")[2].isascii()


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error if isinstance(error.smtp_error, str) else error.smtp_error.decode("utf-8", "replace")
        return f"{error.smtp_code} {' '.join(text.split())}"[:300]
    return type(error).__name__
