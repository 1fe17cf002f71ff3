"""What both stores promise."""

import io
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from portal.storage.store import CHUNK, Missing, StoredObject, TooLarge, batches

DATA = b"<cfdi/>"
NAME = sha256(DATA).hexdigest()
ABSENT = "0" * 64
LATER = datetime.now(UTC) + timedelta(days=2)


def test_put_and_read(store):
    assert store.put(DATA) == StoredObject(NAME, len(DATA))
    assert store.exists(NAME)
    assert store.read(NAME) == DATA
    with store.open(NAME) as source:
        assert source.read(3) == b"<cf"


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 9 * CHUNK + 7])
def test_streams_of_all_sizes(store, size):
    data = bytes(range(256)) * (size // 256 + 1)
    stored = store.put(io.BytesIO(data[:size]))
    assert stored == StoredObject(sha256(data[:size]).hexdigest(), size)
    assert store.read(stored.sha256) == data[:size]


def test_the_same_bytes_are_kept_once(store):
    assert store.put(DATA) == store.put(io.BytesIO(DATA))
    assert store.sweep(lambda names: [], LATER) == [NAME]


def test_an_absent_object_is_said_to_be_missing(store):
    assert not store.exists(ABSENT)
    with pytest.raises(Missing):
        store.read(ABSENT)


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", "/etc/passwd", NAME.upper(), NAME + "\n", NAME[:-1], "x" * 64, NAME + "/.."]
)
def test_only_hashes_name_objects(store, name):
    for act in (store.open, store.read, store.exists):
        with pytest.raises(ValueError, match="SHA-256"):
            act(name)


def test_a_stream_past_its_limit_leaves_nothing(store):
    with pytest.raises(TooLarge):
        store.put(io.BytesIO(b"x" * (2 * CHUNK)), limit=CHUNK)
    assert store.put(b"x" * 10, limit=10).size == 10
    assert len(store.sweep(lambda names: [], LATER)) == 1


def test_sweep_removes_only_what_is_unknown_and_old(store):
    kept, orphan = store.put(b"kept").sha256, store.put(b"orphan").sha256
    asked = []

    def known(names):
        asked.extend(names)
        return [kept]

    assert store.sweep(known, datetime.now(UTC) - timedelta(days=1)) == []
    assert asked == []
    assert store.sweep(known, LATER) == [orphan]
    assert sorted(asked) == sorted([kept, orphan])
    assert store.exists(kept) and not store.exists(orphan)
    assert store.sweep(known, LATER) == []


def test_check_passes_where_all_is_well(store):
    store.check()


def test_many_writers_of_the_same_bytes(store):
    failures = []

    def write():
        try:
            store.put(DATA)
        except Exception as problem:
            failures.append(problem)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [] and store.read(NAME) == DATA


def test_a_sweep_asks_bounded_questions():
    assert [len(batch) for batch in batches(iter("abcdefg"), 3)] == [3, 3, 1]
    assert list(batches(iter(()))) == []


def test_what_goes_during_a_sweep_is_not_counted(store):
    name = store.put(b"gone meanwhile").sha256
    later = datetime.now(UTC) + timedelta(days=1)

    def known(names):
        store.sweep(lambda _names: [], later)  # another worker's
        return []

    assert store.sweep(known, later) == []
    assert not store.exists(name)
