"""Strangers' PDFs and pictures: what is found in them, how they are redrawn, and what the hostile ones get."""

import io
import time

import pytest
from PIL import Image

from portal.documents import reading
from portal.documents.problems import SENTENCES, Refused

from . import hostile


def refusal(act, *given, **options):
    with pytest.raises(Refused) as refused:
        act(*given, **options)
    return refused.value.code


def test_facts_of_a_plain_pdf():
    facts = reading.inspect_pdf(hostile.PLAIN)
    assert (facts.pages, facts.flags, facts.attachments, facts.repaired) == (2, (), (), False)


@pytest.mark.parametrize(
    ("data", "flags"),
    [
        (hostile.with_open_action("JavaScript", JS="app.alert(1)"), ("javascript", "open_action")),
        (hostile.with_open_action("Launch", F="cmd.exe"), ("launch", "open_action")),
        (hostile.with_open_action("SubmitForm", F="https://example.org"), ("open_action", "submit_form")),
        (hostile.with_open_action("GoTo", D="first"), ()),
        (hostile.with_nested_javascript(), ("javascript",)),
        (hostile.with_attachment(), ("embedded_files",)),
        (hostile.with_xfa(), ("xfa",)),
        (hostile.changed(lambda pdf: setattr(pdf.Root, "AA", hostile.pikepdf.Dictionary())), ()),
        (
            hostile.changed(lambda pdf: setattr(pdf.Root, "AA", hostile.pikepdf.Dictionary(WC=hostile.action("URI")))),
            ("additional_actions",),
        ),
        (hostile.with_open_action("GoTo", D="first", Next=hostile.action("URI")), ("open_action",)),
        (
            hostile.changed(
                lambda pdf: setattr(
                    pdf.pages[0].obj,
                    "Annots",
                    hostile.pikepdf.Array([hostile.pikepdf.Dictionary(Subtype=hostile.pikepdf.Name.RichMedia)]),
                )
            ),
            ("rich_media",),
        ),
        (hostile.changed(lambda pdf: setattr(pdf.Root, "OpenAction", hostile.pikepdf.Array([pdf.pages[0].obj]))), ()),
    ],
)
def test_active_contents_are_found_wherever_they_are(data, flags):
    assert reading.inspect_pdf(data).flags == flags


def test_attachments_are_named():
    assert reading.inspect_pdf(hostile.with_attachment()).attachments == ("factura.xml",)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (hostile.encrypted(), "pdf.encrypted"),
        (hostile.encrypted(user="secreto"), "pdf.encrypted"),
        (hostile.of_pages(0), "pdf.no_pages"),
        (b"<script>alert(1)</script>" + hostile.PLAIN, "file.unreadable"),
        (b"\n" + hostile.PLAIN, "file.unreadable"),
        (hostile.PLAIN + b"PK\x03\x04" + b"x" * 5000, "file.unreadable"),
        (hostile.PLAIN[: len(hostile.PLAIN) // 2], "file.unreadable"),
        (hostile.PLAIN[:-30], "file.unreadable"),
        (b"%PDF-1.7\n%%EOF", "file.unreadable"),
        (b"%PDF-1.7\n" + b"\xff" * 1000 + b"\n%%EOF", "file.unreadable"),
        (b"", "file.unreadable"),
    ],
)
def test_what_cannot_be_opened(data, code):
    assert refusal(reading.inspect_pdf, data) == code


def test_ten_thousand_pages():
    data = hostile.of_pages(10_000)
    started = time.monotonic()
    assert refusal(reading.inspect_pdf, data) == "pdf.too_many_pages"
    assert len(reading.render_preview(data, max_pages=2, width=50)) == 2
    assert time.monotonic() - started < 15


def test_text_comes_page_by_page():
    text = reading.pdf_text(hostile.PLAIN)
    assert text.index("Factura A-15") < text.index("1,234.50 MXN") < text.index("Dos")
    assert "Dos" not in reading.pdf_text(hostile.PLAIN, max_pages=1)


def test_a_preview_is_a_png_of_the_asked_width():
    pictures = [Image.open(io.BytesIO(data)) for data in reading.render_preview(hostile.PLAIN, width=500)]
    assert [(picture.format, picture.size) for picture in pictures] == [("PNG", (500, 400))] * 2
    assert pictures[0].convert("L").getextrema()[0] < 60 < 250 < pictures[0].convert("L").getextrema()[1]
    assert len(reading.render_preview(hostile.PLAIN, max_pages=1)) == 1


@pytest.mark.parametrize("size", [(14_400, 14_400), (14_400, 1), (1, 14_400), (0.1, 0.1), (3, 14_400), (600, 3_000)])
def test_pages_of_any_size_give_a_bounded_picture(size):
    picture = Image.open(io.BytesIO(reading.render_preview(hostile.of_size(*size), width=1200)[0]))
    assert picture.width * picture.height <= 4_100_000
    assert max(picture.size) <= 10_001 and min(picture.size) >= 1


def test_a_page_that_never_ends_is_too_heavy_and_we_live():
    data = hostile.endless_drawing()
    started = time.monotonic()
    with pytest.raises(Refused) as refused:
        reading.box.run("pdf.render", data, seconds=1.5)
    assert refused.value.code == "file.too_heavy"
    assert time.monotonic() - started < 12
    assert reading.inspect_pdf(hostile.PLAIN).pages == 2


def test_a_stream_that_unpacks_to_gigabytes():
    data = hostile.with_content(b" " * 300_000_000)
    assert len(data) < 400_000
    try:
        pictures = reading.render_preview(data)
        assert len(pictures) == 1
    except Refused as refused:
        assert refused.code in ("file.too_heavy", "file.unreadable")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_facts_of_a_picture(kind):
    facts = reading.inspect_image(hostile.picture(kind))
    assert (facts.format, facts.width, facts.height) == (kind.lower(), 60, 40)


def test_a_picture_is_redrawn_upright_smaller_and_without_its_metadata():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "a secret place"
    source = hostile.picture("JPEG", size=(400, 200), exif=exif)
    assert b"a secret place" in source
    redrawn = reading.image_preview(source, width=100)
    picture = Image.open(io.BytesIO(redrawn))
    assert (picture.format, picture.size) == ("PNG", (100, 200))
    assert b"a secret place" not in redrawn and not picture.getexif()


def test_transparency_becomes_white():
    target = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(target, "PNG")
    picture = Image.open(io.BytesIO(reading.image_preview(target.getvalue())))
    assert picture.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (hostile.png_claiming(60_000, 60_000), "image.too_large"),
        (hostile.png_claiming(100, 100), "file.unreadable"),
        (hostile.picture("JPEG", size=(300, 300), colour="blue")[:400], "file.unreadable"),
        (hostile.picture("GIF"), "file.unreadable"),
        (hostile.picture("BMP"), "file.unreadable"),
        (b"\x89PNG\r\n\x1a\n", "file.unreadable"),
        (b"", "file.unreadable"),
    ],
)
def test_pictures_that_cannot_be_opened(data, code):
    assert refusal(reading.inspect_image, data) == code
    assert refusal(reading.image_preview, data) == code


def test_every_sentence_speaks_both_languages():
    for code, sentence in SENTENCES.items():
        assert sentence["es"].strip() and sentence["en"].strip() and sentence["es"] != sentence["en"], code
        placeholders = [sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in sentence.values()]
        assert placeholders[0] == placeholders[1], code
