"""One transaction at a time: what waits for its commit, what its scope sees, and how it ends."""
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Uuid, bindparam, func, select, text
from sqlalchemy.exc import DataError, ProgrammingError

from portal.core import db
from portal.core.ids import new_id
from portal.web.once import FormSubmission


def as_person() -> db.Scope:
    """The scope of somebody who may write forms' keys of their own, and nothing else."""
    return db.Scope(user_id=new_id())


def key(scope: db.Scope, name: str = "a") -> FormSubmission:
    """A row of that person."""
    assert scope.user_id
    return FormSubmission(user_id=scope.user_id, key=name)


def role() -> tuple[str, str]:
    """Who the database believes is asking: its role and the person."""
    found = db.session.execute(text("SELECT current_user, current_setting('portal.user_id')")).one()
    return str(found[0]), str(found[1])


def test_a_transaction_is_not_opened_within_another(ctx: Flask) -> None:
    with db.transaction(db.DOOR):
        with pytest.raises(RuntimeError, match="already open"), db.transaction(db.Scope()):
            pass
        assert role()[0] == "portal_door"  # the outer one goes on


def test_nothing_is_asked_of_the_database_outside_a_transaction(ctx: Flask) -> None:
    for _before_and_after in range(2):
        assert not db.is_open()
        with pytest.raises(RuntimeError, match="outside"):
            db.session.execute(text("SELECT 1"))
        db.session.rollback()
        with db.transaction(db.DOOR):
            assert db.is_open()


def test_what_waits_runs_after_the_commit_in_order_whatever_fails(ctx: Flask) -> None:
    done: list[str] = []

    def fail() -> None:
        raise ValueError("told in the log only")

    with db.transaction(db.Scope()):
        db.after_commit(lambda: done.append(f"first, open: {db.is_open()}"))
        db.after_commit(fail)
        db.after_commit(lambda: done.append("last"))
        assert done == []
    assert done == ["first, open: False", "last"]
    with db.transaction(db.Scope()):
        pass
    assert len(done) == 2  # once


def test_what_waits_for_a_change_that_failed_never_runs(ctx: Flask) -> None:
    done: list[str] = []
    with pytest.raises(ValueError), db.transaction(db.Scope()):
        db.after_commit(lambda: done.append("never"))
        raise ValueError
    with db.transaction(db.Scope()):
        db.after_commit(lambda: done.append("before"))
        with pytest.raises(ValueError), db.savepoint():
            db.after_commit(lambda: done.append("never"))
            raise ValueError
        db.after_commit(lambda: done.append("after"))
    assert done == ["before", "after"]


def test_a_failed_transaction_leaves_nothing(ctx: Flask) -> None:
    scope = as_person()
    with pytest.raises(ValueError), db.transaction(scope):
        db.session.add(key(scope))
        db.session.flush()
        raise ValueError
    assert _kept(scope) == 0


def test_a_savepoint_undoes_its_own_only(ctx: Flask) -> None:
    scope = as_person()
    with db.transaction(scope):
        db.session.add(key(scope, "stays"))
        with pytest.raises(ValueError), db.savepoint():
            db.session.add(key(scope, "goes"))
            raise ValueError
    assert _kept(scope) == 1


def test_a_row_goes_in_once_and_the_transaction_goes_on(ctx: Flask) -> None:
    scope = as_person()
    with db.transaction(scope):
        assert db.insert_once(key(scope))
        assert not db.insert_once(key(scope))
        assert db.insert_once(key(scope, "b"))
    assert _kept(scope) == 2


def test_what_was_changed_is_written_under_the_scope_in_which_it_was_changed(ctx: Flask) -> None:
    scope = as_person()
    with db.transaction(scope):
        db.session.add(key(scope))
        db.rescope(db.DOOR)  # who may look at such rows, and not add one
        assert role() == ("portal_door", "")
    assert _kept(scope) == 1


@pytest.mark.parametrize("leave", [lambda: None, lambda: (_ for _ in ()).throw(ValueError())])
def test_after_a_look_through_the_door_one_sees_what_one_saw(ctx: Flask, leave: Callable[[], None]) -> None:
    scope = as_person()
    with db.transaction(scope):
        try:
            with db.door():
                assert role() == ("portal_door", "")
                leave()
        except ValueError:
            pass
        assert role() == ("portal_app", str(scope.user_id))


def test_an_error_of_the_database_behind_the_door_is_told_as_itself(ctx: Flask) -> None:
    scope = as_person()
    with db.transaction(scope):
        with pytest.raises(ProgrammingError, match="permission denied"), db.savepoint(), db.door():
            db.session.execute(text("SELECT * FROM fiscal_profiles FOR UPDATE"))
        assert role() == ("portal_app", str(scope.user_id))


def test_every_list_of_a_scope_reaches_the_database(ctx: Flask) -> None:
    lists: dict[str, tuple[UUID, ...]] = {
        name: (new_id(), new_id()) for name in ("organizations", "clients", "relationships", "partners")}
    with db.transaction(db.Scope(**lists)):  # type: ignore[arg-type]
        for name, ids in lists.items():
            assert tuple(db.session.scalar(text("SELECT portal_ids(:name)"), {"name": f"portal.{name}"})) == ids


def _kept(scope: db.Scope) -> int:
    with db.transaction(scope):
        return int(db.session.scalar(select(func.count()).select_from(FormSubmission)) or 0)


KEYS = select(FormSubmission.id, FormSubmission.key, FormSubmission.user_id).where(
    FormSubmission.user_id == bindparam("whose", type_=Uuid()), FormSubmission.key.in_(["a", "b"])).order_by(
    FormSubmission.key)


def test_what_is_asked_all_day_sees_what_was_just_written_within_its_walls(ctx: Flask) -> None:
    mine, other = as_person(), as_person()
    with db.transaction(mine):
        db.session.add_all([key(mine, "b"), key(mine, "c"), key(mine, "a")])
        found = db.ask(KEYS, {"whose": mine.user_id})
        assert [(row.key, row.user_id, row[1]) for row in found] == [(k, mine.user_id, k) for k in "ab"]
    with db.transaction(other):
        assert db.ask(KEYS, {"whose": mine.user_id}) == [], "another's rows are behind the wall"


def test_what_goes_wrong_with_it_is_told_as_all_errors_of_the_database(ctx: Flask) -> None:
    with pytest.raises(DataError, match="portal_nobody"), db.transaction(db.Scope(role="portal_nobody")):
        db.ask(KEYS, {"whose": None})
    with db.transaction(as_person()):
        with pytest.raises(DataError), db.savepoint():
            db.ask(KEYS, {"whose": "no id"})
        assert db.ask(KEYS, {"whose": None}) == [], "the transaction goes on"
