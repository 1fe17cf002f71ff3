"""How hard a failure hits: one matrix, family of rule by situation. This page is the whole policy of the core.

A document that carries a valid stamp was judged by a PAC: SAT's filling guide (question 36) asks no more technical
validation of the receiver. So a stamped document is refused for what makes it void or not ours, and warned for the
matrix codes that the PAC let through. Before the stamp, everything can still be mended, so everything refuses.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Final

from portal.cfdi.report import Finding, Status
from portal.cfdi.sentences import Family, family_of


class Situation(StrEnum):
    """From where the document is looked at."""

    UNSTAMPED = "unstamped"  # received for payment, without any stamp
    STAMPED = "stamped"  # received with a stamp
    EMISSION = "emission"  # our own, about to be stamped


REJECT: Final = Status.FAILED
WARN: Final = Status.WARNING
NOT_RUN: Final = Status.NOT_RUN
NOTE: Final = Status.PASSED

#                                    unstamped  stamped  emission
MATRIX: Final[dict[Family, tuple[Status, Status, Status]]] = {
    Family.READ:                    (REJECT,    REJECT,  REJECT),
    Family.NOTE:                    (NOTE,      NOTE,    NOTE),
    Family.STRUCTURE:               (REJECT,    REJECT,  REJECT),
    Family.CATALOG:                 (REJECT,    WARN,    REJECT),
    Family.MATRIX:                  (REJECT,    WARN,    REJECT),
    Family.PAYMENTS:                (REJECT,    WARN,    REJECT),
    Family.COMPLEMENT:              (REJECT,    WARN,    REJECT),
    Family.RECEIVER:                (REJECT,    REJECT,  REJECT),
    Family.SEAL:                    (REJECT,    REJECT,  REJECT),
    Family.CERTIFICATE:             (REJECT,    REJECT,  REJECT),
    Family.STAMP:                   (REJECT,    REJECT,  NOT_RUN),
    Family.SAT_LIST:                (NOT_RUN,   NOT_RUN, NOT_RUN),
}  # fmt: skip

_COLUMN: Final = {Situation.UNSTAMPED: 0, Situation.STAMPED: 1, Situation.EMISSION: 2}


def effect(family: Family, situation: Situation) -> Status:
    """What a failure of `family` becomes in `situation`."""
    return MATRIX[family][_COLUMN[situation]]


def weigh(finding: Finding, situation: Situation) -> Finding:
    """The finding with the status that the matrix gives to its failure.

    Only a failure is weighed: a rule that already says warning, note or not run knows better and is left alone.
    """
    if finding.status is not Status.FAILED:
        return finding
    status = effect(family_of(finding.code, finding.reason), situation)
    return finding if status is Status.FAILED else replace(finding, status=status)
