"""`flask cfdi check|show` and `flask sat import-certificates`: the core from the command line, without a database."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from werkzeug.utils import import_string

from config.settings import Settings
from portal.cfdi import batch, describe
from portal.cfdi.check import judge
from portal.cfdi.report import Report, Verdict
from portal.cfdi.trust import Imported, Outcome, TrustStore
from portal.core.clock import now
from portal.local.spreading import spread
from portal.local.wiring import trust

Lines = list[str]
Writer = Callable[[str, Report, str], Lines]
EXISTING = click.Path(exists=True, path_type=Path)
LANGUAGE = click.option("--lang", type=click.Choice(["es", "en"]), default="es", show_default=True, help="Language.")
CERTIFICATES = click.option(
    "--sat-certificates", "certificates", type=EXISTING, multiple=True,
    help="More certificates of SAT and PACs (file, folder or ZIP), believed only when they chain to SAT's roots.",
)  # fmt: skip


class _Group(click.Group):
    """Reads `pdf` when it is asked for: it brings a typesetter, which the others need not wait for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands by name."""
        return sorted([*super().list_commands(ctx), "pdf"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name == "pdf":
            found: click.Command = import_string("portal.local.cfdi_pdf_command:pdf_command")
            return found
        return super().get_command(ctx, cmd_name)


@click.group("cfdi", cls=_Group)
def cfdi_commands() -> None:
    """Judge and read CFDI documents."""


@click.group("sat")
def sat_commands() -> None:
    """SAT's certificates, and its lists of taxpayers."""


@cfdi_commands.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--strict", is_flag=True, help="Exit with 1 when any document is rejected.")
@click.option("--unstamped", is_flag=True, help="Judge for emission: documents that are not stamped yet.")
@LANGUAGE
@CERTIFICATES
@click.argument("paths", nargs=-1, required=True, type=EXISTING)
def check_command(
    as_json: bool, strict: bool, unstamped: bool, lang: str, certificates: tuple[Path, ...], paths: tuple[Path, ...]
) -> None:
    """Judge every document in files, folders and ZIP archives: the verdict, what decides it, and how to mend it."""
    judgement = partial(_judged, _store(certificates), not unstamped, _as_json if as_json else _as_text, lang)
    verdicts: Counter[Verdict] = Counter()
    for verdict, lines in spread(judgement, _sources(paths)):
        verdicts[verdict] += 1
        for line in lines:
            _say(line)
    if not as_json:
        _say(_summary(verdicts, lang))
    if strict and verdicts[Verdict.REJECTED]:
        sys.exit(1)


@cfdi_commands.command("show")
@LANGUAGE
@CERTIFICATES
@click.argument("path", type=EXISTING)
def show_command(lang: str, certificates: tuple[Path, ...], path: Path) -> None:
    """Show documents for a person to read: their data, then the whole judgement."""
    store = _store(certificates)
    for source in _sources((path,)):
        report = _report(source, store, stamped=True)
        if report.document is not None:
            for line in describe.document_lines(report.document, lang):
                _say(line)
        for line in describe.report_lines(source.name, report, lang, everything=True):
            _say(line)


@sat_commands.command("import-certificates")
@click.argument("path", type=EXISTING)
def import_command(path: Path) -> None:
    """Import SAT's authorities (pinned, or signed by a pinned one) and PAC certificates that chain to them."""
    folder = Settings.from_env(os.environ).sat_certificates
    imported = TrustStore.production(folder).import_from(path)
    for one in imported:
        _say(_imported_line(one))
    if not any(one.outcome is not Outcome.REFUSED for one in imported):
        raise click.ClickException(f"no certificate of SAT was found in {path}")


def _store(certificates: tuple[Path, ...]) -> TrustStore:
    """What this installation believes, and the certificates given, in memory only."""
    settings = Settings.from_env(os.environ)
    if not (settings.home / "sandbox").is_dir():  # nothing was stamped there, and its keys take a second to make
        settings = replace(settings, demo=False)
    store = trust(settings)
    store.folder = None
    for path in certificates:
        store.import_from(path)
    return store


def _sources(paths: tuple[Path, ...]) -> Iterator[batch.Source]:
    files = batch.files(paths)
    for number, file in enumerate(files):
        _progress(number, len(files))
        yield from batch.sources(file)
    _progress(len(files), len(files))


def _judged(store: TrustStore, stamped: bool, write: Writer, lang: str, source: batch.Source) -> tuple[Verdict, Lines]:
    """One document's verdict and what is said of it: all that another process need hand back."""
    report = _report(source, store, stamped=stamped)
    return report.verdict, write(source.name, report, lang)


def _report(source: batch.Source, store: TrustStore, *, stamped: bool) -> Report:
    return batch.refused(source) if source.problem else judge(source.data, store, at=now(), stamped=stamped)


def _as_json(name: str, report: Report, lang: str) -> Lines:
    line: dict[str, Any] = {"file": name} | report.to_json(lang)
    line.pop("passed")
    return [json.dumps(line, ensure_ascii=False, separators=(",", ":"))]


def _as_text(name: str, report: Report, lang: str) -> Lines:
    return list(describe.report_lines(name, report, lang))


def _say(line: str) -> None:
    """Write a line whatever letters it holds: a file name may not be text, a terminal may not know UTF-8."""
    stream = sys.stdout
    terminal = stream.isatty()
    if terminal and sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")  # the bar, which the next step draws again
        sys.stderr.flush()
    encoding = (stream.encoding or "utf-8") if terminal else "utf-8"
    click.echo(line.encode(encoding, "replace"))


def _progress(done: int, total: int) -> None:
    """A bar on a terminal, drawn at most a hundred times."""
    if total < 20 or not sys.stderr.isatty() or done % max(total // 100, 1):
        return
    filled = 30 * done // total
    sys.stderr.write(f"\r[{'#' * filled}{' ' * (30 - filled)}] {done}/{total}" + ("\n" if done == total else ""))
    sys.stderr.flush()


def _summary(verdicts: "Counter[Verdict]", lang: str) -> str:
    word = describe.words(lang)
    parts = [f"{verdicts[verdict]} {word[verdict.value].lower()}" for verdict in Verdict]
    return f"{sum(verdicts.values())}: " + " · ".join(parts)


def _imported_line(one: Imported) -> str:
    mark = "✗" if one.outcome is Outcome.REFUSED else "✓"
    return describe.plain(f"{mark} {one.outcome.value:<9} {one.number:<20} {_legible(one.name)}  {one.source}")


def _legible(name: str) -> str:
    """A certificate's name as it was meant: SAT's AC6 carries its own written in UTF-8 twice."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name
