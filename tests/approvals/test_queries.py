"""The statements of the inbox that are built once."""
import pytest
from sqlalchemy import Select

from portal.approvals import queries
from portal.approvals.models import ApprovalStep


@pytest.mark.parametrize("statement", [queries.WAITING, queries.INBOX], ids=["count", "rows"])
def test_what_waits_is_asked_for_in_the_words_of_its_index(statement: Select[tuple[object, ...]]) -> None:
    table = ApprovalStep.__table__
    index = next(i for i in table.indexes if i.name == "ix_approval_steps_waiting")  # type: ignore[attr-defined]
    condition = f"approval_steps.{index.dialect_options['postgresql']['where']}"
    assert condition == "approval_steps.state = 'current'" and condition in str(statement.compile())
