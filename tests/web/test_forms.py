"""Forms: shape, the service's findings beside their fields, files as plain bytes."""
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from wtforms import FileField

from portal.core import db
from portal.core.errors import Invalid
from portal.core.types import Upload
from portal.web import forms
from portal.web.forms import Form, Text, answer, as_uuid, upload_of, uploads
from portal.web.once import FormSubmission


class Small(Form):
    """A name and a file."""

    name = Text("Name")
    paper = FileField("Paper")


@pytest.mark.parametrize(("typed", "taken"), [(" Ana ", "Ana"), ("a\r\n\tb", "a\r\n\tb"), ("", ""), ("a\x07b", None),
                                              ("\x1b[2J", None)])
def test_a_line_has_no_blanks_around_it_and_nothing_invisible_in_it(ctx: Flask, typed: str, taken: str | None) -> None:
    with ctx.test_request_context("/", method="POST", data={"name": typed}):
        form = Small()
        assert form.validate() == (taken is not None)
        assert bool(form.name.errors) == (taken is None)
        if taken is not None:
            assert form.name.data == taken


def test_findings_stand_beside_their_fields_and_the_rest_above(ctx: Flask) -> None:
    with ctx.test_request_context("/", method="POST", data={"name": "x"}):
        form = Small()
        form.validate()
        form.explain(Invalid("all of it", {"name": "this one", "elsewhere": "that one"}))
        form.explain(Invalid(fields={"name": "and this"}))
        assert (list(form.name.errors), list(form.form_errors)) == (["this one", "and this"], ["that one", "all of it"])


def _answered(ctx: Flask, monkeypatch: pytest.MonkeyPatch, act: Any, method: str = "POST") -> tuple[Any, list[str]]:
    drawn: list[str] = []
    monkeypatch.setattr(forms, "render", lambda template, **_context: drawn.append(template) or "")
    with ctx.test_request_context("/", method=method, data={"name": "x"} if method == "POST" else None), \
            db.transaction(db.Scope(user_id=UUID(int=7))):
        return answer(Small(), act, lambda done: f"/{done}", "small.html"), drawn


def test_a_form_that_was_sent_acts_and_leads_on(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    response, drawn = _answered(ctx, monkeypatch, lambda: "done")
    assert (response.status_code, response.location, drawn) == (303, "/done", [])


def test_a_form_that_is_asked_for_is_drawn(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _answered(ctx, monkeypatch, pytest.fail, "GET") == (("", 200), ["small.html"])


def test_what_is_refused_leaves_nothing_and_comes_back(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        db.session.add(FormSubmission(user_id=UUID(int=7), key="a"))
        db.session.flush()
        raise Invalid("no")

    assert _answered(ctx, monkeypatch, refuse) == (("", 422), ["small.html"])
    with db.transaction(db.Scope(user_id=UUID(int=7))):
        assert db.session.scalars(db.db.select(FormSubmission)).all() == []


def test_files_are_bytes_with_a_name(ctx: Flask) -> None:
    data = {"paper": (BytesIO(b"1"), "a.pdf"), "files": [(BytesIO(b"2"), "b.pdf"), (BytesIO(b""), "")]}
    with ctx.test_request_context("/", method="POST", data=data):
        assert upload_of(Small().paper) == Upload("a.pdf", b"1")
        assert uploads("files") == [Upload("b.pdf", b"2")]
        assert uploads("none") == []
    for nothing in (None, FileStorage(BytesIO(b"x"), "")):
        assert upload_of(nothing) is None


@pytest.mark.parametrize("value", ["", None, "x", "0190a1b2"])
def test_what_is_no_id_belongs_to_nothing(value: str | None) -> None:
    assert as_uuid(value) == UUID(int=0)
    assert as_uuid("0190a1b2-0000-7000-8000-000000000001").int != 0
