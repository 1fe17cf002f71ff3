"""A stand-in for the portal under the real supervisor: `python -m tests.local.standin`. See test_supervisor."""
import functools
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg

from config.settings import Settings
from portal.local import supervisor
from portal.local.postgres import Cluster
from portal.local.processes import Process

WEB = """
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
if os.environ.get("STANDIN") == "broken": sys.exit("the web server has a fault")
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORTAL_PORT"])), Handler).serve_forever()
"""
WORKER = """
import os, signal, time
if os.environ.get("STANDIN") == "stubborn": signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('{"level": "warning", "event": "worker.began"}', flush=True)
print("owner:", os.environ.get("PORTAL_DATABASE_OWNER_URL"), flush=True)
time.sleep(120)
"""


def make(logs: Path, environment: Mapping[str, str]) -> list[Process]:
    """Return a web server that answers 200 to all, and a worker that sleeps."""
    return [Process("web", [sys.executable, "-c", WEB], logs, environment),
            Process("worker", [sys.executable, "-c", WORKER], logs, environment)]


def seed(settings: Settings) -> str:
    """Count the starts in the database; die in the middle of the first when asked to."""
    url = (settings.database_url or "").replace("+psycopg", "").replace("portal_app@", "postgres@")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
        connection.execute("INSERT INTO starts DEFAULT VALUES")
        if os.environ.get("STANDIN") == "interrupted":
            os.kill(os.getpid(), signal.SIGKILL)
        row = connection.execute("SELECT count(*) FROM starts").fetchone()
    return f"start number {row[0] if row else None}"


if __name__ == "__main__":
    Cluster.open = functools.partial(Cluster.open, fast=True)  # type: ignore[method-assign]
    sys.exit(supervisor.main(Settings.from_env(os.environ), seed, lambda *_: None, make))
