"""The verbs of this feature on one page; each lives, with its reasons, in the module it is imported from."""
from portal.invoices.decisions import (
    approve,
    reject,
    return_to_draft,
    set_schedule,
    set_stages,
    settle,
    touch,
    unsettle,
)

__all__ = [
    "approve", "reject", "return_to_draft", "set_schedule", "set_stages", "settle", "touch", "unsettle",
]
