"""What happens when…: every event with its listeners, on this one page; and what else is asked before a file opens.

*Within* commits or fails with the change; *After* runs once it is committed. A listener on `Event` hears all.
"""
from collections.abc import Mapping

from portal.access.policy import Purpose
from portal.accounts import events as account
from portal.accounts import handlers as accounts
from portal.approvals import events as approval
from portal.approvals import handlers as approvals
from portal.audit import handlers as audit
from portal.core.events import Event, Listener, Within
from portal.invoices import events as invoice
from portal.invoices import handlers as invoices
from portal.invoices import queries as invoice_queries
from portal.payments import events as payment
from portal.payments import handlers as payments
from portal.storage.services import Condition, FileKept
from portal.suppliers import events as supplier
from portal.suppliers import handlers as suppliers
from portal.web import previews

TABLE: Mapping[type[Event], tuple[Listener, ...]] = {
    Event: (Within(audit.record),),
    # people
    account.LinkAccepted: (Within(suppliers.attach), Within(accounts.welcome)),
    account.NewLinkAsked: (Within(accounts.tell_inviters),),
    account.PasswordChanged: (Within(accounts.tell_password_changed),),
    account.RolesChanged: (Within(accounts.tell_roles),),
    account.SignedIn: (Within(accounts.tell_new_device),),
    # suppliers and their records
    supplier.SupplierJoined: (Within(suppliers.on_joined),),
    supplier.RecordSent: (Within(suppliers.on_record_sent),),
    supplier.RecordReviewed: (Within(suppliers.on_reviewed),),
    supplier.RecordExpired: (Within(suppliers.on_expired),),
    supplier.BankAccountGiven: (Within(suppliers.on_account_given),),
    # files
    FileKept: (Within(previews.draw_later),),
    # invoices
    invoice.InvoiceSent: (Within(approvals.begin), Within(invoices.on_sent)),
    invoice.InvoiceWithdrawn: (Within(approvals.cancel),),
    invoice.InvoiceApproved: (Within(invoices.on_approved),),
    invoice.InvoiceReturned: (Within(invoices.on_returned),),
    invoice.InvoiceRejected: (Within(invoices.on_rejected),),
    invoice.StampRefused: (Within(invoices.on_stamp_refused),),
    invoice.CancelledAtSat: (Within(invoices.on_cancelled_at_sat),),
    # approvals
    approval.StageStarted: (Within(approvals.tell_approvers),),
    # payments
    payment.PaymentScheduled: (Within(payments.on_scheduled),),
    payment.PaymentUnscheduled: (Within(payments.on_unscheduled),),
    payment.PaymentRegistered: (Within(payments.on_registered),),
    payment.PaymentVoided: (Within(payments.on_voided),),
}

# What a feature asks before one of its files is opened, beyond the permission (`access.policy.OPENS`).
FILES: Mapping[Purpose, Condition] = {Purpose.INVOICE: invoice_queries.may_open}
