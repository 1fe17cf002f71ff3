"""The embedded Valkey: what was queued is there after a stop and after a kill, and nothing outlives its supervisor."""
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from portal.local import sockets
from portal.local.valkey import Valkey, ValkeyError
from tests.local.test_postgres import alive, wait_until_gone


@pytest.fixture()
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A running server of its own."""
    made = Valkey(tmp_path / "valkey")
    made.start()
    yield made
    made.stop()


def test_it_keeps_the_queue_over_a_stop(valkey: Valkey) -> None:
    Redis.from_url(valkey.url).rpush("queue", "job")
    pid = valkey.process.pid  # type: ignore[union-attr]
    valkey.stop()
    assert not alive(pid)
    valkey.start()
    assert Redis.from_url(valkey.url).lrange("queue", 0, -1) == [b"job"]


def test_it_keeps_the_queue_over_a_kill(valkey: Valkey) -> None:
    client = Redis.from_url(valkey.url)
    client.rpush("queue", "job")
    time.sleep(1.2)  # appendfsync everysec
    valkey.process.kill()  # type: ignore[union-attr]
    valkey.process.wait()  # type: ignore[union-attr]
    assert valkey.status() is not None
    valkey.start()
    assert client.lrange("queue", 0, -1) == [b"job"]


def test_it_refuses_rather_than_forgets_and_listens_on_no_port(valkey: Valkey) -> None:
    told = Redis.from_url(valkey.url, decode_responses=True).config_get("*")
    assert (told["maxmemory-policy"], told["appendonly"], told["port"]) == ("noeviction", "yes", "0")
    assert sockets.folder_of(valkey.home).stat().st_mode & 0o077 == 0


def test_nothing_is_left_behind(valkey: Valkey) -> None:
    folder = sockets.folder_of(valkey.home)
    valkey.process.kill()  # type: ignore[union-attr]
    valkey.process.wait()  # type: ignore[union-attr]
    assert (folder / "valkey.sock").exists()
    valkey.stop()
    assert not folder.exists()


def test_a_broken_journal_is_said(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / "valkey")
    (valkey.home / "appendonlydir").mkdir(parents=True)
    (valkey.home / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(ValkeyError, match="(?s)did not start.*manifest"):
        valkey.start()


def test_it_does_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    program = ("import time; from pathlib import Path; from portal.local.valkey import Valkey\n"
               f"v = Valkey(Path({str(tmp_path / 'valkey')!r})); v.start()\n"
               "print(v.process.pid, flush=True); time.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as supervisor:
        pid = int(supervisor.stdout.readline())  # type: ignore[union-attr]
        supervisor.kill()
    assert wait_until_gone(pid)
