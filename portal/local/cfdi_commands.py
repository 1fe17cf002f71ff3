"""`flask cfdi check|show` and `flask sat import-certificates`: the core from the command line, without a database."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from config.settings import Settings
from portal.cfdi import batch, describe
from portal.cfdi.check import judge
from portal.cfdi.report import Report, Verdict
from portal.cfdi.trust import Imported, Outcome, TrustStore
from portal.core.clock import now
from portal.local.wiring import trust

EXISTING = click.Path(exists=True, path_type=Path)
LANGUAGE = click.option("--lang", type=click.Choice(["es", "en"]), default="es", show_default=True, help="Language.")
CERTIFICATES = click.option(
    "--sat-certificates", "certificates", type=EXISTING, multiple=True,
    help="More certificates of SAT and PACs (file, folder or ZIP), believed only when they chain to SAT's roots.",
)  # fmt: skip


@click.group("cfdi")
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
    store = _store(certificates)
    write = _json_writer(lang) if as_json else _text_writer(lang)
    verdicts = Counter(write(name, report) for name, report in _reports(paths, store, stamped=not unstamped))
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
    for name, report in _reports((path,), store, stamped=True):
        if report.document is not None:
            for line in describe.document_lines(report.document, lang):
                _say(line)
        for line in describe.report_lines(name, report, lang, everything=True):
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
    store = trust(Settings.from_env(os.environ))
    store.folder = None
    for path in certificates:
        store.import_from(path)
    return store


def _reports(paths: tuple[Path, ...], store: TrustStore, *, stamped: bool) -> Iterator[tuple[str, Report]]:
    files = batch.files(paths)
    for number, file in enumerate(files):
        _progress(number, len(files))
        for source in batch.sources(file):
            yield source.name, _report(source, store, stamped)
    _progress(len(files), len(files))


def _report(source: batch.Source, store: TrustStore, stamped: bool) -> Report:
    return batch.refused(source) if source.problem else judge(source.data, store, at=now(), stamped=stamped)


def _json_writer(lang: str) -> Callable[[str, Report], Verdict]:
    def write(name: str, report: Report) -> Verdict:
        line: dict[str, Any] = {"file": name} | report.to_json(lang)
        line.pop("passed")
        _say(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
        return report.verdict

    return write


def _text_writer(lang: str) -> Callable[[str, Report], Verdict]:
    def write(name: str, report: Report) -> Verdict:
        for line in describe.report_lines(name, report, lang):
            _say(line)
        return report.verdict

    return write


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
