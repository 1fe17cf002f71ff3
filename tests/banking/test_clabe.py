"""CLABE: every verdict, its sentence, and agreement with an independent implementation."""

import clabe as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.banking.banks import BANKS, FORMER
from portal.banking.clabe import bank_name, check, check_digit, mask, normalise
from portal.banking.problems import SENTENCES, Level

GOOD = "032180000118359719"
DIGITS = st.text("0123456789", min_size=17, max_size=17)


def codes(text):
    return [problem.code for problem in check(text).problems]


@given(DIGITS)
def test_the_check_digit_agrees_with_the_oracle(first):
    assert check_digit(first) == oracle.compute_control_digit(first)


@given(st.sampled_from(sorted(BANKS)), st.text("0123456789", min_size=15, max_size=15))
def test_the_verdict_agrees_with_the_oracle(bank, rest):
    assert check(bank + rest).ok == oracle.validate_clabe(bank + rest)


@given(DIGITS, st.integers(0, 16), st.integers(1, 9))
def test_every_single_mistyped_digit_is_found(first, place, by):
    number = first + check_digit(first)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert codes(wrong) == ["clabe.check_digit"]


@given(st.text(max_size=40))
def test_no_text_makes_it_fail(text):
    checked = check(text)
    assert checked.ok or checked.problems[0].say("es")


def test_every_bank_of_the_oracle_is_known():
    assert set(oracle.BANKS) <= set(BANKS)
    assert not set(BANKS) & set(FORMER)
    assert all(len(code) == 3 and code.isdigit() for code in (*BANKS, *FORMER))


@pytest.mark.parametrize(
    ("code", "name"), [("012", "BBVA México"), ("646", "STP"), ("638", "Nu México"), ("131", "Banco Famsa")]
)
def test_bank_names(code, name):
    assert bank_name(code + "0" * 15) == name


@pytest.mark.parametrize(
    "text",
    [
        "0021 8000 0118 3597 10",
        "002-180-00011835971-0",
        "002180000118359710\u200b",
        "００２１８０００011835971０",
        "\t002180000118359710\n",
        "002.180.00011835971.0",
        "002\u00a0180000118359710",
    ],
)
def test_blanks_and_hyphens_do_no_harm(text):
    checked = check(text)
    assert (checked.ok, checked.number, checked.bank, checked.problems) == (True, "002180000118359710", "Banamex", ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "clabe.empty"),
        (" - ", "clabe.empty"),
        ("00218000011835971X", "clabe.characters"),
        ("٠٠٢١٨٠٠٠٠١١٨٣٥٩٧١٨", "clabe.characters"),
        ("00218000011835971", "clabe.length"),
        ("5555555555554444", "clabe.length"),
        ("0021800001183597108", "clabe.length"),
        ("002180000118359719", "clabe.check_digit"),
        ("0" * 18, "clabe.check_digit"),
    ],
)
def test_errors(text, code):
    checked = check(text)
    assert not checked.ok and [problem.code for problem in checked.problems] == [code]


def test_the_length_that_was_typed_is_told():
    problem = check("5555 5555 5555 4444").problems[0]
    assert "escribiste 16" in problem.say("es") and "you typed 16" in problem.say("en")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_right_check_digit_is_not_told(language):
    sentence = check("002180000118359719").problems[0].say(language)
    assert not any(character.isdigit() for character in sentence)


def test_an_unknown_bank_is_a_warning():
    number = "999" + "18000011835971"
    checked = check(number + check_digit(number))
    assert checked.ok and checked.bank is None
    assert [(p.code, p.level) for p in checked.problems] == [("clabe.unknown_bank", Level.WARNING)]
    assert "999" in checked.problems[0].say("en")


def test_a_former_bank_is_a_warning_with_its_name():
    checked = check(GOOD)
    assert checked.ok and checked.bank == "IXE"
    assert "IXE ya no recibe" in checked.problems[0].say("es-MX")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("002180000118359710", "•••• 9710"),
        ("0021 8000 0118 3597 10", "•••• 9710"),
        ("DE89370400440532013000", "•••• 3000"),
        ("12345678", "•••• 5678"),
        ("1234567", "••••"),
        ("1234", "••••"),
        ("", "••••"),
    ],
)
def test_mask(number, shown):
    assert mask(number) == shown


def test_normalise_is_stable():
    assert normalise(normalise("de89-3704 0044")) == "DE8937040044"


def test_every_sentence_speaks_both_languages():
    for code, sentence in SENTENCES.items():
        assert set(sentence) == {"es", "en"}, code
        assert sentence["es"].strip() and sentence["en"].strip() and sentence["es"] != sentence["en"], code
        placeholders = [sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in sentence.values()]
        assert placeholders[0] == placeholders[1], code
