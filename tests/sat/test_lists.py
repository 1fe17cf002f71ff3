"""SAT's lists as SAT writes them, and every way in which a file may not be whole."""
from datetime import date
from decimal import Decimal

import pytest

from portal.sat.kinds import Kind
from portal.sat.lists import Entry, Reading, Refused, Situation, normalise
from tests.sat.papers import efos, rfc, row, sat_bytes

GOOD = efos([row(1, "AAA010101AA1"), row(2, "ÑAA010101AA2", "Presunto"), row(5, "&AA010101AA3")])
FIRM = "RFC,RAZON SOCIAL,TIPO PERSONA,SUPUESTO,FECHA DE PRIMERA PUBLICACION,ENTIDAD FEDERATIVA\r\n"


def read(text: str | bytes, kind: Kind = Kind.EFOS) -> list[Entry]:
    return list(Reading(kind, text if isinstance(text, bytes) else sat_bytes(text)))


@pytest.mark.parametrize(("written", "situation"), [
    ("Presunto", Situation.PRESUMED), ("DEFINITIVO ", Situation.DEFINITIVE), ("Desvirtuado", Situation.CLEARED),
    ("Sentencia  Favorable", Situation.FAVOURABLE_RULING), ("Otra", Situation.UNKNOWN), ("", Situation.UNKNOWN),
    ("unknown", Situation.UNKNOWN), ("listed", Situation.UNKNOWN),
])
def test_situations(written: str, situation: Situation) -> None:
    (entry,) = read(efos([row(1, " ñaa010101-aa1 ", written, "Peña, \nS.A.")]))
    assert (entry.rfc, entry.name, entry.situation) == ("ÑAA010101AA1", "Peña, S.A.", situation)
    assert entry.written == " ".join(written.split())


def test_the_day_of_the_list_and_its_counts() -> None:
    reading = Reading(Kind.EFOS, sat_bytes(efos([row(1, "AAA010101AA1"), row(2, "XXXXXXXXXXXX"), row(3, "AAA01"),
                                                 row(9, "")])))
    assert reading.listed_on == date(2026, 5, 31)
    assert [entry.rfc for entry in reading] == ["AAA010101AA1"]
    assert (reading.rows, reading.suppressed, reading.unreadable) == (4, 1, 2)
    assert Reading(Kind.EFOS, sat_bytes(efos([], "1 de setiembre del 2025"))).listed_on == date(2025, 9, 1)
    assert Reading(Kind.EFOS, sat_bytes(efos([], "31 de junio de 2026"))).listed_on is None


@pytest.mark.parametrize(("published", "since"), [
    ({"Definitivo": ("18/03/2019", "23/10/2018")}, date(2018, 10, 23)),  # the DOF counts
    ({"Definitivo": ("18/03/2019", "44014")}, date(2019, 3, 18)),  # a spreadsheet's number: SAT's page is left
    ({"Definitivo": ("", "20/06/2022 - 13/05/2021")}, date(2021, 5, 13)),  # published twice: it began with the first
    ({"Definitivo": ("", "1/5/17")}, date(2017, 5, 1)),
    ({"Presunto": ("01/06/2018", "25/06/2018")}, None),  # another situation's date is not this one's
    ({"Definitivo": ("31/02/2019", "99/99/2019")}, None),
])
def test_since_when(published: dict[str, tuple[str, str]], since: date | None) -> None:
    (entry,) = read(efos([row(1, "AAA010101AA1", "Definitivo", **published)]))
    assert entry.since == since
    assert all(value in entry.cells.values() for pair in published.values() for value in pair if value)


def test_a_favourable_ruling_has_its_own_date() -> None:
    (entry,) = read(efos([row(1, "AAA010101AA1", "Sentencia Favorable", Definitivo=("28/09/2018", "23/10/2018"),
                              Sentencia_Favorable=("05/03/2019", "16/04/2019"))]))
    assert entry.since == date(2019, 4, 16)


@pytest.mark.parametrize("data", [
    sat_bytes(GOOD), GOOD.encode("utf-8-sig"), GOOD.encode(), sat_bytes(GOOD.replace("No,RFC", "No.,RFC")),
    sat_bytes(GOOD.replace("\r\n", "\n")),
    sat_bytes(GOOD.replace("EMPRESA,", "EMPRESA Í\u00a0,")).replace(b"\xa0", b"\x8d"),
])
def test_encodings_that_sat_uses(data: bytes) -> None:
    assert [entry.rfc for entry in read(data)] == ["AAA010101AA1", "ÑAA010101AA2", "&AA010101AA3"]


@pytest.mark.parametrize(("damage", "why"), [
    (lambda data: b"", "last row is cut"),
    (lambda data: b"<!DOCTYPE html><html>RFC</html>\n", "web page"),
    (lambda data: data.decode("cp1252").encode("utf-16"), "encoding"),
    (lambda data: b"\xef\xbb\xbf" + data, "UTF-8"),
    (lambda data: data.replace(b"EMPRESA", b"\x81\x8d\x8f\x90"), "12 bytes"),
    (lambda data: data.replace(b"RFC", b"CURP"), "titles"),
    (lambda data: data.replace(b"Situaci", b"Estado"), "no column for situation"),
    (lambda data: data.replace(b"No,RFC", b"X,RFC"), "no column for no"),
    (lambda data: data[: data.index(b"AA010101AA3")], "last row is cut"),
    (lambda data: data[: data.index(b"AA010101AA3") + 11] + b"\r\n", "cells"),
    (lambda data: data.replace(b'"EMPRESA, S.A.",Presunto', b'"EMPRESA, S.A.,Presunto'), "quotation"),
    (lambda data: data.replace(b"5,&AA", b"2,&AA"), "row 3 is number '2', after 2"),
    (lambda data: data.replace(b"5,&AA", b"x,&AA"), "row 3 is number 'x'"),
    (lambda data: data[: data.index(b"1,AAA")], "no rows"),
    (lambda data: data.replace(b"EMPRESA", b"E" * 3000), "quotation"),
    (lambda data: data.replace(b"EMPRESA", b"E" * 200_000), "not a list"),
    (lambda data: data.replace(b"EMPRESA", b"EMP\0RESA"), "encoding"),
    (lambda data: data.replace(b"5,&AA", b"\xb2,&AA"), "row 3"),
])
def test_a_file_that_is_not_whole_is_refused(damage, why: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused, match=why):
        read(damage(sat_bytes(GOOD)))


def test_many_rows_without_an_rfc_are_another_file() -> None:
    assert len(read(efos([row(n, "AAA01" if n < 21 else rfc(n)) for n in range(1, 101)]))) == 80
    with pytest.raises(Refused, match="21 of 100"):
        read(efos([row(n, "AAA01" if n < 22 else rfc(n)) for n in range(1, 101)]))


def test_a_row_with_a_cell_too_many_still_names_somebody() -> None:
    loose = GOOD.replace('5,&AA010101AA3,"EMPRESA, S.A."', "5,&AA010101AA3,EMPRESA, S.A.")
    reading = Reading(Kind.EFOS, sat_bytes(loose))
    entry = list(reading)[-1]
    assert (entry.rfc, entry.situation, entry.since) == ("&AA010101AA3", Situation.UNKNOWN, None)
    assert reading.unreadable == 1


def test_credits_of_article_69() -> None:
    first, second = read(FIRM + "AAA010101AA1,UNO SA,M,FIRMES,01/01/2014,CIUDAD DE MÉXICO\r\n"
                                "AAAA010101AA1,PEÑA,F,,no,\r\n,,,,,\r\n", Kind.FIRM)
    assert (first.situation, first.written, first.since) == (Situation.LISTED, "FIRMES", date(2014, 1, 1))
    assert first.cells == {"tipo persona": "M", "entidad federativa": "CIUDAD DE MÉXICO"}
    assert (second.situation, second.written, second.since) == (Situation.LISTED, "", None)


def test_cancelled_credits_have_amounts() -> None:
    text = ("RFC,RAZON SOCIAL,TIPO PERSONA,SUPUESTO,FECHA DE CANCELACION,MONTO ,FECHA DE PUBLICACION,ENTIDAD FEDERATIVA"
            '\r\nAAA010101AA1,UNO,M,CANCELADOS,28/05/2019,"1,390,273",20/08/2019,X\r\n'
            "AAA010101AA1,UNO,M,CANCELADOS,28/05/2019,-,20/08/2019,X\r\n")
    first, second = read(text, Kind.CANCELLED)
    assert (first.amount, first.since) == (Decimal(1390273), date(2019, 8, 20))
    assert first.cells["fecha de cancelacion"] == "28/05/2019"
    assert second.amount is None


@pytest.mark.parametrize(("kind", "titles", "cells"), [
    (Kind.RULINGS, "RFC,RAZÓN SOCIAL,TIPO PERSONA,SUPUESTO,FECHAS DE PRIMERA PUBLICACION,ENTIDAD FEDERATIVA",
     "AAA010101AA1,UNO,M,SENTENCIAS,20/08/2019,X"),
    (Kind.PUBLIC_BODIES, "RFC,RAZON SOCIAL,SUPUESTO,EJERCICIO,PERIODO,FECHA DE PRIMERA PUBLICACION",
     "AAA010101AA1,UNO,ENTES,2018,1,20/08/2019"),
    (Kind.SEALS, "RFC,NOMBRE O RAZON SOCIAL,SUPUESTO DE CANCELACION CSD,FECHA DE PRIMERA PUBLICACION",
     "AAA010101AA1,UNO,FRACCION X,20/08/2019"),
])
def test_each_list_has_its_own_titles(kind: Kind, titles: str, cells: str) -> None:
    (entry,) = read(f"{titles}\r\n{cells}\r\n", kind)
    assert (entry.name, entry.since) == ("UNO", date(2019, 8, 20)) and entry.written in cells


def test_one_list_is_not_another() -> None:
    with pytest.raises(Refused, match="date, situation"):
        read(GOOD, Kind.FIRM)
    with pytest.raises(Refused, match="no column"):
        read(FIRM + "AAA010101AA1,UNO SA,M,FIRMES,01/01/2014,X\r\n")


def test_an_rfc_however_it_is_typed() -> None:
    assert normalise(" ñaa-010101 aa.1\u00a0") == "ÑAA010101AA1"
