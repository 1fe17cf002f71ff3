"""Files, folders and archives: every document once, by name, within limits, and no archive stops the rest."""

import struct
import zipfile
from pathlib import Path

import pytest

from portal.cfdi import batch
from portal.cfdi.batch import Source
from portal.cfdi.report import Verdict


def archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


def found(path: Path) -> list[tuple[str, bytes, str]]:
    prefix = str(path)
    return [(source.name.removeprefix(prefix), source.data, source.problem) for source in batch.sources(path)]


def test_a_file_is_itself_whatever_it_is_called(tmp_path: Path) -> None:
    file = tmp_path / "factura.txt"
    file.write_bytes(b"<a/>")
    assert found(file) == [("", b"<a/>", "")]


def test_a_folder_gives_its_xml_and_zip_in_order(tmp_path: Path) -> None:
    for name in ("b.XML", "a.xml", "c.zip", "notes.txt", "sub/d.xml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"<a/>")
    names = [path.relative_to(tmp_path).as_posix() for path in batch.files([tmp_path])]
    assert names == ["a.xml", "b.XML", "c.zip", "sub/d.xml"]
    assert batch.files([tmp_path / "notes.txt"]) == [tmp_path / "notes.txt"]


def test_the_members_of_an_archive_are_named(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.dat", {"f/1.xml": b"<a/>", "2.XML": b"<b/>", "leeme.txt": b"no", "in.zip": b"PK"})
    assert found(path) == [("!f/1.xml", b"<a/>", ""), ("!2.XML", b"<b/>", ""), ("!in.zip", b"PK", "")]


def test_a_broken_archive_says_so(tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.zip", {"1.xml": b"<a/>" * 400}).read_bytes()
    for number, data in enumerate([whole[:40], b"PK\x03\x04", whole[:-22]]):
        path = tmp_path / f"broken{number}.zip"
        path.write_bytes(data)
        assert [problem for _, _, problem in found(path)] == ["ACUSE-ZIP-BROKEN"]


def test_a_damaged_member_does_not_stop_the_others(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"1.xml": b"<uno/>" * 9, "2.xml": b"<dos/>" * 9}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"<uno/>", b"<UNO/>", 1))
    assert [problem for _, _, problem in found(path)] == ["ACUSE-ZIP-BROKEN", ""]


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"1.xml": b"<a/>"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert [problem for _, _, problem in found(path)] == ["ACUSE-ZIP-BROKEN"]


def test_a_bomb_is_not_opened(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"1.xml": b" " * 30_000_000, "2.xml": b"<a/>"})
    assert found(path) == [("!1.xml", b"", "ACUSE-ZIP-LIMITS"), ("!2.xml", b"<a/>", "")]


def test_a_member_that_lies_about_its_size_is_broken(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"1.xml": b"<a/>" * 1000})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + offset
        data[at : at + 4] = struct.pack("<I", 100)
    path.write_bytes(bytes(data))
    assert [problem for _, _, problem in found(path)] == ["ACUSE-ZIP-BROKEN"]


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_MAX_MEMBERS", 2)
    path = archive(tmp_path / "a.zip", {f"{n}.xml": b"<a/>" for n in range(3)})
    assert [problem for _, _, problem in found(path)] == ["ACUSE-ZIP-LIMITS"]


def test_a_file_that_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [problem for _, _, problem in found(tmp_path / "gone.xml")] == ["ACUSE-FILE-UNREADABLE"]
    big = tmp_path / "big.xml"
    with big.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    assert [problem for _, _, problem in found(big)] == ["ACUSE-XML-SIZE"]
    assert [problem for _, _, problem in found(tmp_path)] == ["ACUSE-FILE-UNREADABLE"]


def test_what_has_no_bytes_is_rejected_with_its_reason() -> None:
    report = batch.refused(Source("a.zip", problem="ACUSE-ZIP-BROKEN"))
    assert report.verdict is Verdict.REJECTED
    assert "ZIP" in report.findings[0].title("en")
