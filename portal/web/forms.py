"""Forms: their shape, and the one way to answer them.

A form knows shape only (present, long enough, a date); what is true or allowed is the service's to say, by raising
`Invalid`, whose findings come back on the form beside the field, with all that was typed still there.
"""
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import Field, SelectMultipleField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.db import savepoint
from portal.core.errors import Invalid
from portal.core.i18n import lazy
from portal.core.money import NotAnAmount, parse_amount, written
from portal.core.types import Upload
from portal.web.pages import render

T = TypeVar("T")
LARGEST = Decimal(10) ** 12  # what a column of money holds


class Form(FlaskForm):  # type: ignore[misc]
    """The root of all forms. The guard against forged requests is the kit's, drawn by `form_guard()`."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf = False

    def explain(self, refused: Invalid) -> None:
        """Put a service's findings beside the fields they speak of; what has no field speaks of the whole."""
        for name, sentence in refused.fields.items():
            target = self._fields.get(name)
            if target is None:
                self.form_errors.append(sentence)
            else:
                target.errors = [*target.errors, sentence]
        if str(refused.message):
            self.form_errors.append(refused.message)


class Text(StringField):  # type: ignore[misc]
    """A line of text without blanks at its ends, refused when it carries control characters."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if any(ord(c) < 32 and c not in "\r\n\t" for c in self.data or ""):
            raise ValidationError(lazy("Remove the invisible characters and type it again."))


class Amount(StringField):  # type: ignore[misc]
    """An amount as people type it; its data is a Decimal, or None when it was left empty. It is read back with its
    thousands. `places`: how many decimals it may have.
    """

    data: Any

    def __init__(self, *args: Any, places: int = 2, **more: Any) -> None:
        self.places, self.typed = places, ""
        super().__init__(*args, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if self.typed:
            self.data = amount_of(self.typed, self.places)

    def _value(self) -> str:
        return self.typed if self.data is None else written(self.data, min(self.places, 2))


_AMOUNT_SAYS = {
    "format": lazy("Write the amount like this: 1,234.50"), "decimals": lazy("Write at most %(places)s decimals."),
    "sign": lazy("The amount cannot be negative."), "size": lazy("The amount is too large."),
}


class Given:
    """Required, with a sentence of its own; zero counts as given."""

    field_flags: Mapping[str, Any] = {"required": True}

    def __init__(self, sentence: object) -> None:
        self.sentence = sentence

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(self.sentence)


def amount_of(typed: str, places: int = 2) -> Decimal:
    """Read an amount that somebody typed. Raises ValueError with a sentence when it is none."""
    try:
        amount = parse_amount(typed, places=places)
        if amount >= LARGEST:
            raise NotAnAmount("size")
    except NotAnAmount as wrong:
        sentence = str(_AMOUNT_SAYS.get(wrong.code, _AMOUNT_SAYS["format"]))
        raise ValueError(sentence % {"places": places}) from wrong
    return amount


class Checkboxes(SelectMultipleField):  # type: ignore[misc]
    """Several choices, each a checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def answer(form: Form, act: Callable[[], T], then: Callable[[T], str], template: str,
           **context: Any) -> ResponseReturnValue:
    """Draw the form, or, when it was sent, act and go on to `then(result)`.

    `act` runs in a savepoint: when it refuses (`Invalid`), nothing of it stays and the form comes back (422).
    """
    if request.method == "POST" and form.validate():
        try:
            with savepoint():
                result = act()
            return redirect(then(result), 303)
        except Invalid as refused:
            form.explain(refused)
    status = 422 if request.method == "POST" else 200
    return render(template, form=form, **context), status


def upload_of(field: Field | FileStorage | None) -> Upload | None:
    """Return the file of a file field as plain bytes and name, or None when none was chosen."""
    storage = field.data if isinstance(field, Field) else field
    if not isinstance(storage, FileStorage) or not storage.filename:
        return None
    return Upload(name=storage.filename, data=storage.read())


def uploads(name: str) -> list[Upload]:
    """Return all files that the request carries under `name`."""
    return [Upload(f.filename, f.read()) for f in request.files.getlist(name) if f.filename]


def as_uuid(value: str | None) -> UUID:
    """Return an id, or the nil id (which belongs to nothing) when it is not one."""
    try:
        return UUID(value or "")
    except ValueError:
        return UUID(int=0)
