"""The trail as CSV. Texts come from strangers: none may become a formula when a spreadsheet opens the file."""
import csv
import json
from collections.abc import Iterable
from io import StringIO
from typing import Any

from portal.audit.models import AuditEvent
from portal.audit.sentences import sentence, word
from portal.core.i18n import _, moment

# What makes a spreadsheet calculate: the ASCII signs, their full-width forms, and control characters before them.
TRIGGERS = tuple("=+-@\t\r\n\x00＝＋－＠")
BOM = "\ufeff"  # by which a spreadsheet knows that it is UTF-8


def csv_of(events: Iterable[AuditEvent], zone: str) -> bytes:
    """Return the events as CSV in UTF-8, hours in `zone` and in UTC."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([_("When"), "UTC", _("Who"), _("Side"), _("What"), _("About"), _("Details"), _("IP address"),
                     _("Request"), "Id"])
    for event in events:
        writer.writerow([safe(cell) for cell in _row(event, zone)])
    return (BOM + text.getvalue()).encode()


def safe(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(TRIGGERS) or text.lstrip().startswith(TRIGGERS) else text


def _row(event: AuditEvent, zone: str) -> list[Any]:
    details = json.dumps(event.details, ensure_ascii=False, sort_keys=True) if event.details else ""
    return [moment(event.at, zone), event.at.isoformat(timespec="seconds"), event.actor_name, word(event.side),
            sentence(event.kind, event.subject_label, event.details), event.subject_label, details, event.ip,
            event.request_id, event.id]
