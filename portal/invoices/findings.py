"""Findings as they are kept and shown: the core's, with SAT's codes, and the portal's own.

Kept as plain values (code, reason, status, found, expected, where, params), so that each reader sees the sentence in
their own language, also years later. The portal's own codes begin with `ACUSE-IN-`; their sentences are below.
"""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.cfdi.report import Finding, Report, Status, Step
from portal.core.i18n import language, lazy
from portal.documents import structured_rules
from portal.documents.problems import SENTENCES, Problem

SETTLED_LATER = (Step.SEAL, Step.CERTIFICATE, Step.STAMP)
DUPLICATE, TWIN, SAME_NUMBER = "ACUSE-IN-DUPLICATE", "ACUSE-IN-TWIN", "ACUSE-IN-SAME-NUMBER"
OTHER_PDF = "ACUSE-IN-OTHER-PDF"

# code: what is wrong, and how to mend it
OWN: dict[str, tuple[Any, Any]] = {
    DUPLICATE: (lazy("This invoice is already here: its UUID was received before."),
                lazy("Open the first one and go on there. If it was rejected finally, ask your client to re-open it.")),
    TWIN: (lazy("There is another invoice with the same number, date and total."),
           lazy("Look at both. If they are the same sale, delete this one; if not, go on.")),
    "ACUSE-IN-RECEIVER": (lazy("This invoice is addressed to somebody else."),
                          lazy("Cancel it and issue it to one of this client's RFCs, or choose the right client.")),
    "ACUSE-IN-ISSUER": (lazy("This invoice was not issued by your company."),
                        lazy("Send only invoices issued with the RFC under which this client registered you. "
                             "If that RFC changed, ask your client to invite you under the new one.")),
    "ACUSE-IN-TYPE": (lazy("This type of CFDI is not received here."),
                      lazy("Send invoices (type I) and credit notes (type E). Payment complements, payroll and "
                           "transport documents are not received yet.")),
    "ACUSE-IN-OLD-VERSION": (lazy("CFDI 3.3 ended on 31 March 2023 and this one is later."),
                             lazy("Cancel it and issue it again as CFDI 4.0.")),
    "ACUSE-IN-NO-XML": (lazy("The XML is missing."),
                        lazy("Choose the XML of the CFDI together with its PDF. An invoice of a Mexican supplier "
                             "is its XML; the PDF alone is only a picture of it.")),
    "ACUSE-IN-NO-PDF": (lazy("The PDF is missing."),
                        lazy("This client asks for the PDF too. Choose the XML and the PDF together.")),
    OTHER_PDF: (lazy("The PDF is of another invoice: it names another folio fiscal."),
                lazy("Look at both. If the PDF is not this invoice's, replace it before you send.")),
    "ACUSE-IN-PDF": (lazy("The PDF cannot be accepted."), lazy("Export it again and choose the new file.")),
    "ACUSE-IN-XML": (lazy("The XML cannot be accepted."),
                     lazy("Choose the XML as it came from the system that issued it, without opening or renaming it.")),
    "ACUSE-IN-AMOUNT": (lazy("The amounts of this invoice cannot be true."),
                        lazy("Check the amounts in the system that issued it.")),
    SAME_NUMBER: (lazy("This invoice is already here: its number was received before."),
                  lazy("Open the first one and go on there. If it was rejected finally, ask your client to re-open "
                       "it.")),
    "ACUSE-IN-EINVOICE": (lazy("The electronic invoice cannot be read."),
                          lazy("Choose a corrected file, or the PDF alone and type its data. A PDF that carries the "
                               "wrong file inside: print it to a new PDF first.")),
    "ACUSE-IN-CURRENCY": (lazy("This client does not take foreign invoices in this currency."),
                          lazy("Issue it in one of the currencies that it takes, or ask your contact there.")),
    "ACUSE-IN-DATE": (lazy("The date of the invoice is in the future."),
                      lazy("Send it from that day on, or correct its date in the system that issued it.")),
    "ACUSE-IN-NOTHING-DUE": (lazy("This invoice asks for no payment."),
                             lazy("It says that everything is paid. Ask your contact how to hand it over.")),
    "ACUSE-IN-BUYER": (lazy("The receiver on this invoice is not written as your client is."),
                       lazy("Check that it is addressed to this client. If it is, go on: your client sees this too.")),
    "ACUSE-IN-SELLER": (lazy("The issuer on this invoice is not written as this client registered you."),
                        lazy("Check that it is yours. If your tax id or name changed, tell your client.")),
}


@dataclass(frozen=True)
class Shown:
    """A finding in the reader's language."""

    code: str
    status: str  # failed, warning, passed, not_run
    title: str
    remedy: str
    found: str = ""
    expected: str = ""
    where: str = ""
    twin: str = ""  # the id of another invoice that it speaks of, "" when it speaks of none


@dataclass(frozen=True)
class Grouped:
    """Findings as the screens group them: to be mended, to be looked at, all good, and what could not be checked:
    `waiting` will be (a certificate is being fetched), `unchecked` needs lists that only SAT has."""

    mend: Sequence[Shown]
    look: Sequence[Shown]
    waiting: Sequence[Shown]
    unchecked: Sequence[Shown]
    good: Sequence[Shown]


def own(code: str, *, status: Status = Status.FAILED, found: object = "", expected: object = "",
        twin: object = "") -> dict[str, Any]:
    """Return one of the portal's own findings, as it is kept."""
    return {"code": code, "status": status.value, "found": str(found), "expected": str(expected),
            **({"twin": str(twin)} if twin else {})}


def keep(report: Report) -> list[dict[str, Any]]:
    """Return the findings of a report as they are kept, the good news included."""
    return [_kept(f) for f in report.findings if f.status is not Status.PASSED] + [_kept(f) for f in report.passes]


def settle(kept: Sequence[Mapping[str, Any]], report: Report) -> list[dict[str, Any]]:
    """Return findings kept at reception with those of seal, certificate and stamp as `report` has them now.

    The others stay as they were: a client that has since changed its name does not make an old invoice wrong.
    """
    now = [_kept(f) for f in report.findings if f.step in SETTLED_LATER]
    codes_now = {f["code"] for f in now}
    return [*(f for f in now if f["status"] != Status.PASSED),
            *(dict(f) for f in kept if not _waits(f) and f["code"] not in codes_now),
            *(f for f in now if f["status"] == Status.PASSED)]


def refuses(kept: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether any of the kept findings refuses the document."""
    return any(f["status"] == Status.FAILED for f in kept)


def warns(kept: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether any of the kept findings should be looked at."""
    return any(f["status"] == Status.WARNING for f in kept)


def group(kept: Iterable[Mapping[str, Any]]) -> Grouped:
    """Return kept findings grouped and in the reader's language."""
    of: dict[str, list[Shown]] = {status.value: [] for status in Status}
    waiting: list[Shown] = []
    for finding in kept:
        group_of = waiting if _waits(finding) else of[finding["status"]]
        group_of.append(show(finding))
    return Grouped(of["failed"], of["warning"], waiting, of["not_run"], of["passed"])


def show(kept: Mapping[str, Any]) -> Shown:
    """Return one kept finding in the reader's language."""
    code = kept["code"]
    if code in OWN:
        title, remedy = (str(text) for text in OWN[code])
    elif code in structured_rules.SENTENCES:
        title, remedy = structured_rules.title(code, language()), structured_rules.remedy(language())
    else:
        core, lang = _core(kept), language()
        title, remedy = core.title(lang), core.remedy(lang)
    if kept["status"] == Status.PASSED:
        remedy = ""
    return Shown(code=code, status=kept["status"], title=title, remedy=remedy, found=_found(kept),
                 expected=kept.get("expected", ""), where=kept.get("where", ""), twin=kept.get("twin", ""))


def codes(kept: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the codes that refuse, for the audit trail."""
    return tuple(dict.fromkeys(f["code"] for f in kept if f["status"] == Status.FAILED))


def _found(kept: Mapping[str, Any]) -> str:
    """What was found; of a file that the storage refused, its sentence in the reader's language."""
    problem = kept.get("problem")
    if not problem or problem["code"] not in SENTENCES:
        return str(kept.get("found", ""))
    return f"{problem['file']}: {Problem(problem['code'], problem['values']).say(language())}"


def _waits(kept: Mapping[str, Any]) -> bool:
    return kept["status"] == Status.NOT_RUN and kept.get("step") in SETTLED_LATER


def _core(kept: Mapping[str, Any]) -> Finding:
    return Finding(code=kept["code"], status=Status(kept["status"]), params=kept.get("params", {}),
                   reason=kept.get("reason", ""))


def _kept(finding: Finding) -> dict[str, Any]:
    values = {"code": finding.code, "status": finding.status.value, "found": finding.found[:300],
              "expected": finding.expected[:300], "where": finding.where[:300], "reason": finding.reason,
              "step": finding.step.value if finding.status is Status.NOT_RUN else "",
              "params": {k: str(v)[:200] for k, v in finding.params.items()}}
    return {key: value for key, value in values.items() if value}
