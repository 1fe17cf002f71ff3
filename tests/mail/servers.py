"""Mail servers for tests: aiosmtpd on loopback, with faults at named points of the conversation."""
import asyncio
import os
import signal
import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Fault(StrEnum):
    """What goes wrong, once each, in the order given; afterwards the server is well."""

    GREYLIST = "greylist"  # 450 at RCPT
    NO_SUCH_USER = "no_such_user"  # 550 at RCPT
    NOT_FROM_YOU = "not_from_you"  # 550 at MAIL
    BUSY = "busy"  # 421 at MAIL
    FULL = "full"  # 452 after the message
    SPAM = "spam"  # 554 after the message
    HANG = "hang"  # takes the message and never answers
    DROP = "drop"  # takes the message and hangs up
    KILL_CLIENT = "kill_client"  # takes the message, and its sender dies before it reads the answer


class MailServer(Controller):
    """A server that keeps what it took in `letters`."""

    def __init__(self, *faults: Fault, security: str = "none", password: str = "",
                 certificate: ssl.SSLContext | None = None) -> None:
        self.faults = list(faults)
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.options: list[list[str]] = []
        self.client_pid = 0
        self.password = password
        self.starttls = certificate if security == "starttls" else None
        super().__init__(self, hostname="127.0.0.1", port=0,
                         ssl_context=certificate if security == "tls" else None)

    def end(self) -> None:
        """Stop, unless it has been."""
        if self._thread is not None:
            self.stop()

    def factory(self) -> SMTP:
        """Return one conversation."""
        return SMTP(self, enable_SMTPUTF8=True, tls_context=self.starttls, require_starttls=bool(self.starttls),
                    authenticator=self._knows, auth_required=bool(self.password),
                    auth_require_tls=bool(self.starttls))

    def _knows(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str,
               given: LoginPassword) -> AuthResult:
        """Let "acuse" in with the password."""
        return AuthResult(success=(given.login, given.password) == (b"acuse", self.password.encode()), handled=False)

    def _trigger_server(self) -> None:
        """The base class knocks at the port it was told; ours is chosen by the system."""
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_MAIL(self, _server: Any, _session: Session, envelope: Envelope, address: str,
                          options: list[str]) -> str:
        """Take a sender, or not."""
        if self._next(Fault.NOT_FROM_YOU):
            return "550 5.7.1 not from you"
        if self._next(Fault.BUSY):
            return "421 4.3.2 busy"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        self.options.append(options)
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Session, envelope: Envelope, address: str,
                          _options: list[str]) -> str:
        """Take a recipient, or not."""
        if self._next(Fault.GREYLIST):
            return "450 4.7.1 come back later"
        if self._next(Fault.NO_SUCH_USER):
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a message, or not, or nobody knows."""
        if self._next(Fault.FULL):
            return "452 4.3.1 no room"
        if self._next(Fault.SPAM):
            return "554 5.7.1 not wanted"
        self.letters.append(message_from_bytes(envelope.original_content or b"", policy=default))  # type: ignore[arg-type]
        self.recipients.append(envelope.rcpt_tos)
        if self._next(Fault.HANG):
            await asyncio.sleep(5)
        if self._next(Fault.DROP):
            assert server.transport is not None
            server.transport.abort()
            await asyncio.sleep(0.2)
        if self._next(Fault.KILL_CLIENT):
            os.kill(self.client_pid, signal.SIGKILL)
        return "250 taken"

    def _next(self, fault: Fault) -> bool:
        if self.faults and self.faults[0] is fault:
            self.faults.pop(0)
            return True
        return False
