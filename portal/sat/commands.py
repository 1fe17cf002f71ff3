"""`flask sat fetch-lists`, `flask sat lists`: SAT's lists of taxpayers, from SAT or a folder, and what is loaded."""
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.core.db import DOOR, transaction
from portal.sat import asking, downloads, queries, services
from portal.sat.kinds import Kind
from portal.sat.models import ListState, SatList
from portal.sat.services import Arrived, Loaded, Outcome


@click.command("fetch-lists")
@click.option("--from", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Read the files from this folder, under SAT's own names; nothing is asked of the network.")
@click.option("--only", "only", type=click.Choice([kind.value for kind in Kind]), multiple=True, help="This list only.")
@click.option("--accept-smaller", is_flag=True, help="Take a list with far fewer rows than the last good one.")
@with_appcontext
def fetch_lists(folder: Path | None, only: tuple[str, ...], accept_smaller: bool) -> None:
    """Load SAT's lists of articles 69-B and 69: each is taken whole, or refused and the last good one stays."""
    wanted = [kind for kind in Kind if not only or kind.value in only]
    bad = 0
    for kind, arrived, reason in _arriving(folder, wanted):
        with transaction(DOOR):
            if arrived is None:
                services.refuse(kind, downloads.address(kind, asking.current().lists), reason)
                loaded = Loaded(Outcome.REFUSED, reason=reason)
            else:
                loaded = services.load(arrived, accept_smaller=accept_smaller)
        bad += loaded.outcome is Outcome.REFUSED
        click.echo(f"{kind.value:<22} {loaded.outcome.value:<10} {loaded.rows:>7}  {loaded.reason}".rstrip())
    if bad:
        raise click.ClickException(f"{bad} not loaded; what was there stays.")


@click.command("lists")
@with_appcontext
def lists() -> None:
    """Show which lists are loaded, of which day, and when they were last seen to be the newest."""
    with transaction(DOOR):
        rows = list(queries.loaded())
    there = {one.kind for one in rows if one.state is ListState.CURRENT}
    for one in rows:
        click.echo(_line(one))
    for kind in Kind:
        if kind not in there:
            click.echo(f"{kind.value:<22} nothing loaded: nobody is checked against it")


def _arriving(folder: Path | None, wanted: list[Kind]) -> Iterator[tuple[Kind, Arrived | None, str]]:
    if folder is None:
        for kind in wanted:
            yield kind, *downloads.fetch(kind, asking.current().lists)
        return
    found = [one for one in downloads.from_folder(folder) if one.kind in wanted]
    if not found:
        raise click.ClickException(f"no list of SAT is in {folder}; the files keep their names, as "
                                   "Listado_completo_69-B.csv")
    yield from ((one.kind, one, "") for one in found)


def _line(one: SatList) -> str:
    if one.state is ListState.REFUSED:
        return f"{one.kind.value:<22} REFUSED on {one.fetched_at:%Y-%m-%d %H:%M} UTC: {one.problem}"
    day = one.listed_on or (one.published_at.date() if one.published_at else "unknown day")
    old = "" if queries.fresh(one.checked_at) else "  OLD: who is not on it counts as not checked"
    spare = f", {one.suppressed} without RFC by court order" if one.suppressed else ""
    spare += f", {one.unreadable} unreadable" if one.unreadable else ""
    return (f"{one.kind.value:<22} of {day}, {one.rows} rows{spare}; last seen {one.checked_at:%Y-%m-%d %H:%M} UTC"
            f"{old}  {one.sha256[:12]}")
