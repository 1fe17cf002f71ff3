"""What a browser sends: along with every form, and of a form that it only shows."""
import re

from lxml.html import document_fromstring

from portal.core.db import Base

HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|_once)" value="([^"]+)">')


def guard(html: str) -> dict[str, str]:
    """The hidden fields of a page's form: against forgery, and against the double click."""
    return dict(HIDDEN.findall(html))


def as_shown(html: str) -> dict[str, list[str]]:
    """What a browser would send of a page's largest form when nobody changes anything in it."""
    sheets = [form.form_values() for form in document_fromstring(html).forms if form.method == "POST"]
    sent: dict[str, list[str]] = {}
    for name, value in max(sheets, key=len):
        sent.setdefault(name, []).append(value.replace("\r\n", "\n").removeprefix("\n"))  # a text area begins with one
    return sent


def columns_of(table: type[Base], *, but: str = "") -> set[str]:
    """The columns of a table that people fill: without those that every table has, and without `but` (names)."""
    return {c.key for c in table.__table__.columns} - {"id", "created_at", "client_id", "archived_at", *but.split()}
