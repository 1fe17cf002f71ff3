"""What nobody needs any more is forgotten, and nothing else."""
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portal.accounts.models import SignInAttempt, UserSession
from portal.core import db
from portal.core.clock import now
from portal.core.ids import new_id
from portal.jobs import outbox, runner
from portal.web.once import FormSubmission
from portal.web.parking import ParkedForm
from tests.factories import World

DAY = timedelta(days=1)
EDGE = timedelta(hours=1)
KEPT = {SignInAttempt: 180 * DAY, UserSession: 30 * DAY, FormSubmission: 2 * DAY, ParkedForm: DAY}


def _row(kind: type[Any], user_id: Any, name: str, moment: Any) -> Any:
    row = {SignInAttempt: lambda: SignInAttempt(email_key=name, user_id=user_id, succeeded=False),
           UserSession: lambda: UserSession(user_id=user_id, token_hash=name, last_seen_at=moment, expires_at=moment),
           FormSubmission: lambda: FormSubmission(user_id=user_id, key=name),
           ParkedForm: lambda: ParkedForm(user_id=user_id, path=name, parcel=b"")}[kind]()
    row.id, row.created_at = new_id(), moment
    return row


def test_old_things_are_forgotten_and_young_ones_kept(world: World) -> None:
    user_id = world.client().people["auditor"].user.id
    young = {}
    with world.owner():
        for kind, term in KEPT.items():
            kept = _row(kind, user_id, "young", now() - term + EDGE)
            young[kind] = kept.id
            db.session.add_all([kept, _row(kind, user_id, "old", now() - term - EDGE)])
    with db.transaction(db.DOOR):
        outbox.defer("accounts.prune")
    assert runner.drain(queues=("bulk",)) == 1
    with world.owner():
        assert {kind: list(db.session.scalars(select(kind.id))) for kind in KEPT} == {
            kind: [id_] for kind, id_ in young.items()}


def test_a_session_that_still_lives_is_not_forgotten_however_old(world: World) -> None:
    person = world.client().people["auditor"]
    browser = world.sign_in(world.app.test_client(), person)
    with world.owner():
        db.session.execute(update(UserSession).values(created_at=now() - 40 * DAY))
    with db.transaction(db.DOOR):
        outbox.defer("accounts.prune")
    runner.drain(queues=("bulk",))
    assert browser.get("/profile").status_code == 200
