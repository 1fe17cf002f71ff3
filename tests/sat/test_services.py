"""Lists are loaded whole or not at all, and "not on it" is said only of a good list, lately seen."""
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError

from portal.core.db import DOOR, Scope, session, transaction
from portal.sat import queries, services
from portal.sat.kinds import Kind
from portal.sat.models import ListState, SatList, SatListEntry
from portal.sat.queries import Said, Standing
from portal.sat.services import Arrived, Loaded, Outcome
from tests.sat.papers import efos, rfc, row, sat_bytes

pytestmark = pytest.mark.usefixtures("ctx")
NOBODY = Scope()  # portal_app, acting for no client at all
BAD, RULED, ELSE = "AAA010101AA1", "BBB010101BB2", "CCC010101CC3"


def listing(rows: int = 10, day: str = "31 de mayo de 2026") -> bytes:
    first = [row(1, BAD, "Definitivo", Definitivo=("", "25/06/2018")),
             row(2, RULED, "Sentencia Favorable", Sentencia_Favorable=("", "16/04/2019"))]
    return sat_bytes(efos(first + [row(n, rfc(n)) for n in range(3, rows + 1)], day))


def load(data: bytes, kind: Kind = Kind.EFOS, *, accept_smaller: bool = False,
         published_at: datetime | None = None) -> Loaded:
    with transaction(DOOR):
        return services.load(Arrived(kind, data, "there", published_at), accept_smaller=accept_smaller)


def standing(rfc: str) -> Standing:
    with transaction(NOBODY):
        return queries.standing([rfc])[rfc]


def count() -> int:
    with transaction(NOBODY):
        return session.scalar(select(func.count()).select_from(SatListEntry)) or 0


def test_nothing_loaded_is_not_checked() -> None:
    assert {word.said for word in standing(ELSE).words} == {Said.UNKNOWN}
    assert len(standing(ELSE).words) == len(Kind)


def test_who_is_on_it_and_who_is_not() -> None:
    assert load(listing(), accept_smaller=True) == Loaded(Outcome.LOADED, 10)
    word = standing(" aaa010101-aa1").efos
    assert (word.said, word.listed_on) == (Said.LISTED, date(2026, 5, 31))
    assert [(one.written, one.since) for one in word.mentions] == [("Definitivo", date(2018, 6, 25))]
    assert standing(RULED).efos.mentions[0].written == "Sentencia Favorable"
    assert standing(ELSE).efos.said is Said.CLEAR
    assert {word.said for word in standing(ELSE).others} == {Said.UNKNOWN}  # the other lists are not loaded


@pytest.mark.parametrize("given", ["", "DE811907980", "XAXX010101000", "xexx010101000", "AAA010101"])
def test_who_has_no_rfc_is_not_checked(given: str) -> None:
    load(listing(), accept_smaller=True)
    assert standing(given).efos.said is Said.UNKNOWN


def test_an_old_list_clears_nobody_and_still_accuses() -> None:
    load(listing(), accept_smaller=True)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        assert standing(ELSE).efos.said is Said.UNKNOWN
        assert standing(BAD).efos.said is Said.LISTED
        assert load(listing()).outcome is Outcome.UNCHANGED  # the same file, seen again, is fresh again
        assert standing(ELSE).efos.said is Said.CLEAR


def test_the_first_list_has_as_many_rows_as_such_a_list_has() -> None:
    loaded = load(listing())
    assert loaded.outcome is Outcome.REFUSED and "10 rows, and such a list has over 7000" in loaded.reason
    assert count() == 0 and standing(ELSE).efos.said is Said.UNKNOWN


@pytest.mark.parametrize(("data", "why"), [
    (listing(7), "7 rows, and the last good one has 10"),
    (listing(12, "30 de abril de 2026"), "of 2026-04-30, and the list of 2026-05-31"),
    (listing(12)[:-60], "the last row is cut"), (b"<html>", "web page"),
])
def test_a_refused_file_leaves_the_good_list(data: bytes, why: str) -> None:
    load(listing(), accept_smaller=True)
    loaded = load(data)
    assert loaded.outcome is Outcome.REFUSED and why in loaded.reason
    assert (count(), standing(BAD).efos.said, standing(ELSE).efos.said) == (10, Said.LISTED, Said.CLEAR)
    with transaction(NOBODY):
        assert [one.problem for one in queries.loaded() if one.state is ListState.REFUSED] == [loaded.reason]
    assert load(listing(12)).outcome is Outcome.LOADED  # what comes good takes its place, and the refusal goes
    with transaction(NOBODY):
        assert [one.state for one in queries.loaded()] == [ListState.CURRENT]


def test_the_good_list_seen_again_is_what_stands() -> None:
    load(listing(), accept_smaller=True)
    load(b"<html>")
    assert load(listing()).outcome is Outcome.UNCHANGED
    with transaction(NOBODY):
        assert [one.state for one in queries.loaded()] == [ListState.CURRENT]


def test_a_new_list_takes_the_place_of_the_old_one() -> None:
    load(listing(), accept_smaller=True)
    without = sat_bytes(efos([row(n, rfc(n)) for n in range(1, 10)], "30 de junio de 2026"))
    assert load(without) == Loaded(Outcome.LOADED, 9)
    assert (count(), standing(BAD).efos.said, standing(BAD).efos.listed_on) == (9, Said.CLEAR, date(2026, 6, 30))
    with transaction(DOOR):
        states = session.execute(select(SatList.state, SatList.original.isnot(None)).order_by(SatList.id)).all()
    assert states == [(ListState.REPLACED, True), (ListState.CURRENT, True)]


def test_a_list_of_article_69_is_of_the_day_that_the_server_says() -> None:
    text = ("RFC,RAZON SOCIAL,TIPO PERSONA,SUPUESTO,FECHA DE PRIMERA PUBLICACION,ENTIDAD FEDERATIVA\r\n"
            f"{BAD},UNO,M,FIRMES,01/01/2014,X\r\n{BAD},UNO,M,FIRMES,01/02/2014,X\r\n")
    load(text.encode(), Kind.FIRM, accept_smaller=True, published_at=datetime(2026, 8, 7, 12, tzinfo=UTC))
    word = standing(BAD).on(Kind.FIRM)
    assert (word.said, word.listed_on) == (Said.LISTED, date(2026, 8, 7))
    assert [one.since for one in word.mentions] == [date(2014, 2, 1), date(2014, 1, 1)]
    assert standing(BAD).efos.said is Said.UNKNOWN
    with transaction(NOBODY):
        details = session.scalar(select(SatListEntry.details).limit(1))
    assert details["name"] == "UNO" and details["cells"]["entidad federativa"] == "X"


def test_many_at_once() -> None:
    load(listing(), accept_smaller=True)
    with transaction(NOBODY):
        found = queries.standing([BAD, ELSE, "?"])
    assert [one.efos.said for one in found.values()] == [Said.LISTED, Said.CLEAR, Said.UNKNOWN]


def test_only_the_door_writes() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction(NOBODY):
        services.load(Arrived(Kind.EFOS, listing(), "there"), accept_smaller=True)
    assert count() == 0


def test_an_amount_is_kept_as_written_in_figures() -> None:
    text = ("RFC,RAZON SOCIAL,TIPO PERSONA,SUPUESTO,FECHA DE CANCELACION,MONTO,FECHA DE PUBLICACION\r\n"
            f'{BAD},"PEÑA ""Ñ""",M,CANCELADOS,28/05/2019,"1,390,273.50",20/08/2019\r\n{ELSE},X,M,C,,,\r\n')
    load(text.encode("windows-1252"), Kind.CANCELLED, accept_smaller=True)
    with transaction(NOBODY):
        details = dict(session.execute(select(SatListEntry.rfc, SatListEntry.details)).tuples().all())
    assert (details[BAD]["amount"], details[BAD]["name"]) == ("1390273.50", 'PEÑA "Ñ"')
    assert "amount" not in details[ELSE]
