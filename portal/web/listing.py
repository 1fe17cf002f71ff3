"""Long lists: paged by key, never by offset, so that the ten-thousandth row is as quick as the first.

A list is ordered by some columns and the id; a cursor is the last row's values, opaque to the browser.
"""
import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from portal.access import binds
from portal.access.actor import Actor
from portal.core.db import ask, session
from portal.core.types import Page

Row = TypeVar("Row")
Reader = Callable[[Any, InstrumentedAttribute[Any]], Any]
SIZE = 50
LARGEST_AMOUNT = 20  # digits before the point of what a cursor may name


def read(query: Select[Any], keys: Sequence[InstrumentedAttribute[Any]], cursor: str | None, *,
         size: int = SIZE, descending: bool = True, of: Reader = lambda row, key: getattr(row, key.key),
         values: Mapping[str, Any] | None = None) -> Page[Any]:
    """Return one page of `query`, ordered by `keys` (the last one unique), after or before `cursor`.

    `keys` are columns without nulls, all in one direction; `of(row, key)` reads one from a row; `values` are those of
    the own names of a query that is built once (`core.db.ask`). A cursor that cannot be read gives the first page.
    """
    backwards, place = _decode(cursor, keys)
    page = _page(query, tuple(keys), size, descending != backwards, place is not None)
    marks = _named(place or [])
    found = _found(page, marks) if values is None else ask(page, {**values, **marks})
    more = len(found) > size
    rows = found[:size][::-1] if backwards else found[:size]
    return Page(
        rows=rows,
        before=_encode(rows[0], keys, True, of) if rows and (more if backwards else place is not None) else None,
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
    [found] = ask(_counting(tuple(queries)), binds.values(actor))
    return [_capped(number, 99) for number in found]


@cache
def _counting(queries: tuple[Select[Any], ...]) -> Select[Any]:
    return select(*[select(func.count()).select_from(query.limit(100).subquery()).scalar_subquery()
                    for query in queries])


def _capped(number: int, limit: int) -> str:
    return "" if not number else str(number) if number <= limit else f"{limit}+"


@lru_cache(maxsize=256)
def _page(query: Select[Any], keys: tuple[InstrumentedAttribute[Any], ...], size: int, down: bool,
          placed: bool) -> Select[Any]:
    """Return the statement of one page. Remembered, so that a query that is built once gives a page built once."""
    if placed:
        mark = tuple_(*[bindparam(name, type_=key.type) for name, key in zip(_named(keys), keys, strict=True)])
        query = query.where(tuple_(*keys) < mark if down else tuple_(*keys) > mark)
    return query.order_by(*[key.desc() if down else key.asc() for key in keys]).limit(size + 1)


def _named(place: Sequence[Any]) -> dict[str, Any]:
    return {f"place_{number}": value for number, value in enumerate(place)}


def _found(query: Select[Any], values: Mapping[str, Any]) -> list[Any]:
    """Return the rows: entities when the query asks for one, named tuples when it asks for columns (much cheaper)."""
    if len(query.column_descriptions) == 1:
        return list(session.scalars(query, values).unique())
    session.flush()
    return list(session.connection().execute(query, values).all())


def _encode(row: Any, keys: Sequence[InstrumentedAttribute[Any]], backwards: bool, of: Reader) -> str:
    values = [str(of(row, k)) for k in keys]
    return base64.urlsafe_b64encode(json.dumps([backwards, *values]).encode()).decode()


def _decode(cursor: str | None, keys: Sequence[InstrumentedAttribute[Any]]) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        backwards, *texts = json.loads(base64.urlsafe_b64decode(cursor))
        values = [_READERS.get(k.type.python_type, str)(_plain(t)) for k, t in zip(keys, texts, strict=True)]
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return False, None
    return bool(backwards), values


def _plain(text: Any) -> str:
    if not isinstance(text, str) or "\0" in text:
        raise ValueError("this is no place in a list")
    return text


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or amount.adjusted() > LARGEST_AMOUNT:
        raise ValueError("this is no amount of a list")
    return amount


_READERS: dict[type, Callable[[str], Any]] = {
    UUID: UUID, int: int, Decimal: _amount, datetime: datetime.fromisoformat, date: date.fromisoformat,
}
