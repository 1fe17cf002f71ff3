"""`flask cfdi pdf`: a document as on paper. Apart from the other commands, for it brings a typesetter."""

import sys
from pathlib import Path

import click

from portal.cfdi import describe
from portal.cfdi.check import judge
from portal.cfdi.model import Unreadable
from portal.cfdi.trust import TrustStore
from portal.core.clock import now
from portal.documents import cfdi_pdf


@click.command("pdf")
@click.option("--lang", type=click.Choice(["es", "en"]), default="es", help="Language: es (default) or en.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it.")
@click.argument("path", type=click.Path(exists=True, path_type=Path, dir_okay=False))
def pdf_command(lang: str, output: Path | None, path: Path) -> None:
    """Write the PDF of a CFDI beside it (or to --output)."""
    report = judge(path.read_bytes(), TrustStore.production(), at=now())
    if report.document is None:
        click.echo("\n".join(f.title(lang) for f in report.findings), err=True)
        sys.exit(1)
    try:
        printed = cfdi_pdf.render(report.document, language=lang)
    except Unreadable as problem:  # it has no place on paper: the reasons are in `flask cfdi check`
        click.echo(describe.plain(f"{describe.words(lang)['unreadable']}: {problem}"), err=True)
        sys.exit(1)
    target = output or path.with_suffix(".pdf")
    target.write_bytes(printed)
    click.echo(str(target))
