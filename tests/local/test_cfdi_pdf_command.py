"""`flask cfdi pdf`: a PDF beside the document, or a reason; never a traceback."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.local.cfdi_pdf_command import pdf_command
from tests.cfdi.conftest import unsealed


def printed(tmp_path: Path, data: bytes, *options: str) -> tuple[int, str, Path]:
    """Exit code, what was said and where the PDF would be."""
    path = tmp_path / "factura.xml"
    path.write_bytes(data)
    result = CliRunner().invoke(pdf_command, [*options, str(path)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output, path.with_suffix(".pdf")


def test_it_is_written_beside_the_document_or_where_it_is_asked(tmp_path: Path) -> None:
    code, said, beside = printed(tmp_path, unsealed())
    assert (code, said.strip()) == (0, str(beside))
    assert beside.read_bytes().startswith(b"%PDF-")
    other = tmp_path / "otro.pdf"
    assert printed(tmp_path, unsealed(), "--output", str(other))[:2] == (0, f"{other}\n")
    assert other.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("lang", "data", "expected"),
    [
        ("es", b"<html/>", "El archivo es una página web"),
        ("en", b"%PDF-1.7", "The file is a PDF"),
        ("es", unsealed().replace(b'Fecha="2026', b'Fecha="ayer 2026'), "no se puede leer completo: ayer 2026"),
        ("en", unsealed().replace(b"ValorUnitario=", b"valorUnitario="), "cannot be read in full: ValorUnitario"),
    ],
)
def test_what_cannot_be_read_has_a_reason_and_no_pdf(tmp_path: Path, lang: str, data: bytes, expected: str) -> None:
    code, said, beside = printed(tmp_path, data, "--lang", lang)
    assert code == 1 and expected in said
    assert not beside.exists()
