"""The shapes of what approvers and administrators type."""
from uuid import UUID

from wtforms import HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.access.permissions import Permission
from portal.access.policy import ROLE_WORDS, holding
from portal.approvals.configuration import SaveStage
from portal.approvals.models import Quorum, StageRule, Verdict
from portal.approvals.services import Decide
from portal.cfdi.catalogs.currencies import MONEDA
from portal.core.i18n import _, lazy
from portal.invoices.forms import KIND_WORDS
from portal.web.forms import Amount, Checkboxes, Form, Text, as_uuid

APPROVER_ROLES = tuple((role.value, ROLE_WORDS[role][0]) for role in holding(Permission.Invoice.APPROVE))


class DecideForm(Form):
    """A verdict, with its reason when it is not an approval."""

    step_id = HiddenField(validators=[DataRequired()])
    version = IntegerField(validators=[DataRequired()])
    verdict = SelectField(choices=[(v.value, v.value) for v in Verdict], coerce=Verdict)
    reason = TextAreaField(lazy("Reason"), validators=[Length(max=1000)])

    def to_command(self, invoice_id: UUID) -> Decide:
        """Return the command; a step id that is no id belongs to no step."""
        return Decide(invoice_id=invoice_id, step_id=as_uuid(self.step_id.data), version=self.version.data,
                      verdict=self.verdict.data, reason=self.reason.data or "")


class StageForm(Form):
    """One stage of the flow."""

    label_es = Text(lazy("Name in Spanish"), validators=[DataRequired(lazy("Give the stage a name.")), Length(max=120)])
    label_en = Text(lazy("Name in English"), validators=[Length(max=120)],
                    description=lazy("Left empty, the Spanish name is shown."))
    approver_ids = Checkboxes(lazy("People who approve"))
    approver_roles = Checkboxes(lazy("Or everybody with a role"), choices=APPROVER_ROLES)
    quorum = SelectField(lazy("How many must approve"), coerce=Quorum, choices=[
        (Quorum.ANY.value, lazy("One of them is enough")), (Quorum.ALL.value, lazy("All the named people"))])
    minimum = Amount(lazy("From this total on (MXN)"))
    maximum = Amount(lazy("Up to this total (MXN)"))
    currencies = Text(lazy("Only these currencies"), description=lazy("For example: USD, EUR. Empty: all."),
                      validators=[Length(max=60)])
    groups = Text(lazy("Only these supplier groups"), description=lazy("Separated by commas. Empty: all."),
                  validators=[Length(max=300)])
    kinds = Checkboxes(lazy("Only these kinds of document"), choices=tuple(KIND_WORDS.items()),
                       description=lazy("None chosen: all of them."))

    def validate_currencies(self, field: Text) -> None:
        """Refuse what is no currency: a stage for it would never apply, and its approval never be asked for."""
        unknown = [code for code in _words(field.data.upper()) if code not in MONEDA]
        if unknown:
            raise ValidationError(_("“%(code)s” is no currency. Their codes have three letters, like USD or EUR.",
                                    code=unknown[0]))

    def fill(self, row: StageRule) -> None:
        """Show a stage as it is."""
        for name in SaveStage.__dataclass_fields__:
            self[name].data = getattr(row, name)
        self.approver_ids.data = [str(i) for i in row.approver_ids]
        self.currencies.data, self.groups.data = ", ".join(row.currencies), ", ".join(row.groups)

    def to_command(self) -> SaveStage:
        """Return the command."""
        return SaveStage(
            label_es=self.label_es.data, label_en=self.label_en.data or "", quorum=self.quorum.data,
            approver_ids=tuple(as_uuid(i) for i in self.approver_ids.data or ()),
            approver_roles=tuple(self.approver_roles.data or ()), minimum=self.minimum.data,
            maximum=self.maximum.data, currencies=_words(self.currencies.data.upper()),
            kinds=tuple(self.kinds.data or ()), groups=_words(self.groups.data))


def _words(value: str | None) -> tuple[str, ...]:
    return tuple(w.strip() for w in (value or "").split(",") if w.strip())
