"""The coverage page, docs/cfdi-rules.md, written from the table of rules: `python -m portal.cfdi.rules.coverage`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from portal.cfdi import issuer, seal
from portal.cfdi.catalogs.codes import CFDI, FORMS, PAGOS, SENTENCES_HERE
from portal.cfdi.rules import run
from portal.cfdi.rules.registry import RULES, UNCHECKED, Rule, State
from portal.cfdi.sentences import SENTENCES, Sentence

PAGE: Final = Path("docs") / "cfdi-rules.md"
_STATES: Final = {
    State.CHECKED: "checked",
    State.CLIENT: "checked against the client's own tax data; without them not run",
    State.NEEDS_LIST: "needs SAT's list: not run, and said so",
    State.DORMANT: "dormant: not in force, or only a PAC can decide it",
}
_HEAD: Final = """# Rules of the CFDI core

Written by `python -m portal.cfdi.rules.coverage` from the table of rules; a test keeps it up to date.
Every code of SAT's matrices of CFDI 4.0 and Pagos 2.0: what must be, where it is checked, the test that proves it, and
its state. What a fault does to a document (refuse it or warn) depends on its family and on whether the document is
stamped: `portal/cfdi/severity.py` is that one page. CFDI 3.3 is judged by its schema, catalogs, seal and stamp; its
matrix is not run, and said so.

States: {states}.

Known limits: customs offices, agents and quantities of NumeroPedimento (part of CFDI40194 and CFDI40199), and what a
ClaveProdServ demands (CFDI40163, CFDI40164), have no source offline. CFDI40139 passes when the issuer's certificate
bears the same name. The numbers CFDI40226 and CFDI40227 are not confirmed by a published matrix.

| Code | What must be | Where | Test | State |
|---|---|---|---|---|
"""


class Row(NamedTuple):
    """One line of the page."""

    code: str
    sentence: str
    where: str
    test: str
    state: str


def rows() -> Iterator[Row]:
    """Every code, once, with where it is decided."""
    for code in (issuer.CODES["4.0"], seal.CODES["4.0"]):
        step = "issuer" if code == issuer.CODES["4.0"] else "seal"
        yield _row(code, SENTENCES[code], f"`{step}.py`", f"tests/cfdi/test_{step}.py", State.CHECKED)
    ruled = {rule.code for rule in RULES}
    for code in sorted({*CFDI.values(), *PAGOS.values()} - ruled):
        step = "schema" if code in FORMS else "catalogs"
        yield _row(code, SENTENCES_HERE[code], f"{step} step", f"tests/cfdi/test_{step}.py", State.CHECKED)
    for rule in RULES:
        where = f"`rules/{rule.family}.py` `{_name(rule)}` on {rule.on}"
        yield _row(rule.code, rule.sentence, where, f"tests/cfdi/rules/test_{rule.family}.py", rule.state)
    for one in UNCHECKED:
        yield _row(one.code, one.sentence, "—", "—", one.state)


def _name(rule: Rule) -> str:
    """The function, or the one that makes it for several codes."""
    return str(getattr(rule.check, "__qualname__", "")).partition(".")[0]


def _row(code: str, sentence: Sentence, where: str, test: str, state: State) -> Row:
    return Row(code, sentence.title_en, where, test, state)


def page() -> str:
    """The whole page."""
    states = "; ".join(f"*{state}* – {text}" for state, text in _STATES.items())
    lines = (f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n" for row in sorted(rows()))
    return _HEAD.format(states=states) + "".join(lines)


FAMILIES: Final = run.FAMILIES  # the table is full once the runner has read them

if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE}\n")
