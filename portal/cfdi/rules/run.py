"""The rules step: every rule of the table that the document's type calls for, on every node that it looks at."""

from collections.abc import Callable, Sequence
from decimal import localcontext
from functools import cache
from itertools import islice
from typing import Any, Final

from portal.cfdi.context import Context
from portal.cfdi.lazy import Node, Unreadable
from portal.cfdi.model import Comprobante
from portal.cfdi.report import Finding, Status, Step
from portal.cfdi.rules import comprobante, conceptos, global_, impuestos, pago, pagos, pagos_impuestos, plain, receptor
from portal.cfdi.rules.amounts import EXACT
from portal.cfdi.rules.facts import GENERIC, Facts
from portal.cfdi.rules.registry import RULES, UNCHECKED, Check, Fault, On, State, needs_list

# Reading a family fills the table; naming them here says which there are, in their order.
FAMILIES: Final = (comprobante, global_, receptor, conceptos, impuestos, pagos, pago, pagos_impuestos)

_MOST: Final = 25  # faults of one rule: more of them teach nothing, and a document may have 50,000 conceptos
_SKIPPED: Final = (Unreadable, ArithmeticError, LookupError)

_NODES: Final[dict[On, Callable[[Facts], Sequence[Any]]]] = {
    On.DOCUMENT: lambda facts: (facts.document,),
    On.GLOBAL: lambda facts: _one(facts.document.informacion_global),
    On.RECEIVER: lambda facts: (facts.document.receptor,),
    On.CLIENT: lambda facts: (facts.document.receptor,),
    On.GENERIC: lambda facts: (facts.document.receptor,) if facts.document.receptor.rfc in GENERIC else (),
    On.ABROAD: lambda facts: (facts.document.receptor,) if facts.tells_abroad else (),
    On.CONCEPTO: lambda facts: facts.conceptos,
    On.TAXED: lambda facts: facts.lines("02"),
    On.UNTAXED: lambda facts: facts.lines("01", "03", "04", "05"),
    On.SPECIAL: lambda facts: facts.lines("06", "07", "08"),
    On.TAXES: lambda facts: tuple(facts.taxes.values()),
    On.DISCOUNTED: lambda facts: facts.discounted,
    On.TRASLADO: lambda facts: facts.traslados,
    On.ALIKE: lambda facts: facts.alike,
    On.RETENCION: lambda facts: facts.retenciones,
    On.CUSTOMS: lambda facts: [entry for concepto in facts.conceptos for entry in concepto.informacion_aduanera],
    On.THIRD: lambda facts: facts.terceros,
    On.PARTE: lambda facts: facts.partes,
    On.PARTE_CUSTOMS: lambda facts: [entry for parte in facts.partes for entry in parte.informacion_aduanera],
    On.SUMMARY: lambda facts: _one(facts.document.impuestos),
    On.SUMMARY_TRASLADO: lambda facts: facts.document.impuestos.traslados if facts.document.impuestos else (),
    On.SUMMARY_RETENCION: lambda facts: facts.document.impuestos.retenciones if facts.document.impuestos else (),
    On.PAGOS: lambda facts: facts.pagos,
    On.PAGOS_CONCEPTO: lambda facts: facts.conceptos[:1],
    On.PAGO: lambda facts: facts.payments,
    On.DOCTO: lambda facts: facts.paid,
    On.RETENCION_DR: lambda facts: facts.withheld_dr,
    On.TRASLADO_DR: lambda facts: facts.transferred_dr,
    On.RETENCION_P: lambda facts: facts.withheld_p,
    On.TRASLADO_P: lambda facts: facts.transferred_p,
}  # fmt: skip
_OF_PAYMENTS: Final = frozenset(
    {On.PAGOS, On.PAGOS_CONCEPTO, On.PAGO, On.DOCTO, On.RETENCION_DR, On.TRASLADO_DR, On.RETENCION_P, On.TRASLADO_P}
)
_EXTRAS: Final = frozenset({On.CUSTOMS, On.THIRD, On.PARTE, On.PARTE_CUSTOMS})
_Checks = tuple[tuple[Check, str], ...]
_Part = tuple[Callable[[Facts], Sequence[Any]], _Checks, tuple[str, ...]]
needs_list("ACUSE-RULES-33", "La matriz del CFDI 3.3 no se revisa", "The matrix of CFDI 3.3 is not checked",
           source="Acuse")


def _one(node: Node | None) -> Sequence[Node]:
    return () if node is None else (node,)


def run(document: Comprobante, context: Context) -> list[Finding]:
    """What SAT's matrices find in a document 4.0, and what they could not check. A 3.3 says that it was not checked."""
    if document.version != "4.0":
        return [_not_run("ACUSE-RULES-33")]
    with localcontext(EXACT):
        return _run(Facts(document, context))


def _run(facts: Facts) -> list[Finding]:
    findings: list[Finding] = []
    skipped: set[str] = set()
    ran = facts.context.ran
    for nodes_of, checks, codes in _plan_for(facts):
        try:
            nodes = nodes_of(facts)
        except _SKIPPED:
            continue
        if nodes:
            ran += codes
            _apply(checks, nodes, facts, skipped, findings)
    unread = skipped.copy()
    findings += _unchecked(facts, skipped)
    if skipped:
        ran[:] = [code for code in ran if code not in skipped]
        findings += _unreadable(unread, findings)
    return findings


def _plan_for(facts: Facts) -> tuple[_Part, ...]:
    """The rules that must look: in a plain document only those on the client's data, if they are known."""
    client = facts.context.receiver is not None
    answered = plain.places(facts)
    if answered is None:
        return _plan(facts.tipo, _absent(bool(facts.pagos), facts.has_extras, client))
    facts.has_extras = False
    return _plan_of_plain(facts.tipo, answered, client)


@cache
def _absent(payments: bool, extras: bool, client: bool) -> frozenset[On]:
    """What the document has none of, so that nobody need look: payments, parts and the like, the client's data."""
    absent = frozenset() if payments else _OF_PAYMENTS
    absent |= frozenset() if extras else _EXTRAS
    return absent if client else absent | {On.CLIENT}


@cache
def _plan(tipo: str, absent: frozenset[On]) -> tuple[_Part, ...]:
    """The rules of a type of document by what they look at; an unknown type is judged like an invoice."""
    kind = tipo if tipo in ("I", "E", "T", "N", "P") else "I"
    parts = (_part(kind, on) for on in On if on not in absent)
    return tuple(part for part in parts if part[1])


def _part(kind: str, on: On) -> _Part:
    rules = [rule for rule in RULES if rule.on is on and kind in rule.types]
    return _NODES[on], tuple((rule.check, rule.code) for rule in rules), tuple(rule.code for rule in rules)


@cache
def _plan_of_plain(tipo: str, answered: frozenset[On], client: bool) -> tuple[_Part, ...]:
    """The same of a plain document: what its look has answered is told, and not looked at again."""
    parts: list[_Part] = []
    told: tuple[str, ...] = ()
    for on in On:
        part = _part(tipo, on)
        if on in answered:
            told += part[2]
        elif on is On.CLIENT and client:
            parts += [(_NODES[On.DOCUMENT], (), told), part]
            told = ()
    return (*parts, (_NODES[On.DOCUMENT], (), told))


def _apply(
    checks: _Checks, nodes: Sequence[Any], facts: Facts, skipped: set[str], findings: list[Finding]
) -> None:
    """Rules on nodes. What one cannot read, the schema has refused: skipped there, and not among the passes.

    Nearly every rule finds nothing, thousands of times a second: that path is one call and no more.
    """
    for check, code in checks:
        most = 0
        for node in nodes:
            try:
                found = check(facts, node)
                if found:
                    most = most or len(findings) + _MOST
                    faults = (found,) if isinstance(found, Fault) else islice(found, _MOST)
                    findings += [_finding(code, fault) for fault in faults]
                    if len(findings) >= most:
                        break
            except _SKIPPED:
                skipped.add(code)


def _unreadable(unread: set[str], findings: list[Finding]) -> list[Finding]:
    """Rules that met a value that cannot be read, and found nothing elsewhere: said, because not run is not passed."""
    told = {finding.code for finding in findings}
    return [_not_run(code, "unreadable") for code in sorted(unread - told)]


def _finding(code: str, fault: Fault) -> Finding:
    node, attribute = fault.node, fault.attribute
    found = node.written(attribute) if fault.found is None and attribute else fault.found or ""
    where = node.where(attribute if attribute and node.has(attribute) else "")
    return Finding(code, fault.status, found[:200], fault.expected[:200], where, Step.RULES, reason=fault.reason)


@cache
def _not_run(code: str, reason: str = "") -> Finding:
    return Finding(code, Status.NOT_RUN, step=Step.RULES, reason=reason)


_LISTS: Final[tuple[str, ...]] = (
    "CFDI40138", "CFDI40139", "CFDI40143", "CFDI40144", "CFDI40147", "CFDI40163", "CFDI40164",
)  # fmt: skip
_OF_THIRDS: Final = ("CFDI40187", "CFDI40189", "CFDI40190", "CFDI40192", "CFDI40193")
_DECIDED_BY_OWN: Final = frozenset({"CFDI40143", "CFDI40144", "CFDI40147"})
_NOT_OURS: Final = ("CFDI40145", "CFDI40148", "CFDI40159")  # compared only with the client's own data


def _unchecked(facts: Facts, skipped: set[str]) -> tuple[Finding, ...]:
    """What SAT's lists or the client's data would decide, said as not run."""
    try:
        rfc = facts.document.receptor.rfc
    except Unreadable:
        return ()
    profile = facts.context.receiver
    own = profile is not None and profile.rfc == rfc
    if profile is not None and not own:
        skipped.update(_NOT_OURS)
    named = _named(facts)
    if named:
        facts.context.ran.append("CFDI40139")
    return _said(_lists(facts), named, own, rfc in GENERIC, profile is not None)


@cache
def _said(lists: tuple[str, ...], named: bool, own: bool, generic: bool, known: bool) -> tuple[Finding, ...]:
    """The findings; few combinations exist, so each is made once."""
    left_out = {"CFDI40139"} if named else set()
    left_out |= _DECIDED_BY_OWN if own or generic else set()
    client = () if own or generic else _NOT_OURS if known else (*_NOT_OURS, "ACUSE-RECEIVER-RFC")
    said = [_not_run(code) for code in lists if code not in left_out]
    return (*said, *(_not_run(code, "unchecked") for code in client))


def _lists(facts: Facts) -> tuple[str, ...]:
    codes = _LISTS
    if facts.has_extras and facts.terceros:
        codes += _OF_THIRDS
    if facts.pagos and any(payment.has("RfcEmisorCtaOrd") for payment in facts.payments):
        codes += ("CRP20222",)
    return codes + _dormant(facts)


def _dormant(facts: Facts) -> tuple[str, ...]:
    """Codes that only a PAC decides, said where the document has what they are about."""
    document = facts.document
    codes: tuple[str, ...] = ()
    if document.has("Confirmacion"):
        codes += ("CFDI40127", "CFDI40128", "CFDI40129")
    if document.has("TipoCambio") and document.moneda not in ("MXN", "XXX"):
        codes += ("CFDI40118",)
    if facts.pagos and any(one.has("TipoCambioP") and one.moneda_p != "MXN" for one in facts.payments):
        codes += ("CRP20216", "CRP20220")
    return codes


def _named(facts: Facts) -> bool:
    """Whether the issuer's name is the one in its certificate, up to the kind of company: then it is SAT's."""
    certificate, issuers = facts.context.certificate, facts.document.nodes("Emisor")
    if certificate is None or not issuers:
        return False
    name, written = certificate.name.upper().split(), (issuers[0].get("Nombre") or "").upper().split()
    return bool(written) and name[: len(written)] == written


def states() -> dict[str, State]:
    """Every code of the table and its state."""
    return {rule.code: rule.state for rule in RULES} | {one.code: one.state for one in UNCHECKED}


