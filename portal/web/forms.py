"""Forms: their shape, and the one way to answer them.

A form knows shape only (present, long enough, a date); what is true or allowed is the service's to say, by raising
`Invalid`, whose findings come back on the form beside the field, with all that was typed still there.
"""
from collections.abc import Callable
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
from portal.core.types import Upload
from portal.web.pages import render

T = TypeVar("T")


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
