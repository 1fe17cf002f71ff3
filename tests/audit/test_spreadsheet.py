"""The trail as CSV: whole, and harmless."""
import csv
from io import StringIO

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.audit.spreadsheet import TRIGGERS, csv_of, safe
from portal.core.i18n import speaking
from tests.audit.samples import events, tell


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\x00=1", "\n@x"])
def test_no_cell_is_a_formula(evil: str) -> None:
    assert safe(evil).startswith("'")


@given(st.text())
def test_no_text_is_a_formula(text: str) -> None:
    assert not safe(text).startswith(TRIGGERS) and not safe(text).lstrip().startswith(TRIGGERS)


def test_harmless_texts_stay_as_they_are() -> None:
    assert [safe(t) for t in ("A-1023", "1,234.56", "Ñandú", "")] == ["A-1023", "1,234.56", "Ñandú", ""]


def test_a_row_says_everything(base: Flask) -> None:
    tell('=cmd|"/C calc"!A1', note="ñ")
    with speaking("es"):
        data = csv_of(events(), "America/Mexico_City")
    assert data.startswith(b"\xef\xbb\xbf")
    head, row = list(csv.reader(StringIO(data.decode("utf-8-sig"))))
    assert len(head) == len(row) == 10
    assert row[1].endswith("+00:00") and row[2] == "Ana Núñez"
    assert row[5] == '\'=cmd|"/C calc"!A1' and '"ñ"' in row[6]
