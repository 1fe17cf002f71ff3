"""A form's key is used once by its person; a form that comes back gives it back."""
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask, Response, redirect
from sqlalchemy import select

from portal.access.actor import ANONYMOUS, Actor
from portal.core import db
from portal.web import once
from portal.web.once import FormSubmission

ANA, LUIS = ANONYMOUS.on(user_id=UUID(int=7)), ANONYMOUS.on(user_id=UUID(int=8))


@pytest.fixture(autouse=True)
def _application(ctx: Flask) -> Iterator[None]:
    yield


def send(ctx: Flask, actor: Actor, key: str, response: Response | None, *, method: str = "POST", other: str = "",
         again: bool = False) -> Response | None:
    """Send a form that leads to `response`; return where an earlier use led, or None when this one acted."""
    with ctx.test_request_context("/here", method=method, data={once.FIELD: key} if method == "POST" else None), \
            db.transaction(actor.scope), once.guard(actor, other or None) as earlier:
        if earlier is None:
            if again:
                once.may_come_again()
            if response is not None:
                once.remember(response)
        return earlier


def kept(actor: Actor) -> list[tuple[str, str | None]]:
    """The keys of a person that are used up, and where they led."""
    with db.transaction(actor.scope):
        return [(row.key, row.location) for row in db.session.scalars(select(FormSubmission))]


def there() -> Response:
    """Where the form leads."""
    return redirect("/there", 303)  # type: ignore[return-value]


def test_the_second_use_is_led_where_the_first_one_was(ctx: Flask) -> None:
    assert send(ctx, ANA, "k", there()) is None
    earlier = send(ctx, ANA, "k", there())
    assert earlier and (earlier.status_code, earlier.location) == (303, "/there")
    assert kept(ANA) == [("k", "/there")]


def test_two_people_may_have_the_same_key(ctx: Flask) -> None:
    assert send(ctx, ANA, "k", there()) is None
    assert send(ctx, LUIS, "k", there()) is None


@pytest.mark.parametrize("status", [200, 299, 400, 422])
def test_a_form_that_is_shown_again_may_be_sent_again(ctx: Flask, status: int) -> None:
    for _n in range(2):
        assert send(ctx, ANA, "k", Response(status=status)) is None
    assert kept(ANA) == []


def test_a_first_use_whose_answer_is_not_known_leads_to_the_page(ctx: Flask) -> None:
    assert send(ctx, ANA, "k", None) is None
    earlier = send(ctx, ANA, "k", there())
    assert earlier and earlier.location == "/here"


def test_a_step_that_only_shows_may_come_as_often_as_one_likes(ctx: Flask) -> None:
    for _n in range(2):
        assert send(ctx, ANA, "k", there(), again=True) is None
    assert kept(ANA) == []


def test_looking_strangers_and_forms_without_a_key_are_not_counted(ctx: Flask) -> None:
    for _n in range(2):
        assert send(ctx, ANA, "k", there(), method="GET", other="o") is None
        assert send(ctx, ANONYMOUS, "k", there()) is None
        assert send(ctx, ANA, "", there()) is None
    assert kept(ANA) == []


def test_a_form_from_where_it_was_kept_has_its_own_key_and_long_ones_are_cut(ctx: Flask) -> None:
    assert send(ctx, ANA, "k", there(), other="o" * 99) is None
    assert send(ctx, ANA, "other", there(), other="o" * 64) is not None
    assert kept(ANA) == [("o" * 64, "/there")]
    assert once.new_key() != once.new_key()
