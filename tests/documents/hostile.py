"""Files made to hurt, and plain ones to compare with. Made here, so that no foreign file lies in the repository."""

import io
import zlib

import pikepdf
import typst
from PIL import Image

PLAIN = typst.compile(b"#set page(width: 10cm, height: 8cm)\n= Factura A-15\nTotal 1,234.50 MXN\n#pagebreak()\nDos")


def saved(pdf, **options):
    """The bytes of a pikepdf document."""
    target = io.BytesIO()
    pdf.save(target, **options)
    return target.getvalue()


def changed(change, **options):
    """PLAIN after `change(pdf)`."""
    with pikepdf.open(io.BytesIO(PLAIN)) as pdf:
        change(pdf)
        return saved(pdf, **options)


def action(kind, **more):
    """An action dictionary written directly where it is used."""
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def with_open_action(kind="JavaScript", **more):
    """A document that does something as it opens."""

    def change(pdf):
        pdf.Root.OpenAction = action(kind, **more)

    return changed(change)


def with_nested_javascript():
    """JavaScript as a direct object, three dictionaries deep in a page's annotation, in a compressed object stream."""

    def change(pdf):
        button = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            Rect=[0, 0, 9, 9],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, Next=pikepdf.Array([action("JavaScript", JS="app.alert(1)")])),
        )
        pdf.pages[0].Annots = pikepdf.Array([button])

    return changed(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def with_attachment():
    """A document that carries another file."""

    def change(pdf):
        pdf.attachments["factura.xml"] = pikepdf.AttachedFileSpec(pdf, b"<x/>", filename="factura.xml")

    return changed(change)


def with_xfa():
    """A form of the kind that only one reader shows."""

    def change(pdf):
        pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=pikepdf.Array())

    return changed(change)


def encrypted(user=""):
    """With an owner's password only, or with one that is needed to open it."""
    return changed(lambda pdf: None, encryption=pikepdf.Encryption(owner="dueño", user=user))


def of_pages(count):
    """A document of `count` empty pages."""
    pdf = pikepdf.new()
    for _ in range(count):
        pdf.add_blank_page(page_size=(200, 200))
    return saved(pdf)


def of_size(width, height):
    """One page of a size in points."""
    pdf = pikepdf.new()
    pdf.add_blank_page().MediaBox = pikepdf.Array([0, 0, width, height])
    return saved(pdf)


def with_content(content, width=200, height=200):
    """One page drawn by `content`."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(width, height))
    page.Contents = pdf.make_stream(content)
    return saved(pdf, compress_streams=True)


def endless_drawing():
    """A page whose forms draw each other: ten to the ninth squares."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    inner = pdf.make_stream(
        b"0 0 100 100 re f " * 10, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 200, 200]
    )
    for _ in range(9):
        inner = pdf.make_stream(
            b"/F Do " * 10,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 200, 200],
            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner)),
        )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
    page.Contents = pdf.make_stream(b"/F Do")
    return saved(pdf)


def picture(kind="PNG", size=(60, 40), colour="red", **options):
    """A plain picture."""
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, kind, **options)
    return target.getvalue()


def png_claiming(width, height):
    """A PNG whose header promises a size that its few bytes of data do not have."""

    def chunk(kind, body):
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")
