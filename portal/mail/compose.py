"""A letter as an Internet message (RFC 5322): text first, the same as HTML beside it."""
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from portal.core.clock import now
from portal.mail.render import Rendered
from portal.mail.services import Draft

CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
PRODUCT = "Acuse"


def compose(draft: Draft, drawn: Rendered, sender: str) -> EmailMessage:
    """Return the message, from the client's name at the portal's address. Raises ValueError for a bad address."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(_sender_name(str(draft.context.get("client") or "")), sender)
    message["To"] = _address(draft.to.name, draft.to.email)
    message["Subject"] = _line(drawn.subject)
    message["Date"] = format_datetime(now())
    message["Message-ID"] = draft.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    message.set_content(drawn.text, cte="quoted-printable")
    message.add_alternative(drawn.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = draft.to.locale
    return message


def _sender_name(client: str) -> str:
    return f"{client} · {PRODUCT}" if client else PRODUCT


def _address(name: str, email: str) -> Address:
    local, _at, domain = email.rpartition("@")
    if not local or not domain or CONTROL.search(email):
        raise ValueError("not an e-mail address")
    return Address(display_name=_line(name)[:120], username=local, domain=domain.encode("idna").decode())


def _line(text: str) -> str:
    return CONTROL.sub(" ", text).strip()
