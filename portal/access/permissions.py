"""Every permission, by what it concerns. A name here is the only way to speak of one."""
from enum import StrEnum


class Own(StrEnum):
    """What every person may do with themselves."""

    PROFILE = "own:profile"


class Organization(StrEnum):
    """The organization's own set-up."""

    CONFIGURE = "organization:configure"
    PEOPLE = "organization:people"
    AUDIT = "organization:audit"


class Installation(StrEnum):
    """The operator's acts."""

    OPERATE = "installation:operate"


class Supplier(StrEnum):
    """A client's suppliers and their records, seen by the client."""

    READ = "supplier:read"
    INVITE = "supplier:invite"
    REVIEW = "supplier:review"
    REVEAL_BANK = "supplier:reveal_bank"


class Record(StrEnum):
    """The digital record, kept by the supplier."""

    READ = "record:read"
    EDIT = "record:edit"
    BANK = "record:bank"


class Invoice(StrEnum):
    """Invoices, on both sides."""

    READ = "invoice:read"
    SUBMIT = "invoice:submit"
    REVIEW = "invoice:review"
    APPROVE = "invoice:approve"
    REOPEN = "invoice:reopen"


class Payment(StrEnum):
    """Payments, on both sides."""

    READ = "payment:read"
    SCHEDULE = "payment:schedule"
    REGISTER = "payment:register"
    VOID = "payment:void"


class Permission:
    """The drawer: `Permission.Invoice.APPROVE`."""

    Own = Own
    Organization = Organization
    Installation = Installation
    Supplier = Supplier
    Record = Record
    Invoice = Invoice
    Payment = Payment
