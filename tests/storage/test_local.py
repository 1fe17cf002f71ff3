"""The folder: whole or nothing, whatever the disk does."""

import errno
import os
import stat
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from portal.storage import local
from portal.storage.local import LocalStore
from portal.storage.store import Corrupt, StorageUnavailable

DATA = b"bytes of a supplier"
NAME = sha256(DATA).hexdigest()


def files(store):
    return sorted(str(path.relative_to(store.folder)) for path in store.folder.rglob("*") if path.is_file())


def test_the_place_is_the_hash_and_nothing_is_left_beside_it(local_store):
    local_store.put(DATA)
    assert files(local_store) == [f"{NAME[:2]}/{NAME[2:4]}/{NAME}"]


def test_files_and_folders_are_private(local_store):
    local_store.put(DATA)
    for path in [local_store.folder, *local_store.folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("act", ["fsync", "replace"])
def test_a_full_or_broken_disk_is_said_and_nothing_is_left(local_store, monkeypatch, code, act):
    def fail(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(*((os, "fsync", fail) if act == "fsync" else ("pathlib.Path.replace", fail)))
    with pytest.raises(StorageUnavailable):
        local_store.put(DATA)
    assert files(local_store) == []
    monkeypatch.undo()
    assert local_store.put(DATA).sha256 == NAME


def test_a_really_full_disk(tmp_path):
    """The kernel itself says no: the file grows past what this process may write."""
    import resource
    import signal

    store = LocalStore(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(StorageUnavailable):
            store.put(b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert files(store) == []


def test_a_stream_that_breaks_leaves_nothing(local_store):
    class Broken:
        def read(self, size):
            raise RuntimeError("the client went away")

    with pytest.raises(RuntimeError):
        local_store.put(Broken())
    assert files(local_store) == []


def test_damaged_bytes_are_not_handed_out_and_are_healed_by_the_next_put(local_store):
    local_store.put(DATA)
    path = local_store.folder / NAME[:2] / NAME[2:4] / NAME
    path.write_bytes(DATA[:-1] + b"X")
    for act in (local_store.open, local_store.read):
        with pytest.raises(Corrupt):
            act(NAME)
    local_store.put(DATA)
    assert local_store.read(NAME) == DATA


def test_the_bytes_are_on_the_disk_before_they_have_a_name(local_store, monkeypatch):
    order = []
    flush, rename = os.fsync, type(local_store.folder).replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("flush"), flush(handle)))
    monkeypatch.setattr("pathlib.Path.replace", lambda self, to: (order.append("rename"), rename(self, to))[1])
    local_store.put(DATA)
    assert order == ["flush", "rename", "flush"]


def test_putting_again_renews_the_time_so_that_a_sweep_spares_it(local_store):
    local_store.put(DATA)
    path = local_store.folder / NAME[:2] / NAME[2:4] / NAME
    os.utime(path, (1, 1))
    local_store.put(DATA)
    assert local_store.sweep(lambda names: [], datetime.now(UTC) - timedelta(hours=1)) == []
    assert local_store.exists(NAME)


def test_a_put_in_the_middle_of_a_sweep_is_spared(local_store):
    local_store.put(DATA)
    path = local_store.folder / NAME[:2] / NAME[2:4] / NAME
    os.utime(path, (1, 1))

    def known(names):
        local_store.put(DATA)
        return []

    assert local_store.sweep(known, datetime.now(UTC) - timedelta(hours=1)) == []
    assert local_store.exists(NAME)


def test_a_put_between_the_last_look_and_the_removal_is_spared(local_store, monkeypatch):
    local_store.put(DATA)
    place = local_store.folder / NAME[:2] / NAME[2:4] / NAME
    os.utime(place, (1, 1))
    look, looks = local._modified, []

    def look_then_put(path):
        seen = look(path)
        looks.append(path)
        if looks == [place, place]:
            local_store.put(DATA)
        return seen

    monkeypatch.setattr(local, "_modified", look_then_put)
    assert local_store.sweep(lambda names: [], datetime.now(UTC) - timedelta(hours=1)) == []
    assert len(looks) == 3 and files(local_store) == [f"{NAME[:2]}/{NAME[2:4]}/{NAME}"]


def test_sweep_clears_forgotten_temporary_files_but_not_fresh_ones(local_store):
    local_store.check()
    old, fresh = local_store.folder / "incoming" / "old.part", local_store.folder / "incoming" / "fresh.part"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    os.utime(old, (1, 1))
    local_store.sweep(lambda names: [], datetime.fromtimestamp(time.time() - 60, UTC))
    assert files(local_store) == ["incoming/fresh.part"]


def test_sweep_touches_no_foreign_file(local_store):
    foreign = local_store.folder / "ab" / "cd" / "README"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("mine")
    assert local_store.sweep(lambda names: [], datetime.now(UTC) + timedelta(days=1)) == []
    assert foreign.exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = LocalStore(tmp_path / "file" / "files")
    for act in (store.check, lambda: store.put(DATA)):
        with pytest.raises(StorageUnavailable):
            act()


def test_a_disk_that_does_not_read_is_said(local_store, monkeypatch):
    local_store.put(DATA)

    def fail(name, source):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr("portal.storage.local.verify", fail)
    with pytest.raises(StorageUnavailable):
        local_store.read(NAME)
    path = local_store.folder / NAME[:2] / NAME[2:4] / NAME
    path.unlink()
    path.mkdir()
    with pytest.raises(StorageUnavailable):
        local_store.open(NAME)
