"""Where the light schemas are kept: made once, whole or not at all, and never believed when damaged."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.cfdi import light, lighten

CHECK = (
    "import sys; from pathlib import Path; from portal.cfdi import light; light.use(Path(sys.argv[1]));"
    "found = light.load(); print(found.folder, len(found.codes('c_Moneda')))"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds a whole copy."""
    home = tmp_path_factory.mktemp("light")
    assert light._made(home, light._fingerprint()) is not None
    return home / light._fingerprint()


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An environment of its own: no copy anywhere, neither in the virtual environment nor in the user's cache.

    `load` itself is called without its memory, so that the other tests keep theirs.
    """
    monkeypatch.setattr(light, "_chosen", [])
    monkeypatch.setattr(light.sys, "prefix", str(tmp_path / "venv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield tmp_path


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Building takes a second: a copy of one file will do."""

    def build(folder: Path) -> None:
        (folder / "a.txt").write_text("a")
        (folder / "index.json").write_text('{"sizes": {"a.txt": 1}}')

    monkeypatch.setattr(lighten, "build", build)


def test_a_whole_copy_is_sound_and_a_damaged_one_is_not(made: Path) -> None:
    assert light._sound(made) is not None
    assert light._sound(made / "sets") is None
    some = made / "sets" / "c_Moneda.txt"
    content = some.read_bytes()
    for damage in (lambda: some.write_bytes(content[:-1]), some.unlink):
        damage()
        assert light._sound(made) is None
        some.write_bytes(content)
    index = made / "index.json"
    content = index.read_bytes()
    for damaged in (b"", b"[]", b"{}", b"null", content[:-1], b"\xff"):
        index.write_bytes(damaged)
        assert light._sound(made) is None
    index.write_bytes(content)
    assert light._sound(made) is not None


def test_first_in_the_users_cache_unless_set_up(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    assert light.load.__wrapped__().folder.parent == fresh / "cache/acuse/cfdi"
    assert light._made(*_place(fresh / "venv/share/acuse/cfdi")) is not None
    assert light.load.__wrapped__().folder.parent == fresh / "venv/share/acuse/cfdi"


def _place(home: Path) -> tuple[Path, str]:
    return home, light._fingerprint()


def test_a_damaged_copy_is_made_again(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    folder = light.load.__wrapped__().folder
    (folder / "a.txt").unlink()
    assert light.load.__wrapped__().folder == folder
    assert (folder / "a.txt").read_text() == "a"
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_nothing_can_be_written(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    (fresh / "cache").write_text("no folder")
    (fresh / "venv").write_text("no folder")
    folder = light.load.__wrapped__().folder
    assert folder.parent.name.startswith("acuse-cfdi-")
    assert light._sound(folder) is not None


def test_a_cache_that_others_may_write_is_not_used(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    (fresh / "cache/acuse/cfdi").mkdir(parents=True)
    (fresh / "cache/acuse/cfdi").chmod(0o777)
    assert light.load.__wrapped__().folder.parent == fresh / "venv/share/acuse/cfdi"


def test_no_room_while_building(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(folder: Path) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(lighten, "build", build)
    with pytest.raises(OSError, match="anywhere"):
        light.load.__wrapped__()
    assert list((fresh / "cache/acuse/cfdi").iterdir()) == []


def test_several_processes_start_together(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CHECK, str(tmp_path)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate()[0] for process in started}
    assert said == {f"{tmp_path / light._fingerprint()} {len(light.load().codes('c_Moneda'))}\n"}
    assert [p.name for p in tmp_path.iterdir()] == [light._fingerprint()]


def test_setting_up_makes_it_where_every_start_finds_it() -> None:
    made = subprocess.run([sys.executable, "-m", "portal.cfdi.light"], capture_output=True, text=True, check=True)
    where = Path(made.stdout.strip())
    assert light._sound(where) is not None
    assert where.parent in (*light._set_up(), *light._cached())
