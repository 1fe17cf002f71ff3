"""The 69-B list as SAT writes it."""
import pytest

from portal.sat.lists import Listing, Situation, parse

HEAD = "Información actualizada al 31 de octubre\r\nListado completo\r\nNo,RFC,Nombre,Situación,Fecha,Oficio\r\n"


def lines(text: str) -> list[bytes]:
    return text.encode("windows-1252").splitlines(keepends=True)


@pytest.mark.parametrize(("written", "situation"), [
    ("Presunto", Situation.PRESUMED), ("DEFINITIVO ", Situation.DEFINITIVE), ("Desvirtuado", Situation.CLEARED),
    ("Sentencia Favorable", Situation.FAVOURABLE_RULING), ("Otra", Situation.UNKNOWN), ("unknown", Situation.UNKNOWN),
])
def test_an_entry(written: str, situation: Situation) -> None:
    listing = Listing(parse(lines(f'{HEAD}1, ñaa010101aaa ,"Peña, S.A.",{written},01/02/2020,500-05\r\n')))
    (entry,) = listing.of("ÑAA 010101AAA")
    assert (entry.situation, entry.written, entry.name) == (situation, written.strip(), "Peña, S.A.")
    assert entry.details == (("Fecha", "01/02/2020"), ("Oficio", "500-05"))
    assert listing.of("XAXX010101000") == ()


def test_no_list_is_not_a_clean_one() -> None:
    with pytest.raises(ValueError, match="header"):
        list(parse(lines("<html>no</html>")))
    with pytest.raises(ValueError, match="no RFC"):
        Listing(()).of(" ")
