"""Long lists: paged by key, never by offset, so that the ten-thousandth row is as quick as the first.

A list is ordered by some columns and the id; a cursor is the last row's values, opaque to the browser.
"""
import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from portal.access import binds
from portal.access.actor import Actor
from portal.core.db import session
from portal.core.types import Page

Row = TypeVar("Row")
Reader = Callable[[Any, InstrumentedAttribute[Any]], Any]
SIZE = 50


def read(query: Select[Any], keys: Sequence[InstrumentedAttribute[Any]], cursor: str | None, *,
         size: int = SIZE, descending: bool = True, of: Reader = lambda row, key: getattr(row, key.key)) -> Page[Any]:
    """Return one page of `query`, ordered by `keys` (the last one unique), after or before `cursor`.

    `keys` are columns without nulls, all in one direction; `of(row, key)` reads one from a row. A cursor that
    cannot be read gives the first page.
    """
    backwards, values = _decode(cursor, keys)
    down = descending != backwards
    if values is not None:
        mark = tuple_(*keys)
        query = query.where(mark < tuple_(*values) if down else mark > tuple_(*values))
    query = query.order_by(*[k.desc() if down else k.asc() for k in keys]).limit(size + 1)
    found = _found(query)
    more = len(found) > size
    rows = found[:size][::-1] if backwards else found[:size]
    return Page(
        rows=rows,
        before=_encode(rows[0], keys, True, of) if rows and (more if backwards else values is not None) else None,
        after=_encode(rows[-1], keys, False, of) if rows and (backwards or more) else None,
    )


def capped(query: Select[Any], limit: int = 99) -> str:
    """Return how many rows `query` has as people read it: "", "12" or "99+"; never counts further."""
    return _capped(len(session.execute(query.limit(limit + 1)).all()), limit)


def count(actor: Actor, query: Select[Any]) -> str:
    """Return how many rows a query that was built with `portal.access.binds` has for `actor`, as `capped` writes it."""
    return counts(actor, [query])[0]


def counts(actor: Actor, queries: Sequence[Select[Any]]) -> list[str]:
    """Return the same for several queries, asked for in one statement."""
    if not queries:
        return []
    found = session.connection().execute(_counting(tuple(queries)), binds.values(actor)).one()
    return [_capped(number, 99) for number in found]


@cache
def _counting(queries: tuple[Select[Any], ...]) -> Select[Any]:
    return select(*[select(func.count()).select_from(query.limit(100).subquery()).scalar_subquery()
                    for query in queries])


def _capped(number: int, limit: int) -> str:
    return "" if not number else str(number) if number <= limit else f"{limit}+"


def _found(query: Select[Any]) -> list[Any]:
    """Return the rows: entities when the query asks for one, named tuples when it asks for columns (much cheaper)."""
    if len(query.column_descriptions) == 1:
        return list(session.scalars(query).unique())
    return list(session.execute(query))


def _encode(row: Any, keys: Sequence[InstrumentedAttribute[Any]], backwards: bool, of: Reader) -> str:
    values = [str(of(row, k)) for k in keys]
    return base64.urlsafe_b64encode(json.dumps([backwards, *values]).encode()).decode()


def _decode(cursor: str | None, keys: Sequence[InstrumentedAttribute[Any]]) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        backwards, *texts = json.loads(base64.urlsafe_b64decode(cursor))
        values = [_READERS.get(k.type.python_type, str)(t) for k, t in zip(keys, texts, strict=True)]
    except (ValueError, TypeError, ArithmeticError):
        return False, None
    return bool(backwards), values


_READERS: dict[type, Callable[[str], Any]] = {
    UUID: UUID, int: int, Decimal: Decimal, datetime: datetime.fromisoformat, date: date.fromisoformat,
}
