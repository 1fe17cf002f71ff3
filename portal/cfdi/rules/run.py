"""The rules step: every rule of the table that the document's type calls for, on every node that it looks at."""

from collections.abc import Callable, Iterable, Iterator
from decimal import localcontext
from functools import cache
from typing import Any, Final

from portal.cfdi.context import Context
from portal.cfdi.lazy import Node, Unreadable
from portal.cfdi.model import CFD4, Comprobante
from portal.cfdi.report import Finding, Status, Step
from portal.cfdi.rules import comprobante, conceptos, global_, impuestos, pago, pagos, pagos_impuestos, receptor
from portal.cfdi.rules.amounts import EXACT
from portal.cfdi.rules.facts import GENERIC, Facts
from portal.cfdi.rules.registry import RULES, UNCHECKED, Fault, On, Rule, State, needs_list

# Reading a family fills the table; naming them here says which there are, in their order.
FAMILIES: Final = (comprobante, global_, receptor, conceptos, impuestos, pagos, pago, pagos_impuestos)

_MOST: Final = 25  # faults of one rule: more of them teach nothing, and a document may have 50,000 conceptos
_SKIPPED: Final = (Unreadable, ArithmeticError, LookupError)

_SPECIAL: Final = frozenset({"06", "07", "08"})
_NODES: Final[dict[On, Callable[[Facts], Iterable[Node | None]]]] = {
    On.DOCUMENT: lambda facts: (facts.document,),
    On.GLOBAL: lambda facts: (facts.document.informacion_global,),
    On.RECEIVER: lambda facts: (facts.document.receptor,),
    On.CONCEPTO: lambda facts: facts.conceptos,
    On.DISCOUNTED: lambda facts: facts.discounted,
    On.SPECIAL: lambda facts: [concepto for concepto in facts.conceptos if concepto.objeto_imp in _SPECIAL],
    On.TRASLADO: lambda facts: facts.traslados,
    On.RETENCION: lambda facts: facts.retenciones,
    On.CUSTOMS: lambda facts: [e for c in facts.conceptos for e in c.informacion_aduanera] if facts.has_extras else (),
    On.THIRD: lambda facts: facts.terceros if facts.has_extras else (),
    On.PARTE: lambda facts: facts.partes if facts.has_extras else (),
    On.PARTE_CUSTOMS: lambda facts: [e for p in facts.partes for e in p.informacion_aduanera]
    if facts.has_extras else (),
    On.SUMMARY: lambda facts: (facts.document.impuestos,),
    On.SUMMARY_TRASLADO: lambda facts: _summary(facts).traslados if _summary(facts) else (),
    On.SUMMARY_RETENCION: lambda facts: _summary(facts).retenciones if _summary(facts) else (),
    On.PAGOS: lambda facts: facts.pagos,
    On.PAGOS_CONCEPTO: lambda facts: facts.conceptos[:1] if facts.pagos else (),
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
needs_list("ACUSE-RULES-33", "La matriz del CFDI 3.3 no se revisa", "The matrix of CFDI 3.3 is not checked",
           source="Acuse")


def _summary(facts: Facts) -> Any:
    return facts.document.impuestos


def run(document: Comprobante, context: Context) -> list[Finding]:
    """What SAT's matrices find in a document 4.0, and what they could not check. A 3.3 says that it was not checked."""
    if document.version != "4.0":
        return [_not_run("ACUSE-RULES-33")]
    with localcontext(EXACT):
        return _run(Facts(document, context))


def _run(facts: Facts) -> list[Finding]:
    findings: list[Finding] = []
    skipped: set[str] = set()
    for on, rules, codes in _plan(facts.tipo, bool(facts.pagos)):
        nodes = _nodes(on, facts)
        if nodes:
            facts.context.ran.extend(codes)
            _apply(rules, nodes, facts, skipped, findings)
    findings.extend(_unchecked(facts, skipped))
    if skipped:
        facts.context.ran[:] = [code for code in facts.context.ran if code not in skipped]
    return findings


@cache
def _plan(tipo: str, payments: bool) -> tuple[tuple[On, tuple[Rule, ...], tuple[str, ...]], ...]:
    """The rules of a type of document by what they look at; an unknown type is judged like an invoice."""
    kind = tipo if tipo in ("I", "E", "T", "N", "P") else "I"
    plan = []
    for on in On:
        rules = tuple(rule for rule in RULES if rule.on is on and kind in rule.types)
        if rules and (payments or on not in _OF_PAYMENTS):
            plan.append((on, rules, tuple(rule.code for rule in rules)))
    return tuple(plan)


def _nodes(on: On, facts: Facts) -> list[Node]:
    try:
        return [node for node in _NODES[on](facts) if node is not None]
    except _SKIPPED:
        return []


def _apply(
    rules: tuple[Rule, ...], nodes: list[Node], facts: Facts, skipped: set[str], findings: list[Finding]
) -> None:
    """Rules on nodes. What one cannot read, the schema has refused: skipped there, and not among the passes.

    Nearly every rule finds nothing, thousands of times a second: that path is one call and no more.
    """
    for rule in rules:
        check, before = rule.check, len(findings)
        for node in nodes:
            try:
                found = check(facts, node)
                if found:
                    faults = (found,) if isinstance(found, Fault) else tuple(found)
                    findings.extend([_finding(rule.code, fault) for fault in faults])
                    if len(findings) - before >= _MOST:
                        break
            except _SKIPPED:
                skipped.add(rule.code)


def _finding(code: str, fault: Fault) -> Finding:
    node, attribute = fault.node, fault.attribute
    found = node.written(attribute) if fault.found is None and attribute else fault.found or ""
    where = node.where(attribute if attribute and node.has(attribute) else "")
    return Finding(code, fault.status, found[:200], fault.expected[:200], where, Step.RULES, reason=fault.reason)


@cache
def _not_run(code: str, reason: str = "") -> Finding:
    return Finding(code, Status.NOT_RUN, step=Step.RULES, reason=reason)


_ISSUER: Final = f"{{{CFD4}}}Emisor"
_LISTS: Final[tuple[str, ...]] = (
    "CFDI40138", "CFDI40139", "CFDI40143", "CFDI40144", "CFDI40147", "CFDI40163", "CFDI40164",
)  # fmt: skip
_OF_THIRDS: Final = ("CFDI40187", "CFDI40189", "CFDI40190", "CFDI40192", "CFDI40193")
_DECIDED_BY_OWN: Final = frozenset({"CFDI40143", "CFDI40144", "CFDI40147"})


def _unchecked(facts: Facts, skipped: set[str]) -> Iterator[Finding]:
    """What SAT's lists or the client's data would decide, said as not run."""
    try:
        rfc = facts.document.receptor.rfc
    except Unreadable:
        return
    profile = facts.context.receiver
    own = profile is not None and profile.rfc == rfc
    for code in _lists(facts):
        if code == "CFDI40139" and _named(facts):
            facts.context.ran.append(code)
        elif not (code in _DECIDED_BY_OWN and (own or rfc in GENERIC)):
            yield _not_run(code)
    if not own and rfc not in GENERIC:
        for rule in _client_rules():
            if profile is None or rule.code != "ACUSE-RECEIVER-RFC":
                skipped.add(rule.code)
                yield _not_run(rule.code, "unchecked")


def _lists(facts: Facts) -> tuple[str, ...]:
    codes = _LISTS
    if facts.has_extras and facts.terceros:
        codes += _OF_THIRDS
    if any(payment.has("RfcEmisorCtaOrd") for payment in facts.payments):
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
    if any(payment.has("TipoCambioP") and payment.moneda_p != "MXN" for payment in facts.payments):
        codes += ("CRP20216",)
    return codes


def _named(facts: Facts) -> bool:
    """Whether the issuer's name is the one in its certificate, up to the kind of company: then it is SAT's."""
    certificate, issuer = facts.context.certificate, next(iter(facts.document.element.iterchildren(_ISSUER)), None)
    if certificate is None or issuer is None:
        return False
    name, written = certificate.name.upper().split(), (issuer.get("Nombre") or "").upper().split()
    return bool(written) and name[: len(written)] == written


@cache
def _client_rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule.state is State.CLIENT)


def states() -> dict[str, State]:
    """Every code of the table and its state."""
    return {rule.code: rule.state for rule in RULES} | {one.code: one.state for one in UNCHECKED}


