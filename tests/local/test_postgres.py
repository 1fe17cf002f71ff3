"""The embedded PostgreSQL, with the wheel's programs and the distribution's 15: it starts, ends, and survives kills."""
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.local import footing as feet
from portal.local.postgres import Cluster, ClusterError, wheel_binaries
from tests.harness import DEBIAN_15

REQUIRED = os.environ.get("PORTAL_TEST_REQUIRE_PG15") == "1"
PROGRAMS = [wheel_binaries(), *([DEBIAN_15] if REQUIRED or DEBIAN_15.exists() else [])]


def ask(cluster: Cluster, statement: str) -> object:
    """Return the first value that the cluster's superuser gets for a statement, which is committed to the disk."""
    with psycopg.connect(cluster.superuser_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET synchronous_commit = on")
        answer = connection.execute(statement)
        row = answer.fetchone() if answer.description else None
    return row[0] if row else None


def alive(pid: int) -> bool:
    """Say whether a process runs (one that has ended and waits to be collected does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pid: int, seconds: float = 10) -> bool:
    """Wait for the end of a process that is not our child."""
    until = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


@pytest.fixture(params=PROGRAMS, ids=lambda p: "wheel" if p == PROGRAMS[0] else "15")
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """A running cluster of its own."""
    made = Cluster.open(tmp_path / "pg", fast=True, bin_dir=request.param)
    made.start()
    yield made
    made.stop()


def test_it_keeps_its_data_and_leaves_nothing_running(cluster: Cluster) -> None:
    ask(cluster, "CREATE TABLE kept AS SELECT 42 AS answer")
    first = cluster.process.pid  # type: ignore[union-attr]
    cluster.stop()
    assert not alive(first)
    assert not (cluster.data / "postmaster.pid").exists()
    again = Cluster.open(cluster.data.parent, fast=True, bin_dir=cluster.bin_dir)
    again.start()
    assert ask(again, "SELECT answer FROM kept") == 42
    again.stop()


def test_it_checks_its_pages_and_listens_on_no_port(cluster: Cluster) -> None:
    assert ask(cluster, "SHOW data_checksums") == "on"
    assert ask(cluster, "SHOW listen_addresses") == ""
    assert cluster.sockets.stat().st_mode & 0o077 == 0


def test_after_a_kill_it_starts_again_with_what_was_committed(cluster: Cluster) -> None:
    ask(cluster, "CREATE TABLE kept AS SELECT 42 AS answer")
    cluster.process.kill()  # type: ignore[union-attr]
    cluster.process.wait()  # type: ignore[union-attr]
    assert cluster.status() == -signal.SIGKILL
    cluster.start()
    assert ask(cluster, "SELECT answer FROM kept") == 42


def test_a_second_one_on_the_same_folder_is_told_who_has_it(cluster: Cluster) -> None:
    second = Cluster.open(cluster.data.parent, fast=True, bin_dir=cluster.bin_dir)
    with pytest.raises(ClusterError, match=rf"another portal.*process {os.getpid()}"):
        second.start()
    assert ask(cluster, "SELECT 1") == 1


def test_a_server_that_outlived_its_supervisor_is_ended(tmp_path: Path) -> None:
    orphan = Cluster.open(tmp_path / "pg", fast=True)
    orphan.start()
    ask(orphan, "CREATE TABLE kept AS SELECT 42 AS answer")
    orphan._lock.close()  # type: ignore[union-attr]  # what the kernel does when the supervisor is gone
    heir = Cluster.open(tmp_path / "pg", fast=True)
    heir.start()
    assert orphan.process.wait(5) == 0  # type: ignore[union-attr]
    assert ask(heir, "SELECT answer FROM kept") == 42
    heir.stop()


def test_the_mark_of_another_program_is_forgotten_and_the_program_left_alone(tmp_path: Path) -> None:
    cluster, mark = Cluster.open(tmp_path / "pg", fast=True), tmp_path / "pg" / "data" / "postmaster.pid"
    with subprocess.Popen(["sh", "-c", "echo up; exec sleep 60"], stdout=subprocess.PIPE) as other:
        other.stdout.readline()  # type: ignore[union-attr]
        mark.write_text(f"{other.pid}\n{cluster.data}\n")
        cluster._end_earlier()
        left = mark.exists(), alive(other.pid)
        other.kill()
    assert left == (False, True)
    mark.write_text(f"{other.pid}\n{cluster.data}\n")
    cluster.start()
    assert ask(cluster, "SELECT 1") == 1
    cluster.stop()


def test_it_does_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    program = ("import sys, time; from pathlib import Path; from portal.local.postgres import Cluster\n"
               f"c = Cluster.open(Path({str(tmp_path / 'pg')!r}), fast=True); c.start()\n"
               "print(c.process.pid, flush=True); time.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as supervisor:
        pid = int(supervisor.stdout.readline())  # type: ignore[union-attr]
        assert alive(pid)
        supervisor.kill()
    assert wait_until_gone(pid)


def test_a_name_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30) / "pg"
    cluster = Cluster.open(home, fast=True)
    cluster.start()
    assert len(str(cluster.sockets)) < 80 and not cluster.sockets.is_relative_to(tmp_path)
    assert cluster.superuser_url == Cluster.address_in(home, "postgres", "postgres")
    assert ask(cluster, "SELECT 1") == 1
    cluster.stop()
    assert not cluster.sockets.exists(), "nothing is left behind"


def test_a_cluster_that_could_not_be_made_leaves_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "initdb").write_text("#!/bin/sh\nmkdir -p \"$2\" && echo no room >&2; exit 1\n")
    (broken / "initdb").chmod(0o755)
    with pytest.raises(ClusterError, match="no room"):
        Cluster.open(tmp_path / "pg", bin_dir=broken)
    assert not (tmp_path / "pg" / "data").exists()


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    cluster = Cluster.open(tmp_path / "pg", fast=True)
    (cluster.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(ClusterError, match="no_such_setting"):
        cluster.start()


@pytest.mark.parametrize("open_home", [True, False])
def test_root_without_namespaces_runs_it_as_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                   open_home: bool) -> None:
    if os.geteuid() != 0:  # an ordinary user runs it as who they are
        assert feet.footing() == feet.Footing()
        return
    outside = Path("/tmp") / f"acuse-outside-{os.getpid()}-{open_home}"
    monkeypatch.setattr(feet, "namespaces_work", lambda: False)
    monkeypatch.setattr(feet, "OUTSIDE", outside)
    monkeypatch.setattr(feet, "reachable", lambda folder: open_home)
    if open_home:
        outside.mkdir(mode=0o755)
    cluster = Cluster.open((outside if open_home else tmp_path) / "pg", fast=True)
    try:
        cluster.start()
        assert Path(f"/proc/{cluster.process.pid}").stat().st_uid != 0  # type: ignore[union-attr]
        assert cluster.data.is_relative_to(outside)
        assert cluster.bin_dir.is_relative_to(outside) is not open_home
        assert cluster.data.parent.stat().st_mode & 0o007 == 0, "only the server's own group may enter"
        assert ask(cluster, "SELECT 1") == 1
    finally:
        cluster.stop()
        subprocess.run(["rm", "-rf", outside], check=True)
