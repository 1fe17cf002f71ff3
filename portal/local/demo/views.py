"""Files for a newcomer to upload: CFDI that the sandbox signs and stamps, right ones and spoiled ones, and their PDFs.

In a demonstration only. The same address always gives the same file, so that an XML and its PDF belong together.
"""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid5

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.core.errors import NotFound
from portal.core.i18n import _, lazy
from portal.local.authority import Authority
from portal.local.demo import cast
from portal.local.demo.papers import Paper, Papers
from portal.web.page import PUBLIC, page
from portal.web.pages import render
from portal.web.views import attachment

bp = Blueprint("demo", __name__)
NAMESPACE = UUID("0b7c4b52-3c0e-4d7e-9c55-6d1f0f5f3a11")
CLIENTS = {c.rfc: c for c in (cast.CLIENT, cast.SECOND)}

# What can be wrong with a file, and how it is spoiled once it has been signed and stamped.
SPOILED: Mapping[str, tuple[Any, Callable[[bytes], bytes]]] = {
    "good": (lazy("A right one"), lambda xml: xml),
    "changed": (lazy("Changed after it was sealed: another total"),
                lambda xml: xml.replace(b'Total="', b'Total="1', 1)),
    "doctype": (lazy("With a DOCTYPE, as attackers send them"),
                lambda xml: xml.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY y "z">]>', 1)),
    "unstamped": (lazy("Without its stamp"), lambda xml: _without(xml, b"<cfdi:Complemento>", b"</cfdi:Complemento>")),
    "cut": (lazy("Cut in half"), lambda xml: xml[: len(xml) // 2]),
}


@dataclass(frozen=True)
class Wanted:
    """One file as its address asks for it."""

    paper: Paper
    spoiled: str
    uuid: UUID


@page(bp, "/demo/files", PUBLIC)
def files(_actor: Actor) -> ResponseReturnValue:
    """Choose an invoice to upload."""
    asked = urlencode(request.args.to_dict())
    made = {kind: f"{url_for('demo.file', kind=kind)}?{asked}" for kind in ("xml", "pdf")}
    suppliers = [s.company for s in (cast.NANDU, cast.BAJIO, cast.IBANEZ, cast.INVITED)]
    return render("demo/files.html", made=made, suppliers=suppliers, clients=CLIENTS.values(),
                  spoiled={key: label for key, (label, _spoil) in SPOILED.items()}, args=request.args)


@page(bp, "/demo/files/<any(xml, pdf):kind>", PUBLIC)
def file(_actor: Actor, kind: str) -> ResponseReturnValue:
    """Give the XML or the PDF of an invoice."""
    papers = Papers(Authority.open(current_app.extensions["portal_settings"].home / "sandbox"))
    wanted = _wanted()
    xml, pdf = papers.draw(wanted.paper, wanted.uuid)
    if kind == "pdf":
        return attachment(pdf.data, pdf.name, "application/pdf")
    return attachment(SPOILED[wanted.spoiled][1](xml.data), xml.name, "application/xml")


def _wanted() -> Wanted:
    args = request.args
    rfc, name = args.get("rfc", "").strip().upper(), args.get("name", "").strip().upper()
    client, spoiled = CLIENTS.get(args.get("client", ""), cast.CLIENT), args.get("spoiled", "good")
    try:
        amount = Decimal(args.get("amount", "1000")).quantize(Decimal("0.01"))
    except InvalidOperation:
        amount = Decimal(0)
    if not 12 <= len(rfc) <= 13 or not rfc.isalnum() or not 0 < amount < 10**9 or spoiled not in SPOILED:
        raise NotFound(_("Go back and fill in the RFC, the name and the amount."))
    regime = "601" if len(rfc) == 12 else "612"
    issuer = cast.Company(name, name[:250] or "PROVEEDOR DE PRUEBA", rfc, "06000", regime)
    folio = args.get("folio", "1")[:20]
    paper = Paper(issuer, "", folio, amount, 1, client=client, tipo="E" if args.get("type") == "E" else "I", noon=True)
    return Wanted(paper, spoiled, uuid5(NAMESPACE, "|".join((rfc, client.rfc, folio, str(amount), paper.tipo))))


def _without(xml: bytes, begin: bytes, end: bytes) -> bytes:
    head, _begin, rest = xml.partition(begin)
    return head + rest.partition(end)[2]
