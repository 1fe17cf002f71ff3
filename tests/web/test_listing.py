"""Long lists: every row once, in both directions, with no way on where there is none."""
import base64
import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.access.actor import Actor
from portal.core.db import session
from portal.core.types import Page
from portal.invoices.models import Invoice
from portal.web import listing
from portal.web.once import FormSubmission
from tests.factories import World

KEYS = (FormSubmission.key, FormSubmission.id)
ALL = list("fedcba")  # newest first


@pytest.fixture()
def rows(world: World) -> Iterator[Actor]:
    """Six rows of one person, two of them alike in all but their ids, in an open transaction."""
    person = world.client().people["auditor"]
    with world.acting(world.actor_of(person)) as actor:
        assert actor.user_id
        session.add_all([FormSubmission(user_id=actor.user_id, key=letter) for letter in ALL])
        session.flush()
        yield actor


def read(cursor: str | None = None, size: int = 2, descending: bool = True) -> Page[FormSubmission]:
    """One page of them."""
    return listing.read(select(FormSubmission), KEYS, cursor, size=size, descending=descending)


def said(page: Page[FormSubmission]) -> str:
    """The keys on a page."""
    return "".join(row.key for row in page.rows)


@pytest.mark.parametrize(("size", "descending", "pages"), [
    (2, True, ["fe", "dc", "ba"]), (4, True, ["fedc", "ba"]), (6, True, ["fedcba"]), (2, False, ["ab", "cd", "ef"]),
    (7, True, ["fedcba"]), (5, False, ["abcde", "f"])])
def test_forth_and_back_every_row_is_there_once(rows: Actor, size: int, descending: bool, pages: list[str]) -> None:
    page = read(None, size, descending)
    seen = [page]
    while page.after:
        page = read(page.after, size, descending)
        seen.append(page)
    assert [said(p) for p in seen] == pages
    assert [bool(p.before) for p in seen] == [False] + [True] * (len(pages) - 1)
    assert not seen[-1].after
    for earlier in reversed(pages[:-1]):
        assert page.before
        page = read(page.before, size, descending)
        assert (said(page), bool(page.after)) == (earlier, True)
    assert not page.before


def test_back_to_a_start_that_grew_is_not_the_start(rows: Actor) -> None:
    second = read(read().after)
    assert rows.user_id
    session.add(FormSubmission(user_id=rows.user_id, key="g"))
    session.flush()
    first = read(second.before)
    assert (said(first), bool(first.before)) == ("fe", True)
    assert said(read(first.before)) == "g"


def test_what_is_the_same_is_told_apart_by_the_last_key(rows: Actor) -> None:
    columns = select(FormSubmission.user_id, FormSubmission.id, FormSubmission.key)
    keys = (FormSubmission.user_id, FormSubmission.id)
    first = listing.read(columns, keys, None, size=4)
    rest = listing.read(columns, keys, first.after, size=4)
    assert sorted(row.key for row in (*first.rows, *rest.rows)) == sorted(ALL)


@pytest.mark.parametrize("cursor", [
    "", "x", "é", "bm90anNvbg==", base64.urlsafe_b64encode(json.dumps([False, "c"]).encode()).decode(),
    base64.urlsafe_b64encode(json.dumps([False, "c", "no id"]).encode()).decode(),
    base64.urlsafe_b64encode(json.dumps({"a": 1}).encode()).decode(), base64.urlsafe_b64encode(b"7").decode(),
    *(base64.urlsafe_b64encode(json.dumps([False, *place]).encode()).decode()
      for place in (("c", 5), ({"a": 1}, str(UUID(int=1))), ("a\0b", str(UUID(int=1))), ("c", None))),
    base64.urlsafe_b64encode(b"[" * 3000).decode()])
def test_a_cursor_that_says_nothing_gives_the_first_page(rows: Actor, cursor: str) -> None:
    page = read(cursor)
    assert (said(page), page.before) == ("fe", None)


def test_a_cursor_names_an_amount_that_there_may_be(rows: Actor) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([False, "1e999999", str(UUID(int=1))]).encode()).decode()
    assert not listing.read(select(Invoice), (Invoice.total, Invoice.id), cursor).rows


def test_nothing_has_no_neighbours(rows: Actor) -> None:
    empty = listing.read(select(FormSubmission).filter_by(key="z"), KEYS, read().after, size=2)
    assert (list(empty.rows), empty.before, empty.after, bool(empty)) == ([], None, None, False)


@pytest.mark.parametrize(("limit", "written"), [(99, "6"), (6, "6"), (5, "5+")])
def test_counts_are_said_up_to_a_limit(rows: Actor, limit: int, written: str) -> None:
    assert listing.capped(select(FormSubmission.id), limit) == written
    assert listing.capped(select(FormSubmission.id).filter_by(key="z"), limit) == ""


def test_several_counts_come_in_their_order(rows: Actor) -> None:
    asked = [select(FormSubmission.id), select(FormSubmission.id).filter_by(key="z"),
             select(FormSubmission.id).where(FormSubmission.key < "c")]
    assert listing.counts(rows, asked) == ["6", "", "2"]
    assert listing.counts(rows, []) == []
    assert rows.user_id
    session.add_all([FormSubmission(user_id=rows.user_id, key=f"n{n}") for n in range(94)])
    session.flush()
    assert listing.count(rows, asked[0]) == "99+"
