"""The shapes of what clients type about suppliers, and suppliers into their record."""
from uuid import UUID

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from portal.core.errors import Invalid
from portal.core.i18n import LANGUAGES, _, either, lazy, ngettext
from portal.suppliers.bank_accounts import GiveAccount
from portal.suppliers.layout import SaveField
from portal.suppliers.models import (
    Expiry,
    FieldType,
    RecordField,
    RecordGate,
    RecordSection,
    SupplierKind,
)
from portal.suppliers.records import GiveField
from portal.suppliers.reviews import DecideItem, Item
from portal.suppliers.services import InviteSupplier
from portal.web.forms import Checkboxes, Form, Text, as_uuid, upload_of

KINDS = ((SupplierKind.COMPANY.value, lazy("Company in Mexico")), (SupplierKind.PERSON.value, lazy("Person in Mexico")),
         (SupplierKind.FOREIGN.value, lazy("Foreign supplier")))
COUNTRIES = (
    ("MEX", lazy("Mexico")), ("USA", lazy("United States")), ("CAN", lazy("Canada")), ("ARG", lazy("Argentina")),
    ("BRA", lazy("Brazil")), ("CHL", lazy("Chile")), ("CHN", lazy("China")), ("COL", lazy("Colombia")),
    ("CRI", lazy("Costa Rica")), ("DEU", lazy("Germany")), ("ESP", lazy("Spain")), ("FRA", lazy("France")),
    ("GBR", lazy("United Kingdom")), ("GTM", lazy("Guatemala")), ("IND", lazy("India")), ("IRL", lazy("Ireland")),
    ("ITA", lazy("Italy")), ("JPN", lazy("Japan")), ("KOR", lazy("South Korea")), ("NLD", lazy("Netherlands")),
    ("PAN", lazy("Panama")), ("PER", lazy("Peru")), ("CHE", lazy("Switzerland")), ("ZZZ", lazy("Another country")),
)
CURRENCIES = tuple((c, c) for c in ("MXN", "USD", "EUR", "CAD", "GBP", "JPY", "CHF", "CNY"))
TYPES = (
    (FieldType.FILE.value, lazy("File")),
    (FieldType.TEXT.value, lazy("Text")),
    (FieldType.NUMBER.value, lazy("Number")),
    (FieldType.DATE.value, lazy("Date")),
    (FieldType.CHOICE.value, lazy("Choice from a list")),
    (FieldType.YES_NO.value, lazy("Yes or no")),
)
FILE_TYPES = (("pdf", "PDF"), ("png", "PNG"), ("jpeg", "JPEG"), ("xml", "XML"))
EXPIRIES = (
    (Expiry.NONE.value, lazy("It does not expire")),
    (Expiry.LIFETIME.value, lazy("A number of days after it is given")),
    (Expiry.DOCUMENT_DATE.value, lazy("By the date on the document")),
)
GATES = (
    (RecordGate.NOTHING.value, lazy("Not needed for invoices")),
    (RecordGate.BEFORE_UPLOAD.value, lazy("Needed before uploading invoices")),
    (RecordGate.BEFORE_SENDING.value, lazy("Needed before sending invoices")),
)


class InviteForm(Form):
    """A supplier to be registered and invited."""

    name = Text(lazy("Business name"), validators=[DataRequired(lazy("Give the business name.")), Length(max=300)])
    kind = RadioField(lazy("Kind of supplier"), choices=KINDS, coerce=SupplierKind, default=SupplierKind.COMPANY)
    tax_id = Text(lazy("RFC or foreign tax id"), validators=[DataRequired(lazy("Give the RFC, or the tax id of its "
                                                                               "country.")), Length(max=30)])
    country = SelectField(lazy("Country"), choices=COUNTRIES, default="MEX")
    contact_name = Text(lazy("Contact's name"), validators=[Length(max=120)])
    contact_email = Text(lazy("Contact's e-mail"), validators=[DataRequired(lazy("Give the address that the link is "
                                                                                 "sent to.")), Length(max=254)])
    locale = SelectField(lazy("Language of the letters"), choices=list(LANGUAGES.items()))
    group = Text(lazy("Group"), validators=[Length(max=60)],
                 description=lazy("Optional. Requirements and approvals can depend on it."))

    def to_command(self) -> InviteSupplier:
        """Return the command."""
        return InviteSupplier(name=self.name.data, kind=self.kind.data, tax_id=self.tax_id.data,
                              country=self.country.data, contact_name=self.contact_name.data or "",
                              contact_email=self.contact_email.data, locale=self.locale.data,
                              group=self.group.data or "")


class ChangeForm(Form):
    """What a client may change of a supplier."""

    name = Text(lazy("Business name"), validators=[DataRequired(lazy("Give the business name.")), Length(max=300)])
    group = Text(lazy("Group"), validators=[Length(max=60)])
    contact_email = Text(lazy("Contact's e-mail"), validators=[DataRequired(), Length(max=254)])


class ReasonForm(Form):
    """A reason."""

    reason = TextAreaField(lazy("Reason"), validators=[Length(max=1000)])


class FieldValueForm(Form):
    """One field of the record. `file` or `value` is used, by the field's type."""

    value = Text(lazy("Answer"), validators=[Length(max=2000)])
    choice = RadioField(lazy("Answer"), validators=[MayBeEmpty()], choices=[])
    file = FileField(lazy("File"))
    document_date = DateField(lazy("Valid until"), validators=[MayBeEmpty()],
                              description=lazy("The day that the document itself gives."))

    def shape(self, field: RecordField, given: str = "") -> "FieldValueForm":
        """Ask by the field's own name, offer the answers of a choice, show what was `given` before."""
        for asked in (self.value, self.choice, self.file):
            asked.label.text = either(field.label_es, field.label_en)
        if field.is_dated:
            self.document_date.label.text = _("Date on the document")
            self.document_date.description = ngettext("It is valid for %(num)d day from then.",
                                                      "It is valid for %(num)d days from then.", field.lifetime_days)
        if not self.is_submitted():
            self.value.data = self.choice.data = given
        self.choice.choices = ([("yes", lazy("Yes")), ("no", lazy("No"))] if field.type is FieldType.YES_NO
                               else [(c, c) for c in field.choices])
        return self

    def to_command(self, relationship_id: UUID, field: RecordField) -> GiveField:
        """Return the command."""
        listed = field.type in (FieldType.CHOICE, FieldType.YES_NO)
        return GiveField(relationship_id, field.id, value=(self.choice.data if listed else self.value.data) or "",
                         upload=upload_of(self.file), document_date=self.document_date.data)


class AccountForm(Form):
    """A bank account."""

    holder = Text(lazy("Account holder"), validators=[DataRequired(lazy("Give the holder's name.")), Length(max=200)])
    country = SelectField(lazy("Country of the bank"), choices=COUNTRIES, default="MEX")
    currency = SelectField(lazy("Currency"), choices=CURRENCIES)
    number = Text(lazy("CLABE, IBAN or account number"), validators=[DataRequired(lazy("Give the number.")),
                                                                     Length(max=60)],
                  description=lazy("In Mexico, the 18 digits of the CLABE; the bank is found by itself."))
    bank_name = Text(lazy("Bank"), validators=[Length(max=120)])
    bic = Text(lazy("SWIFT/BIC"), validators=[Length(max=20)], description=lazy("8 or 11 letters and digits."))
    routing = Text(lazy("Routing number"), validators=[Length(max=20)],
                   description=lazy("Only for banks in the United States (ABA)."))
    proof = FileField(lazy("Proof of the account"),
                      description=lazy("Cover of a bank statement not older than three months: PDF or image."))

    def to_command(self, relationship_id: UUID) -> GiveAccount:
        """Return the command."""
        return GiveAccount(relationship_id, holder=self.holder.data, country=self.country.data,
                           currency=self.currency.data, number=self.number.data, bank_name=self.bank_name.data or "",
                           bic=self.bic.data or "", routing=self.routing.data or "", proof=upload_of(self.proof))


class DecideItemForm(Form):
    """A decision on one item of a record."""

    kind = SelectField(choices=[(i.value, i.value) for i in Item], coerce=Item)
    item_id = Text(validators=[DataRequired()])
    verdict = SelectField(choices=[("approve", "approve"), ("reject", "reject")])
    reason = TextAreaField(lazy("Reason"), validators=[Length(max=1000)])

    def to_command(self, relationship_id: UUID) -> DecideItem:
        """Return the command."""
        return DecideItem(relationship_id, self.kind.data, as_uuid(self.item_id.data),
                          approve=self.verdict.data == "approve", reason=self.reason.data or "")

    def explain(self, refused: Invalid) -> None:
        """Say what was wrong; the page has one box for the reason per item, so the words lead to that of this one."""
        super().explain(refused)
        self.reason.id = f"reason-{self.item_id.data}"


class PolicyForm(Form):
    """Whether a client needs the record."""

    gate = RadioField(lazy("Is the record needed?"), choices=GATES, coerce=RecordGate)
    approved = BooleanField(lazy("It must be approved, not only sent"))
    bank_account = BooleanField(lazy("At least one bank account is mandatory"))


class SectionForm(Form):
    """A section of the layout."""

    title_es = Text(lazy("Title in Spanish"), validators=[DataRequired(lazy("Give the section a title.")),
                                                          Length(max=80)])
    title_en = Text(lazy("Title in English"), validators=[Length(max=80)])


class LayoutFieldForm(Form):
    """A field of the layout."""

    section_id = SelectField(lazy("Section"))
    label_es = Text(lazy("Name in Spanish"), validators=[DataRequired(lazy("Give the field a name.")), Length(max=120)])
    label_en = Text(lazy("Name in English"), validators=[Length(max=120)])
    help_es = TextAreaField(lazy("Instructions in Spanish"), validators=[Length(max=1000)])
    help_en = TextAreaField(lazy("Instructions in English"), validators=[Length(max=1000)])
    type = SelectField(lazy("What is given"), choices=TYPES, coerce=FieldType)
    mandatory = BooleanField(lazy("Mandatory"))
    kinds = Checkboxes(lazy("Only for these suppliers"), choices=KINDS, description=lazy("None chosen: all of them."))
    choices = TextAreaField(lazy("Answers to choose from"), description=lazy("One a line. Only for a choice."))
    file_types = Checkboxes(lazy("Accepted files"), choices=FILE_TYPES)
    max_mb = IntegerField(lazy("Largest file (MB)"), default=10, validators=[InputRequired(), NumberRange(1, 25)])
    expiry = SelectField(lazy("Expiry"), choices=EXPIRIES, coerce=Expiry)
    lifetime_days = IntegerField(lazy("Valid for (days)"), validators=[MayBeEmpty(), NumberRange(1, 3650)],
                                 description=lazy("Counted from the day it is given, or from the document's date. With "
                                                  "the document's date and no days, it expires on that date."))

    def offer(self, sections: list[RecordSection]) -> "LayoutFieldForm":
        """Offer the client's sections."""
        self.section_id.choices = [(str(s.id), either(s.title_es, s.title_en)) for s in sections]
        return self

    def fill(self, row: RecordField) -> None:
        """Show a field as it is."""
        for name in SaveField.__dataclass_fields__:
            self[name].data = getattr(row, name)
        self.section_id.data, self.choices.data = str(row.section_id), "\n".join(row.choices)

    def to_command(self) -> SaveField:
        """Return the command."""
        return SaveField(
            section_id=as_uuid(self.section_id.data), label_es=self.label_es.data, label_en=self.label_en.data or "",
            help_es=self.help_es.data or "", help_en=self.help_en.data or "", type=self.type.data,
            mandatory=bool(self.mandatory.data), kinds=tuple(self.kinds.data or ()),
            choices=tuple(c.strip() for c in (self.choices.data or "").splitlines() if c.strip()),
            file_types=tuple(self.file_types.data or ()), max_mb=self.max_mb.data or 10, expiry=self.expiry.data,
            lifetime_days=self.lifetime_days.data)
