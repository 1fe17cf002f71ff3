"""Foreign accounts: BIC, IBAN, ABA and free numbers, each with the problem that can be mended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.banking.foreign import check_aba, check_account, check_bic, check_iban

IBANS = [
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
    "ES9121000418450200051332",
    "CR05015202001026284066",
    "BR1800360305000010009795493C1",
    "nl91abna0417164300",
]


def code(checked):
    return checked.problems[0].code if checked.problems else None


@pytest.mark.parametrize("text", IBANS)
def test_good_ibans(text):
    checked = check_iban(text)
    assert checked.ok and checked.number == text.replace(" ", "").upper()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "iban.empty"),
        ("3704 0044", "iban.format"),
        ("D189370400440532013000", "iban.format"),
        ("DE89 3704 0044 0532 0130 01", "iban.check_digits"),
        ("DE89370400440532013", "iban.length"),
        ("GB29NWB160161331926819", "iban.length"),
        ("MX89370400440532013000", "iban.country"),
        ("US64SVBKUS6S3300958879", "iban.country"),
        # right modulo 97, wrong by Spain's own check digits
        ("ES2121000418460200051332", "iban.check_digits"),
        ("DE893704004405320130٠٠", "iban.format"),
    ],
)
def test_bad_ibans(text, expected):
    checked = check_iban(text)
    assert not checked.ok and code(checked) == expected
    assert checked.problems[0].say("es") != checked.problems[0].say("en")


@pytest.mark.parametrize("text", IBANS)
@given(data=st.data())
def test_every_single_mistyped_character_of_an_iban_is_found(text, data):
    number = check_iban(text).number
    place = data.draw(st.integers(0, len(number) - 1))
    alike = "0123456789" if number[place].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    other = data.draw(st.sampled_from(alike).filter(lambda c: c != number[place]))
    assert not check_iban(number[:place] + other + number[place + 1 :]).ok


@pytest.mark.parametrize("text", ["BOFAUS3N", "bofaus3nxxx", "DEUT DE FF", "ABCDXK22"])
def test_good_bics(text):
    assert check_bic(text).ok


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "bic.empty"),
        ("BOFA", "bic.format"),
        ("BOFAUS3NXX", "bic.format"),
        ("B0FAUS3N", "bic.format"),
        ("BÓFAUS3N", "bic.format"),
        ("BOFAZZ3N", "bic.country"),
    ],
)
def test_bad_bics(text, expected):
    assert code(check_bic(text)) == expected


def test_the_bic_sentence_names_the_letters():
    assert "“ZZ”" in check_bic("BOFAZZ3N").problems[0].say("en")


@pytest.mark.parametrize("text", ["021000021", "0260-0959-3", "111000025"])
def test_good_aba(text):
    assert check_aba(text).ok


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "aba.empty"),
        ("02100002", "aba.format"),
        ("02100002A", "aba.format"),
        ("٠٢١٠٠٠٠٢١", "aba.format"),
        ("021000022", "aba.check_digit"),
        ("000000000", "aba.check_digit"),
    ],
)
def test_bad_aba(text, expected):
    assert code(check_aba(text)) == expected


def test_free_account_numbers():
    assert check_account("00-1234 567").number == "001234567"
    assert code(check_account(" ")) == "account.empty"
    assert code(check_account("123")) == "account.format"
    assert code(check_account("1" * 35)) == "account.format"
    assert code(check_account("12345'; --")) == "account.format"


@given(st.text(max_size=40))
def test_no_text_makes_them_fail(text):
    for checker in (check_iban, check_bic, check_aba, check_account):
        checked = checker(text)
        assert checked.ok or checked.problems[0].say("en")
