"""The verbs of this feature on one page; each lives, with its reasons, in the module it is imported from."""
from portal.invoices.answers import answer_requirement
from portal.invoices.captured import ForeignInvoice, describe
from portal.invoices.configuration import (
    SaveRequirement,
    SaveSettings,
    add_requirement,
    archive_requirement,
    edit_requirement,
    move_requirement,
    restore_requirement,
    save_settings,
)
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
from portal.invoices.reception import (
    Received,
    keep_foreign_pdf,
    receive,
    receive_abroad,
    receive_foreign,
    replace,
    revise_foreign,
)
from portal.invoices.sending import (
    delete_draft,
    removable,
    reopen,
    reopenable,
    send,
    take_out,
    why_not,
    withdraw,
    withdrawable,
)
from portal.invoices.settling import missing_certificates, settle_stamp
from portal.invoices.settling import pending as pending_stamps

__all__ = [
    # bringing in
    "ForeignInvoice", "Received", "describe", "keep_foreign_pdf", "receive", "receive_abroad", "receive_foreign",
    "replace", "revise_foreign",
    # sending data, sending, taking back
    "answer_requirement", "delete_draft", "removable", "reopen", "reopenable", "send", "take_out", "why_not",
    "withdraw", "withdrawable",
    # what approvals and payments do to a locked invoice
    "approve", "reject", "return_to_draft", "set_schedule", "set_stages", "settle", "touch", "unsettle",
    # what a client demands and accepts
    "SaveRequirement", "SaveSettings", "add_requirement", "archive_requirement", "edit_requirement",
    "move_requirement", "restore_requirement", "save_settings",
    # later
    "missing_certificates", "pending_stamps", "settle_stamp",
]
