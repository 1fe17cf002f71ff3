"""`python -m portal.local`: what `make run` runs; with a word after it, backup, restore, migrate or secrets."""
import argparse
import os
import sys
from pathlib import Path

from werkzeug.utils import import_string

from config.settings import Settings, SettingsError, fresh_secrets
from portal.local import backup, supervisor
from portal.local.database import DatabaseError, prepare


def main(arguments: list[str]) -> int:
    """Do what the arguments ask; returns the exit status."""
    asked = _parser().parse_args(arguments)
    if asked.act == "secrets":
        print(fresh_secrets(), end="")
        return 0
    try:
        return _do(asked, Settings.from_env(os.environ))
    except (SettingsError, backup.BackupError, DatabaseError) as problem:
        print(f"Acuse: {problem}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m portal.local", description="Run and keep an Acuse installation.")
    acts = parser.add_subparsers(dest="act", metavar="act")
    acts.add_parser("up", help="run everything under one supervisor (the default)")
    acts.add_parser("backup", help="write a backup to a new folder").add_argument("folder", type=Path)
    acts.add_parser("restore", help="fill an empty installation from a backup").add_argument("folder", type=Path)
    acts.add_parser("migrate", help="bring the schema of PORTAL_DATABASE_OWNER_URL up to date")
    acts.add_parser("secrets", help="print new secrets for the environment")
    return parser


def _do(asked: argparse.Namespace, settings: Settings) -> int:
    if asked.act == "backup":
        print(_told("Backed up", backup.backup(settings, asked.folder)))
    elif asked.act == "restore":
        report = backup.restore(settings, asked.folder)
        print(_told("Restored", report))
        return 1 if report.missing else 0
    elif asked.act == "migrate":
        if settings.database_owner_url is None:
            raise DatabaseError("the embedded database is migrated by `make run`. Set PORTAL_DATABASE_OWNER_URL.")
        prepare(settings.database_owner_url, settings.database_url or settings.database_owner_url)
        print("The schema is up to date.")
    else:
        return supervisor.main(settings, _seed)
    return 0


def _seed(settings: Settings) -> str:
    # By its name, so that the whole application is read only when it is needed, while the web server reads it too.
    return str(import_string("portal.local.seed:seed")(settings))


def _told(what: str, report: backup.Report) -> str:
    lines = [f"{what}: the database of {report.made_at} and {report.files} files ({report.size / 1e6:.1f} MB)."]
    if report.bucket:
        lines.append(f"Files in the bucket {report.bucket} are not part of it: keep its versions.")
    if report.missing:
        lines.append(f"The database mentions {len(report.missing)} files that are not there, as {report.missing[0]}.")
    lines.append("Keys are never in a backup. Without PORTAL_ENCRYPTION_KEYS (embedded: the file PORTAL_HOME/secrets) "
                 "nobody can read the account numbers in it: keep them elsewhere.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
