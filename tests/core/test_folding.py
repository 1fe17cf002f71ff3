"""Words as people compare them."""
import pytest

from portal.core.folding import among, fold


@pytest.mark.parametrize(("typed", "folded"), [
    ("  Ferretería ÁGUILA ", "ferreteria aguila"), ("Ñandú", "nandu"), ("", "")])
def test_case_accents_and_spaces_around_do_not_count(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_a_word_is_found_however_it_was_typed() -> None:
    assert among("logística ", ["Oficina", "LOGISTICA"]) and not among("logística", ["Oficina"])
    assert not among("", ["Oficina"])
