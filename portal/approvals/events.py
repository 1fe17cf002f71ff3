"""What happens in approvals, and how the audit trail says it."""
from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import lazy


@dataclass(frozen=True, kw_only=True)
class StageStarted(Event):
    """An invoice came to a stage; its approvers are told."""

    kind: ClassVar[str] = "invoice"
    stage: str
    position: int


@dataclass(frozen=True, kw_only=True)
class StageDecided(Event):
    """Somebody decided on a stage of an invoice."""

    kind: ClassVar[str] = "invoice"
    stage: str
    verdict: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StageHandedOver(Event):
    """Somebody whom a stage of an invoice waited for is gone: an administrator decides instead."""

    kind: ClassVar[str] = "invoice"
    stage: str


@dataclass(frozen=True, kw_only=True)
class StagesConfigured(Event):
    """The client changed a stage of its flow."""

    kind: ClassVar[str] = "stage"
    act: str


SENTENCES = {
    "StageStarted": lazy("%(subject)s came to the stage “%(stage)s”"),
    "StageDecided": lazy("Stage “%(stage)s” of %(subject)s: %(verdict)s"),
    "StageHandedOver": lazy("Stage “%(stage)s” of %(subject)s waits for the administrators: an approver is gone"),
    "StagesConfigured": lazy("Approval stage “%(subject)s” changed (%(act)s)"),
}
