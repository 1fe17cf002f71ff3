"""The demo's CFDI, signed and stamped by the sandbox authority, and their PDFs."""
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

import typst

from portal.cfdi import check
from portal.core.clock import now
from portal.core.i18n import ZONE
from portal.core.types import Upload
from portal.documents import cfdi_pdf
from portal.local import cfdi_maker
from portal.local.authority import Authority
from portal.local.demo import cast

WHAT = {"A": "Papel bond tamaño carta, caja con 10 paquetes", "F": "Flete terrestre León – Ciudad de México",
        "H": "Papelería y amenidades para habitaciones", "": "Honorarios por diseño editorial",
        "NC": "Devolución de papel bond con humedad"}


@dataclass(frozen=True)
class Paper:
    """An invoice to be made. `amount` is before tax; `age` in days."""

    issuer: cast.Company
    serie: str
    folio: str
    amount: Decimal
    age: int
    client: cast.Company = cast.CLIENT
    metodo_pago: str = "PPD"
    tipo: str = "I"
    names: str = ""  # the UUID of the invoice that a credit note is about
    noon: bool = False  # at noon of its day, so that the same paper is made the same twice

    @property
    def number(self) -> str:
        """Series and folio together."""
        return f"{self.serie}{self.folio}"


class Papers:
    """Makes XML and PDF of an invoice."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority

    def xml(self, paper: Paper, uuid: UUID | None = None) -> bytes:
        """Return the signed and stamped CFDI, with the UUID when one is given."""
        at = (now().astimezone(ZoneInfo(ZONE)) - timedelta(days=paper.age)).replace(tzinfo=None, microsecond=0)
        at = at.replace(hour=12, minute=0, second=0) if paper.noon else at
        made = cfdi_maker.make_cfdi(
            _party(paper.issuer), _party(paper.client, "G02" if paper.tipo == "E" else "G03"),
            [cfdi_maker.Line(WHAT[paper.serie], paper.amount)],
            cfdi_maker.Invoice(fecha=at, tipo=paper.tipo, serie=paper.serie, folio=paper.folio,
                               metodo_pago=paper.metodo_pago,
                               relations=[("01", [paper.names])] if paper.names else ()))
        csd = self.authority.issue_csd(paper.issuer.rfc, paper.issuer.fiscal_name)
        return self.authority.sign_and_stamp(made, csd, _stamped(at), uuid)

    def draw(self, paper: Paper, uuid: UUID | None = None) -> tuple[Upload, Upload]:
        """Return the two files that a supplier uploads."""
        xml = self.xml(paper, uuid)
        document = check.judge(xml, self.authority.trust(), at=now()).document
        if document is None:
            raise ValueError("what the sandbox made cannot be read")
        name = f"{paper.issuer.rfc}_{paper.number}"
        return Upload(f"{name}.xml", xml), Upload(f"{name}.pdf", cfdi_pdf.render(document))


@cache
def plain_pdf(title: str, text: str) -> bytes:
    """Return a one-page PDF with a title and a line."""
    source = ('#set page(paper: "us-letter", margin: 3cm)\n#set text(size: 12pt)\n'
              "#let d = json(bytes(sys.inputs.data))\n= #d.title\n#v(1em)\n#d.text\n")
    return typst.compile(source.encode(), sys_inputs={"data": json.dumps({"title": title, "text": text})})


def _stamped(at: datetime) -> datetime:
    return at + timedelta(seconds=8)


def _party(company: cast.Company, use: str = "G03") -> cfdi_maker.Party:
    return cfdi_maker.Party(company.rfc, company.fiscal_name, company.regime, company.postcode, use)
