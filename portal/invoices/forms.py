"""The shapes of what suppliers and administrators type about invoices."""
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    SelectField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import TextArea

from portal.core.i18n import _, lazy
from portal.core.money import NotAnAmount, parse_amount
from portal.invoices.answers import LONGEST
from portal.invoices.captured import ForeignInvoice
from portal.invoices.configuration import FILE_TYPES, KINDS, SaveRequirement, SaveSettings
from portal.invoices.demands import Demand
from portal.invoices.lifecycle import CLOSED, OPEN
from portal.invoices.models import InvoiceRequirement, InvoiceSettings, InvoiceStatus, RequirementType
from portal.invoices.queries import Filters
from portal.web.forms import Amount, Checkboxes, Form, Given, Text, as_uuid

CURRENCIES = ("USD", "EUR", "CAD", "GBP", "CHF", "JPY", "CNY", "BRL", "COP", "CLP", "ARS", "PEN", "AUD", "KRW", "MXN")
KIND_WORDS = {"I": lazy("Invoices (type I)"), "E": lazy("Credit notes (type E)"), "foreign": lazy("Foreign invoices")}
TYPE_WORDS = {
    RequirementType.FILE: lazy("A file"), RequirementType.TEXT: lazy("A text"),
    RequirementType.NUMBER: lazy("A number"), RequirementType.DATE: lazy("A date"),
    RequirementType.CHOICE: lazy("One of several options"),
}


class LongText(Text):
    """Several lines of text."""

    widget = TextArea()


class AddForm(Form):
    """The client (when there are several) and the files, all in one place; they are told apart by their content."""

    relationship_id = SelectField(lazy("Client"), coerce=as_uuid, validate_choice=False)
    files = MultipleFileField(lazy("XML and PDF"))

    def offer(self, clients: Sequence[tuple[UUID, str]], wanted: str = "") -> None:
        """Offer the clients of this supplier, the wanted one (a relationship's id) chosen already."""
        self.relationship_id.choices = [(str(key), name) for key, name in clients]
        if not self.is_submitted() and clients:
            self.relationship_id.data = next((key for key, _name in clients if str(key) == wanted), clients[0][0])

    def validate_relationship_id(self, field: Any) -> None:
        """Refuse a client that is none of this supplier's."""
        if field.data not in [UUID(key) for key, _name in field.choices]:
            raise ValidationError(_("Choose one of your clients."))


class ReplaceForm(Form):
    """New files for a draft, on the version of it that was seen."""

    version = IntegerField(widget=HiddenField.widget)
    files = MultipleFileField(lazy("XML and PDF"))


class VersionForm(Form):
    """An act on the version of the invoice that was seen."""

    version = IntegerField(widget=HiddenField.widget, validators=[DataRequired()])


class DescriptionForm(Form):
    """What is invoiced, when the file does not say it."""

    version = IntegerField(widget=HiddenField.widget)
    description = Text(lazy("What is being invoiced"), validators=[
        DataRequired(lazy("Write in a few words what is being invoiced.")), Length(max=300)])


class ForeignForm(Form):
    """The data of an invoice that has no XML."""

    version = IntegerField(widget=HiddenField.widget, validators=[Optional()])  # a new one has none yet
    number = Text(lazy("Invoice number"), validators=[DataRequired(lazy("Write the number of the invoice.")),
                                                      Length(max=80)])
    issued_on = DateField(lazy("Date"), validators=[DataRequired(lazy("Write the date of the invoice."))])
    currency = SelectField(lazy("Currency"))
    subtotal = Amount(lazy("Subtotal"), validators=[Given(lazy("Write the subtotal."))])
    taxes = Amount(lazy("Taxes"), description=lazy("Write 0 when it has none."),
                   validators=[Given(lazy("Write the taxes, or 0."))])
    total = Amount(lazy("Total"), validators=[Given(lazy("Write the total."))])
    description = Text(lazy("What is being invoiced"), validators=[Length(max=300)])

    def offer(self, currencies: Sequence[str]) -> None:
        """Offer the currencies that the client takes."""
        self.currency.choices = [(c, c) for c in currencies]

    def fill(self, values: Mapping[str, Any]) -> None:
        """Show what is known (read from the PDF, or captured before)."""
        for name in ("number", "issued_on", "currency", "subtotal", "taxes", "total", "description"):
            if values.get(name) is not None:
                self[name].data = values[name]

    def to_command(self) -> ForeignInvoice:
        """Return the command."""
        return ForeignInvoice(number=self.number.data, issued_on=self.issued_on.data, currency=self.currency.data,
                              subtotal=_sure(self.subtotal), taxes=_sure(self.taxes), total=_sure(self.total),
                              description=self.description.data or "")


class RequirementAnswerForm(Form):
    """What is given for one requirement: a file, or a value of its type."""

    file = FileField(lazy("File"))
    value = Text(lazy("Value"), validators=[Length(max=LONGEST)])
    choice = SelectField(lazy("Option"), choices=[], validate_choice=False)

    def ask(self, demand: Demand) -> None:
        """Shape the form after the requirement, showing what was given."""
        wanted = demand.requirement
        if wanted is None:
            return
        self.choice.choices = [("", "—"), *((c, c) for c in wanted.choices)]
        for field in (self.file, self.value, self.choice):
            field.label.text = demand.label
        if not self.is_submitted() and demand.answer is not None:
            self.value.data = self.choice.data = demand.answer.value

    @property
    def given(self) -> str:
        """What was typed or chosen."""
        return str(self.value.data or self.choice.data or "")


class RequirementForm(Form):
    """One requirement of a client, as its administrator defines it."""

    type = SelectField(lazy("What it asks for"), coerce=RequirementType,
                       choices=[(t.value, word) for t, word in TYPE_WORDS.items()])
    label_es = Text(lazy("Name in Spanish"), validators=[DataRequired(lazy("Give it a name.")), Length(max=120)])
    label_en = Text(lazy("Name in English"), validators=[Length(max=120)],
                    description=lazy("Left empty, the Spanish name is shown."))
    help_es = LongText(lazy("Instructions in Spanish"), validators=[Length(max=1000)])
    help_en = LongText(lazy("Instructions in English"), validators=[Length(max=1000)])
    mandatory = BooleanField(lazy("Mandatory: without it the invoice cannot be sent"), default=True)
    kinds = Checkboxes(lazy("Only for"), choices=[(k, KIND_WORDS[k]) for k in KINDS],
                       description=lazy("None chosen: for all of them."))
    groups = Text(lazy("Only for these supplier groups"), validators=[Length(max=300)],
                  description=lazy("Separated by commas. Empty: for all."))
    minimum = Amount(lazy("Only from this total on (MXN)"), description=lazy("Empty: from any amount."))
    choices = LongText(lazy("Options"), description=lazy("One a line."), validators=[Length(max=2000)])
    file_types = Checkboxes(lazy("Types of file"), choices=[(t, t.upper()) for t in FILE_TYPES])
    max_mb = IntegerField(lazy("Largest file (MB)"), default=10, validators=[NumberRange(min=1, max=25)])

    def fill(self, row: InvoiceRequirement) -> None:
        """Show a requirement as it is."""
        for name in ("type", "label_es", "label_en", "help_es", "help_en", "mandatory", "kinds", "minimum",
                     "file_types", "max_mb"):
            self[name].data = getattr(row, name)
        self.groups.data, self.choices.data = ", ".join(row.groups), "\n".join(row.choices)

    def to_command(self) -> SaveRequirement:
        """Return the command."""
        return SaveRequirement(
            type=self.type.data, label_es=self.label_es.data, label_en=self.label_en.data or "",
            help_es=(self.help_es.data or "").strip(), help_en=(self.help_en.data or "").strip(),
            mandatory=bool(self.mandatory.data), kinds=tuple(self.kinds.data or ()),
            groups=_words(self.groups.data, ","), minimum=self.minimum.data, choices=_words(self.choices.data, "\n"),
            file_types=tuple(self.file_types.data or ()), max_mb=self.max_mb.data)


class SettingsForm(Form):
    """What a client accepts as an invoice."""

    pdf_required = BooleanField(lazy("Every CFDI comes with its PDF"))
    accepts_foreign = BooleanField(lazy("Foreign invoices (a PDF and its data) are accepted"))
    foreign_currencies = Checkboxes(lazy("Currencies of foreign invoices"), choices=[(c, c) for c in CURRENCIES])

    def fill(self, row: InvoiceSettings) -> None:
        """Show the choices as they are."""
        self.pdf_required.data, self.accepts_foreign.data = row.pdf_required, row.accepts_foreign
        self.foreign_currencies.data = list(row.foreign_currencies)

    def to_command(self) -> SaveSettings:
        """Return the command."""
        return SaveSettings(pdf_required=bool(self.pdf_required.data), accepts_foreign=bool(self.accepts_foreign.data),
                            foreign_currencies=tuple(self.foreign_currencies.data or ()))


def filters_of(args: Mapping[str, str]) -> Filters:
    """Return the filters that a list's address asks for; what cannot be read is left out."""
    wanted = args.get("status", "")
    groups = {"open": OPEN, "closed": CLOSED, "undated": (InvoiceStatus.APPROVED,)}
    known = groups.get(wanted) or ((InvoiceStatus(wanted),) if wanted in set(InvoiceStatus) else ())
    return Filters(search=args.get("q", "").strip()[:200], statuses=known, owing=wanted == "undated",
                   client_id=_id(args.get("client")), relationship_id=_id(args.get("supplier")),
                   since=_date(args.get("since")), until=_date(args.get("until")),
                   minimum=_decimal(args.get("min")), maximum=_decimal(args.get("max")))


def unread(args: Mapping[str, str]) -> list[str]:
    """Return what was typed as a day or an amount of the filters and cannot be read as one."""
    readers = (("since", _date), ("until", _date), ("min", _decimal), ("max", _decimal))
    return [args[key] for key, read in readers if args.get(key, "").strip() and read(args[key]) is None]


def _id(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def _date(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _decimal(value: str | None) -> Decimal | None:
    try:
        return parse_amount(value) if value else None
    except NotAnAmount:
        return None


def _sure(field: Amount) -> Decimal:
    """Return the amount of a field that `Given` has checked."""
    return field.data if field.data is not None else Decimal(0)


def _words(value: str | None, mark: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w.strip() for w in (value or "").split(mark) if w.strip()))
