"""What happens when…: every event with its listeners, on this one page; and what else is asked before a file opens.

A listener runs inside the transaction: what it does is committed, or fails, with the change. One on `Event` hears all.
"""
from collections.abc import Mapping

from portal.access.policy import Purpose
from portal.accounts import events as account
from portal.accounts import handlers as accounts
from portal.approvals import events as approval
from portal.approvals import handlers as approvals
from portal.audit import handlers as audit
from portal.core.events import Event, Listener
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
    Event: (audit.record,),
    # people
    account.LinkAccepted: (suppliers.attach, accounts.welcome),
    account.MemberDisabled: (approvals.look_for_orphans,),
    account.NewLinkAsked: (accounts.tell_inviters,),
    account.PasswordChanged: (accounts.tell_password_changed,),
    account.RolesChanged: (accounts.tell_roles, approvals.look_for_orphans),
    account.SignedIn: (accounts.tell_new_device,),
    # suppliers and their records
    supplier.SupplierJoined: (suppliers.on_joined,),
    supplier.LayoutChanged: (suppliers.on_layout_changed,),
    supplier.RecordSent: (suppliers.on_record_sent,),
    supplier.RecordReviewed: (suppliers.on_reviewed,),
    supplier.RecordExpired: (suppliers.on_expired,),
    supplier.BankAccountGiven: (suppliers.on_account_given,),
    # files
    FileKept: (previews.draw_later,),
    # invoices
    invoice.InvoiceSent: (approvals.begin, invoices.on_sent),
    invoice.InvoiceWithdrawn: (approvals.cancel,),
    invoice.InvoiceApproved: (invoices.on_approved,),
    invoice.InvoiceReturned: (invoices.on_returned,),
    invoice.InvoiceRejected: (invoices.on_rejected,),
    invoice.StampRefused: (invoices.on_stamp_refused,),
    invoice.CancelledAtSat: (invoices.on_cancelled_at_sat,),
    # approvals
    approval.StageStarted: (approvals.tell_approvers,),
    # payments
    payment.PaymentScheduled: (payments.on_scheduled,),
    payment.PaymentUnscheduled: (payments.on_unscheduled,),
    payment.PaymentRegistered: (payments.on_registered,),
    payment.PaymentVoided: (payments.on_voided,),
}

# What a feature asks before one of its files is opened, beyond the permission (`access.policy.OPENS`).
FILES: Mapping[Purpose, Condition] = {Purpose.INVOICE: invoice_queries.may_open}
