"""The remittance: everything on it, accessible, quick, and deaf to what a supplier's words try to say."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pikepdf
import pytest

from portal.documents import reading, typesetting
from portal.documents.remittance import WORDS, PaidInvoice, Party, Remittance, render

UUID = "C2832671-DA6D-11EF-A83D-00155D012007"


def invoice(number=1, currency="MXN"):
    return PaidInvoice(
        f"A-{number}",
        UUID.lower(),
        date(2026, 10, 7),
        Decimal("12345.67"),
        Decimal("10000.00"),
        Decimal("2345.67"),
        currency,
    )


PAYMENT = Remittance(
    payer=Party("Comercializadora del Norte", "CNO101010AB1", ("Av. Insurgentes Sur 1234",)),
    payee=Party("Ferretería La Ñandú", "FNA980706QW3"),
    number="PAGO-2026-00123",
    date=date(2026, 11, 26),
    method="Transferencia electrónica",
    amount=Decimal("10000.00"),
    currency="MXN",
    account="•••• 9718",
    invoices=(invoice(),),
    bank="BBVA México",
    reference="2026112640012ABC0000123456789",
)


def text_of(pdf):
    return " ".join(reading.pdf_text(pdf).replace("\u200b", "").split())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ["Aviso de pago", "26 nov 2026", "Página 1 de 1"]),
        ("en-US", ["Remittance advice", "Nov 26, 2026", "Page 1 of 1"]),
    ],
)
def test_everything_is_on_it(language, words):
    text = text_of(render(PAYMENT, language))
    facts = [
        "PAGO-2026-00123",
        "Comercializadora del Norte",
        "CNO101010AB1",
        "Ferretería La Ñandú",
        "FNA980706QW3",
        "Av. Insurgentes Sur 1234",
        "Transferencia electrónica",
        "•••• 9718",
        "BBVA México",
        PAYMENT.reference,
        "A-1",
        UUID,
        "$12,345.67",
        "$10,000.00",
        "$2,345.67",
        "$10,000.00 MXN",
    ]
    for fact in facts + words:
        assert fact in text, fact


def test_the_rep_is_asked_for_only_when_one_is_owed():
    assert "complemento de pago" in text_of(render(PAYMENT))
    assert "complemento de pago" not in text_of(render(replace(PAYMENT, asks_for_rep=False)))


def test_one_that_was_voided_says_so_first_and_asks_for_nothing():
    voided = replace(PAYMENT, voided_on=date(2026, 11, 28), void_reason="El banco devolvió la transferencia.")
    said = text_of(render(voided))
    assert "Este pago fue anulado · 28 nov 2026 No cuenta como pagado" in said
    assert "El banco devolvió la transferencia." in said and "complemento de pago" not in said
    assert said.index("anulado") < said.index("Facturas que cubre")
    assert "This payment was voided · Nov 28, 2026" in text_of(render(voided, "en"))
    assert "anulado" not in text_of(render(PAYMENT))


def test_an_invoice_in_another_currency_says_so():
    text = text_of(render(replace(PAYMENT, invoices=(invoice(currency="USD"),), rate="1 USD = 18.1234 MXN")))
    assert "$12,345.67 USD" in text and "$2,345.67 USD" in text and "1 USD = 18.1234 MXN" in text


@pytest.mark.parametrize("account", ["012180001234567897", "0121 8000 1234", "GB29 NWBK 601613"])
def test_a_whole_account_is_never_printed(account):
    with pytest.raises(ValueError, match="masked"):
        render(replace(PAYMENT, account=account))


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_is_tagged_has_a_language_a_title_and_its_own_faces(language):
    with pikepdf.open(io.BytesIO(render(PAYMENT, language))) as pdf:
        assert pdf.Root.MarkInfo.Marked and "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang).startswith(language)
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
        assert "PAGO-2026-00123" in str(pdf.docinfo["/Title"])
        descriptors = [
            thing
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
        ]
        assert descriptors and all({"/FontFile2", "/FontFile3"} & set(one.keys()) for one in descriptors)
        assert any("Inter" in str(one.FontName) for one in descriptors)


HOSTILE = [
    '#read("/etc/passwd")',
    "*x* $y$ _z_ = h",
    "<img src=file:///etc/passwd>",
    '#import "@preview/x:1.0.0": *',
    "\\u{41} // gone /* too */",
    '"); panic("x',
    "{{ 7*7 }}",
    '[#eval("1+1")]',
    "@ref <label> `raw`",
    "- list + enum / term: x",
    "~ -- --- ... 'q' https://example.org",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_stay_words(words):
    hostile = replace(
        PAYMENT,
        payee=Party(words, words, (words,)),
        note=words,
        reference=words,
        number=words,
        invoices=(replace(invoice(), folio=words),),
    )
    text = text_of(render(hostile))
    assert text.count(words) >= 4
    assert "root:" not in text


def test_reversed_and_invisible_text_is_shown_as_it_is():
    assert "facturafdp.exe" in text_of(render(replace(PAYMENT, note="factura\u202efdp.exe\x00\x07")))


@pytest.mark.parametrize("name", ["株式会社リンゴ", "Ελληνική Εταιρεία", "شركة", "Компания 😀", "Łódź Sp. z o.o."])
def test_letters_of_the_whole_world_give_a_document(name):
    pdf = render(replace(PAYMENT, payee=Party(name, "XEXX010101000")))
    assert reading.inspect_pdf(pdf).pages == 1
    assert "XEXX010101000" in text_of(pdf)


def test_long_words_stay_on_the_page():
    pdf = render(
        replace(
            PAYMENT,
            payee=Party("X" * 200, "Y" * 60),
            reference="Z" * 120,
            invoices=(replace(invoice(), folio="W" * 80),),
        )
    )
    document = reading.pdf_text(pdf).replace("\u200b", "").replace("\n", "").replace(" ", "")
    assert "X" * 150 in document and "W" * 60 in document


def test_sixty_invoices_repeat_their_heading():
    many = replace(PAYMENT, invoices=tuple(invoice(number) for number in range(60)), amount=Decimal("600000.00"))
    pdf = render(many, "en")
    text = text_of(pdf)
    assert reading.inspect_pdf(pdf).pages == 2
    assert text.count("Fiscal folio (UUID)") == 2 and "$600,000.00 MXN" in text and "Page 2 of 2" in text


def test_both_languages_have_the_same_words():
    assert WORDS["es"].keys() == WORDS["en"].keys()
    same = {key for key in WORDS["es"] if WORDS["es"][key] == WORDS["en"][key]}
    assert same == {"total"}


def test_breakable_keeps_the_text():
    assert typesetting.breakable("short words stay") == "short words stay"
    long = "x" * 100
    assert typesetting.breakable(long) != long and typesetting.breakable(long).replace("\u200b", "") == long


def test_idle_decimals_of_a_column_are_not_printed():
    amounts = replace(PAYMENT, amount=Decimal("10000.000000"), invoices=(replace(invoice(), paid=Decimal("0.123400")),))
    text = text_of(render(amounts))
    assert "$10,000.00 MXN" in text and "$0.1234" in text and "$10,000.000" not in text


@pytest.mark.parametrize("bank", ["", "BBVA México"])
@pytest.mark.parametrize("account", ["", "•••• 9718"])
@pytest.mark.parametrize("rate", ["", "18.5000"])
def test_whatever_is_known_of_a_payment_finds_its_place(bank, account, rate):
    """Facts that take two columns go to a row of their own when the one before is not full."""
    assert render(replace(PAYMENT, bank=bank, account=account, rate=rate)).startswith(b"%PDF-")
