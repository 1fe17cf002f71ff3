"""The table of rules. A family of rules is a file; each rule is a function with its code, its place and its sentence.

    @rule("CFDI40110", On.DOCUMENT, must("Descuento", "menor o igual que SubTotal", "at most SubTotal"))
    def discount_within_subtotal(facts, document):
        ...return None, a Fault, or a list of them

A function may raise `Unreadable` (a value that the schema has refused already): the rule is then skipped there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple

from portal.cfdi.lazy import Node
from portal.cfdi.report import Status
from portal.cfdi.sentences import Family, Sentence, register

MATRIX: Final = "Anexo 20, CFDI 4.0"
PAYMENTS: Final = "Complemento Pagos 2.0"
_NO_DATA_ES: Final = "No se revisó: no se conocen los datos fiscales del receptor."
_NO_DATA_EN: Final = "Not checked: the receiver's tax data are not known."
_UNREADABLE_ES: Final = "No se revisó: un dato que necesita falta o no se puede leer. Corrige primero ese dato."
_UNREADABLE_EN: Final = "Not checked: a value that it needs is missing or cannot be read. Correct that value first."


class On(StrEnum):
    """What a rule looks at; the runner hands it every such node of the document."""

    DOCUMENT = "Comprobante"
    GLOBAL = "InformacionGlobal"
    RECEIVER = "Receptor"
    CLIENT = "Receptor and the client's data"
    GENERIC = "Receptor with a generic RFC"
    ABROAD = "Receptor abroad"
    CONCEPTO = "Concepto"
    TAXED = "Concepto with ObjetoImp 02"
    UNTAXED = "Concepto with ObjetoImp 01, 03, 04, 05"
    TAXES = "Concepto/Impuestos"
    DISCOUNTED = "Concepto with Descuento"
    SPECIAL = "Concepto with ObjetoImp 06, 07, 08"
    TRASLADO = "Concepto/Traslado"
    ALIKE = "Concepto/Traslado, those alike together"
    RETENCION = "Concepto/Retencion"
    CUSTOMS = "Concepto/InformacionAduanera"
    THIRD = "ACuentaTerceros"
    PARTE = "Parte"
    PARTE_CUSTOMS = "Parte/InformacionAduanera"
    SUMMARY = "Impuestos"
    SUMMARY_TRASLADO = "Impuestos/Traslado"
    SUMMARY_RETENCION = "Impuestos/Retencion"
    PAGOS = "Pagos"
    PAGOS_CONCEPTO = "Concepto (Pagos)"
    PAGO = "Pago"
    DOCTO = "DoctoRelacionado"
    RETENCION_DR = "RetencionDR"
    TRASLADO_DR = "TrasladoDR"
    RETENCION_P = "RetencionP"
    TRASLADO_P = "TrasladoP"


class State(StrEnum):
    """Whether a code can be decided here."""

    CHECKED = "checked"  # by a rule, the schema, the catalogs, the seal or the certificate
    CLIENT = "client"  # against the client's own tax data; not run without them
    NEEDS_LIST = "needs_list"  # only SAT's lists decide it: not run
    DORMANT = "dormant"  # SAT has not put it into force, or only a PAC can decide it


class Fault(NamedTuple):
    """What is wrong: the node and attribute, what was expected; `found` when it is not the attribute's own text."""

    node: Node
    attribute: str = ""
    expected: str = ""
    found: str | None = None
    status: Status = Status.FAILED
    reason: str = ""


Found = Fault | Iterable[Fault] | None
Check = Callable[[Any, Any], Found]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the table."""

    code: str
    on: On
    types: str
    sentence: Sentence
    source: str
    check: Check
    state: State = State.CHECKED

    @property
    def family(self) -> str:
        """The file that holds the rule: "conceptos"."""
        return self.check.__module__.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A code that no function here decides: SAT's lists do, or nobody yet."""

    code: str
    state: State
    sentence: Sentence
    source: str


RULES: Final[list[Rule]] = []
UNCHECKED: Final[list[Unchecked]] = []


def rule(
    code: str, on: On, sentence: Sentence, *, types: str = "IETNP", source: str = "", family: Family | None = None,
    state: State = State.CHECKED,
) -> Callable[[Check], Check]:  # fmt: skip
    """Put a function into the table: its code, what it looks at, for which TipoDeComprobante."""
    home = family or (Family.PAYMENTS if code.startswith("CRP") else Family.MATRIX)
    register(home, {
        code: sentence,
        f"{code}#unreadable": replace(sentence, remedy_es=_UNREADABLE_ES, remedy_en=_UNREADABLE_EN),
    })  # fmt: skip
    if state is State.CLIENT:
        register(home, {f"{code}#unchecked": replace(sentence, remedy_es=_NO_DATA_ES, remedy_en=_NO_DATA_EN)})

    def add(check: Check) -> Check:
        RULES.append(Rule(code, on, types, sentence, source or _source(code), check, state))
        return check

    return add


def needs_list(code: str, es: str, en: str, *, source: str = "") -> None:
    """Declare a code that only SAT's lists decide: reports say that it was not run."""
    _unchecked(code, State.NEEDS_LIST, Sentence(
        es, en, "No se revisó: lo deciden las listas del SAT, que el PAC consultó al timbrar.",
        "Not checked: SAT's lists decide it, which the PAC consulted when stamping."), source)  # fmt: skip


def dormant(code: str, es: str, en: str, *, source: str = "") -> None:
    """Declare a code that is not in force, or that only a PAC can decide."""
    _unchecked(code, State.DORMANT, Sentence(
        es, en, "No se revisa: el SAT aún no lo exige o sólo lo puede saber un PAC.",
        "Not checked: SAT does not require it yet, or only a PAC can know."), source)  # fmt: skip


def _unchecked(code: str, state: State, sentence: Sentence, source: str) -> None:
    register(Family.SAT_LIST, {code: sentence})
    UNCHECKED.append(Unchecked(code, state, sentence, source or _source(code)))


def _source(code: str) -> str:
    return PAYMENTS if code.startswith("CRP") else MATRIX if code.startswith("CFDI") else "Acuse"
