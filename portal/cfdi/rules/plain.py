"""One look that tells, without calling the rules one by one, that a plain invoice breaks none of them.

Most documents are invoices and credit notes with nothing unusual. Here their amounts are added up once, in one walk;
whatever is not plainly right or not plain (other types of document, generic receivers, parts, rounding at its limits,
a value that cannot be read…) is no answer, and then the rules look, each for itself. They alone decide and explain:
this only spares them the walk when it is certain that none would find anything. The tests hold both to agree.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any, Final

from lxml import etree

from portal.cfdi.catalogs import rates
from portal.cfdi.catalogs.general import IMPUESTO
from portal.cfdi.catalogs.taxpayers import REGIMEN_FISCAL, USO_CFDI
from portal.cfdi.lazy import Unreadable, count_decimals, decimal
from portal.cfdi.model import CFD4
from portal.cfdi.rules.amounts import ZERO, rounded
from portal.cfdi.rules.comprobante import TOTAL_LIMIT
from portal.cfdi.rules.facts import GENERIC, PUBLIC, Facts, person_of
from portal.cfdi.rules.registry import On

_CONCEPTO: Final = f"{{{CFD4}}}Concepto"
_TRASLADO: Final = f"{{{CFD4}}}Traslado"
_RETENCION: Final = f"{{{CFD4}}}Retencion"
_IMPUESTOS: Final = f"{{{CFD4}}}Impuestos"
_UNTAXED: Final = frozenset({"01", "03", "04", "05"})
_DOUBTS: Final = (Unreadable, ArithmeticError, LookupError)
_ALWAYS: Final = (On.DOCUMENT, On.RECEIVER, On.CONCEPTO)
_SOMETIMES: Final = (
    (On.TAXED, On.TAXES), (On.UNTAXED,), (On.DISCOUNTED,), (On.TRASLADO, On.ALIKE), (On.RETENCION,), (On.SUMMARY,),
    (On.SUMMARY_TRASLADO,), (On.SUMMARY_RETENCION,),
)  # fmt: skip
_LONGEST: Final = 64  # letters of an amount
_Key = tuple[str, str, str]


class _Doubt(LookupError):
    """Something is not plainly right: the rules shall look."""


def places(facts: Facts) -> frozenset[On] | None:
    """Where the rules would look in a document so plain, and so plainly right, that none of them finds anything.

    None is no answer: the rules must look. Those on the client's own data are not meant, they look in any case; a
    document with payments is never plain.
    """
    try:
        _parties(facts)
        return _Sums(facts).places()
    except _DOUBTS:
        return None


def _sure(holds: object) -> None:
    if not holds:
        raise _Doubt


def _parties(facts: Facts) -> None:
    """The kind of document, issuer and receiver (CFDI40105, 40114–40116, 40122, 40130, 40141, 40146, 40149–40161)."""
    document = facts.document
    read, nodes = document.element.get, document.nodes
    if facts.tipo not in ("I", "E") or facts.pagos or nodes("InformacionGlobal") or read("Exportacion") == "02":
        raise _Doubt
    if read("MetodoPago") == "PPD" and read("FormaPago") != "99":
        raise _Doubt
    moneda, rate = read("Moneda"), read("TipoCambio")
    if moneda == "XXX" or (moneda == "MXN") != (rate is None):
        raise _Doubt
    issuers, receivers = nodes("Emisor"), nodes("Receptor")
    _sure(len(issuers) == len(receivers) == len(nodes("Conceptos")) == 1)
    _fit(issuers[0].get("Rfc", ""), issuers[0].get("RegimenFiscal", ""), *_receiver(receivers[0].get))


def _receiver(read: Any) -> tuple[str, str, str]:
    """Its RFC, regime and use, when it is neither generic nor abroad."""
    rfc = read("Rfc", "")
    if rfc in GENERIC or read("Nombre") == PUBLIC:
        raise _Doubt
    if read("ResidenciaFiscal") is not None or read("NumRegIdTrib") is not None:
        raise _Doubt
    return rfc, read("RegimenFiscalReceptor", ""), read("UsoCFDI", "")


@lru_cache(maxsize=4096)
def _fit(issuer: str, its_regime: str, receiver: str, regime: str, use: str) -> None:
    """The regimes and the use fit the persons. Raises one of `_DOUBTS` when they do not, and remembers nothing."""
    person, allowed = person_of(receiver), USO_CFDI[use]
    _sure(person_of(issuer) in REGIMEN_FISCAL[its_regime].persons and person in REGIMEN_FISCAL[regime].persons)
    _sure(person in allowed.persons and regime in allowed.regimes)


class _Sums:
    """The amounts of one document, added up in one walk over its conceptos."""

    def __init__(self, facts: Facts) -> None:
        self.document = facts.document
        self.decimals = decimals = facts.decimals
        self.unit = rounded(ZERO, decimals)
        self.subtotal = ZERO
        self.discount: Decimal | None = None
        self.transferred: dict[_Key, list[Decimal]] = {}
        self.withheld: dict[str | None, Decimal] = {}
        self.taxed = self.untaxed = self.rated = False

    def places(self) -> frozenset[On]:
        """Where the rules would look. Raises one of `_DOUBTS` unless all is plainly right."""
        for concepto in self.document.nodes("Conceptos")[0]:
            self._line(concepto)
        _sure(self.taxed or self.untaxed)
        there = (self.taxed, self.untaxed, self.discount is not None, bool(self.transferred), bool(self.withheld))
        return _there(*there, *self._summary())

    def _line(self, concepto: etree._Element) -> None:
        """A concepto (CFDI40166–40173)."""
        read = concepto.get
        written = read("Importe", "")
        importe, price = decimal(written), decimal(read("ValorUnitario", ""))
        product = decimal(read("Cantidad", "")) * price
        if concepto.tag != _CONCEPTO or price <= 0:
            raise _Doubt
        if product != importe and product.quantize(importe, ROUND_HALF_UP) != importe:
            raise _Doubt
        self.subtotal += importe
        if read("Descuento") is not None:
            self._discount(read("Descuento"), written, importe)
        if len(concepto):
            if len(concepto) > 1 or read("ObjetoImp") != "02":
                raise _Doubt
            self._taxes(concepto[0])
            self.taxed = True
        else:
            _sure(read("ObjetoImp") in _UNTAXED)
            self.untaxed = True

    def _discount(self, written: str, amount: str, importe: Decimal) -> None:
        discount = decimal(written)
        _sure(discount <= importe and count_decimals(written) <= count_decimals(amount))
        self.discount = discount + (self.discount or ZERO)

    def _taxes(self, impuestos: etree._Element) -> None:
        """The taxes of a concepto (CFDI40173–40186)."""
        if impuestos.tag != _IMPUESTOS or not len(impuestos):
            raise _Doubt
        for group in impuestos:
            row, add = self._GROUPS[group.tag]
            if not len(group):
                raise _Doubt
            for tax in group:
                if tax.tag != row or len(tax):
                    raise _Doubt
                add(self, tax.get)

    def _transferred(self, read: Any) -> None:
        base = decimal(read("Base", ""))
        key, rate = _rated(read("Impuesto", ""), read("TipoFactor", ""), read("TasaOCuota", ""))
        if rate is None:
            _sure(base > 0 and read("TasaOCuota") is None and read("Importe") is None)
            importe = ZERO
        else:
            importe = decimal(read("Importe", ""))
            if base <= 0 or (base * rate).quantize(importe, ROUND_HALF_UP) != importe:
                raise _Doubt
        sums = self.transferred.get(key)
        if sums is None:
            self.transferred[key] = [base, importe]
        else:
            sums[0] += base
            sums[1] += importe

    def _withheld(self, read: Any) -> None:
        base, rate, importe = decimal(read("Base", "")), decimal(read("TasaOCuota", "")), decimal(read("Importe", ""))
        impuesto = read("Impuesto")
        _sure(base > 0 and rates.allowed(impuesto, read("TipoFactor"), "R", rate))
        _sure((base * rate).quantize(importe, ROUND_HALF_UP) == importe)
        self.withheld[impuesto] = self.withheld.get(impuesto, ZERO) + importe

    _GROUPS: Final = {
        f"{_TRASLADO}s": (_TRASLADO, _transferred),
        f"{_RETENCION}es": (_RETENCION, _withheld),
    }

    def _summary(self) -> tuple[bool, bool, bool]:
        """The document's taxes and totals (CFDI40201–40221): whether there are any, transferred rows, withheld rows."""
        nodes = self.document.nodes("Impuestos")
        _sure(len(nodes) == 1 if self.taxed else not nodes)
        if not nodes:
            self._totals(ZERO)
            return False, False, False
        given = taken = None
        for group in nodes[0]:
            kind = self._GROUPS[group.tag][0]
            for row in group:
                if row.tag != kind:
                    raise _Doubt
                if kind == _TRASLADO:
                    given = self._row(row.get) + (given or ZERO)
                else:
                    taken = self._withheld_row(row.get) + (taken or ZERO)
        _sure(not any(self.withheld.values()) and not any([importe for _, importe in self.transferred.values()]))
        self._written(nodes[0].get, "TotalImpuestosTrasladados", given or ZERO, self.rated)
        self._written(nodes[0].get, "TotalImpuestosRetenidos", taken or ZERO, taken is not None)
        self._totals((given or ZERO) - (taken or ZERO))
        return True, given is not None, taken is not None

    def _row(self, read: Any) -> Decimal:
        """A transferred row is the sum of the taxes alike, and has no second one."""
        key, rate = _rated(read("Impuesto", ""), read("TipoFactor", ""), read("TasaOCuota", ""))
        base, importe = self.transferred.pop(key)
        self._rounded(read("Base", ""), base)
        if rate is None:
            _sure(not read("TasaOCuota") and not read("Importe"))
            return ZERO
        self.rated = True
        return self._rounded(read("Importe", ""), importe)

    def _withheld_row(self, read: Any) -> Decimal:
        return self._rounded(read("Importe", ""), self.withheld.pop(read("Impuesto")))

    def _rounded(self, written: str, exact: Decimal) -> Decimal:
        """An amount that is written as the sum, rounded to the currency and no finer; nearly always to the letter."""
        amount = exact.quantize(self.unit, ROUND_HALF_UP)
        if str(amount) != written or len(written) > _LONGEST:
            _sure(decimal(written) == amount and count_decimals(written) <= self.decimals)
        return amount

    def _written(self, read: Any, attribute: str, expected: Decimal, needed: bool) -> None:
        """A total of the summary; where nothing needs it, it may be left out."""
        written = read(attribute)
        if needed or written is not None:
            self._rounded(written or "", expected)

    def _totals(self, taxes: Decimal) -> None:
        """SubTotal, Descuento and Total (CFDI40107–40112, 40119, 40120)."""
        read = self.document.element.get
        subtotal, written = self._rounded(read("SubTotal", ""), self.subtotal), read("Descuento")
        discount = ZERO
        if self.discount is not None and written is not None:
            discount = self._rounded(written, self.discount)
            _sure(discount <= subtotal)
        else:
            _sure(self.discount is written)
        amount = subtotal - discount + taxes
        for local in self.document.impuestos_locales:
            amount += local.total_de_traslados - local.total_de_retenciones
        _sure(self._rounded(read("Total", ""), amount) <= TOTAL_LIMIT)


@lru_cache(maxsize=1024)
def _rated(impuesto: str, factor: str, written: str) -> tuple[_Key, Decimal | None]:
    """What the summary groups a transferred tax by, and its rate; None when it is exempt.

    Raises one of `_DOUBTS` for a rate that SAT does not have, and remembers nothing then.
    """
    if factor == "Exento":
        _sure(impuesto in IMPUESTO and not written)
        return (impuesto, factor, ""), None
    rate = decimal(written)
    _sure(rates.allowed(impuesto, factor, "T", rate))
    return (impuesto, factor, str(abs(rate).normalize())), rate


@cache
def _there(*flags: bool) -> frozenset[On]:
    some = [on for flag, places in zip(flags, _SOMETIMES, strict=True) if flag for on in places]
    return frozenset((*_ALWAYS, *some))
