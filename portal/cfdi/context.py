"""What a rule may know besides the document: when it is judged, for whom, in which situation."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from portal.cfdi.severity import Situation

if TYPE_CHECKING:
    from portal.cfdi.certificates import Certificate


@dataclass(frozen=True, slots=True)
class TaxProfile:
    """The client's own tax data, as SAT registered them: the receiver that a document must be addressed to."""

    rfc: str
    name: str = ""
    postcode: str = ""
    regimes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of one judgement.

    `at` is an aware moment; `certificate` is the issuer's when it could be read. A rules runner appends the codes that
    it evaluated to `ran` (constant tuples per type of document): what ran and found nothing is reported as passed.
    """

    at: datetime
    situation: Situation = Situation.STAMPED
    receiver: TaxProfile | None = None
    certificate: "Certificate | None" = None
    ran: list[str] = field(default_factory=list)
