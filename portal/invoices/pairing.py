"""Which of the files is the XML and which the PDF: by what they contain, never by the name somebody gave them."""
from collections.abc import Sequence

from portal.core.errors import Invalid
from portal.core.i18n import _
from portal.core.types import Upload

PDF_MARK = b"%PDF-"


def pair(files: Sequence[Upload]) -> tuple[Upload | None, Upload | None]:
    """Return (xml, pdf) of one invoice's files. Raises Invalid (field "files") when they are not one invoice's.

    What is neither a PDF nor looks like XML counts as what its name says, so that its own check can explain it.
    """
    if not files:
        raise Invalid(fields={"files": _("Choose the files first: the XML and its PDF.")})
    kinds: dict[str, list[Upload]] = {"xml": [], "pdf": []}
    for file in files:
        kinds[_kind(file)].append(file)
    if len(kinds["xml"]) > 1 or len(kinds["pdf"]) > 1:
        raise Invalid(fields={"files": _renamed(kinds) or _("One invoice at a time: choose one XML and its PDF.")})
    return next(iter(kinds["xml"]), None), next(iter(kinds["pdf"]), None)


def _renamed(kinds: dict[str, list[Upload]]) -> str:
    """Say which file is not what its name says, when that is why there are two of a kind; else nothing."""
    for kind, files in kinds.items():
        named = {"xml": ".pdf", "pdf": ".xml"}[kind]
        liar = next((file for file in files if file.name.lower().endswith(named)), None)
        if len(files) > 1 and liar:
            return _("“%(name)s” is really %(kind)s, whatever its name says. Choose the XML as the PAC delivered it, "
                     "and its PDF.", name=liar.name, kind=_("a PDF") if kind == "pdf" else _("an XML"))
    return ""


def _kind(file: Upload) -> str:
    head = file.data[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if head.startswith(PDF_MARK):
        return "pdf"
    if head.startswith(b"<") or not file.name.lower().endswith(".pdf"):
        return "xml"
    return "pdf"
