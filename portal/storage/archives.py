"""ZIP files from strangers (PKWARE APPNOTE 6.3): judged whole before a member is read, and never unpacked to a folder.

Refused: passwords, links, paths that climb, doubled or overlapping members, names that differ between the two headers,
archives inside, anything before or after the archive, and more members, bytes or ratio than the limits.
"""

import io
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from portal.documents.problems import Refused
from portal.storage.names import extension, safe_name

MEGABYTE = 1 << 20
END_RECORD = struct.Struct("<4s4H2LH")
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
ENCRYPTED = 0x1
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
NESTED = {"zip", "jar", "7z", "rar", "gz", "tgz", "bz2", "xz", "tar", "cab", "iso"}
CLIMBS = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|\\|^[A-Za-z]:|[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold."""

    members: int = 100
    megabytes: int = 50
    ratio: int = 100
    nested: bool = False


BUNDLE = Limits()
OFFICE = Limits(members=2_000, megabytes=100, ratio=1_000, nested=True)


def check(data: bytes, limits: Limits = BUNDLE) -> list[str]:
    """Return the names of the members, as written, after every check and every CRC.

    Raises Refused: file.unreadable, zip.encrypted, zip.members, zip.unpacked, zip.unsafe.
    """
    _require_frame(data, limits)
    with _opened(data) as archive:
        members = archive.infolist()
        for member in members:
            _require_harmless(member, limits)
        _require_sizes(members, limits)
        _require_apart(data, members)
        _require_readable(archive)
        return [member.filename for member in members]


def members(data: bytes, limits: Limits = BUNDLE) -> Iterator[tuple[str, bytes]]:
    """Yield (harmless name without folders, bytes) of each file of a checked archive. Raises as `check`."""
    check(data, limits)
    with _opened(data) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                yield safe_name(member.filename), archive.read(member)


def _require_frame(data: bytes, limits: Limits) -> None:
    """Judge the end record by itself: a directory of 100,000 members must not even be listed."""
    start = data.rfind(b"PK\x05\x06")
    if start < 0 or len(data) < start + END_RECORD.size:
        raise Refused("file.unreadable")
    _, disk, first_disk, here, total, _, _, comment = END_RECORD.unpack_from(data, start)
    if disk or first_disk or here != total or len(data) != start + END_RECORD.size + comment:
        raise Refused("zip.unsafe")
    if not total:
        raise Refused("file.empty")
    if total > limits.members:
        raise Refused("zip.members", found=str(total), limit=str(limits.members))


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, UnicodeDecodeError):
        raise Refused("file.unreadable") from None


def _require_harmless(member: zipfile.ZipInfo, limits: Limits) -> None:
    if member.flag_bits & ENCRYPTED:
        raise Refused("zip.encrypted")
    mode = member.external_attr >> 16
    special = bool(mode) and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)
    nested = not limits.nested and extension(member.filename) in NESTED
    # zipfile cuts a name at NUL and keeps the whole in orig_filename
    if special or nested or CLIMBS.search(member.orig_filename) or member.compress_type not in METHODS:
        raise Refused("zip.unsafe")


def _require_sizes(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if total > limits.megabytes * MEGABYTE or total > limits.ratio * max(packed, 1024):
        raise Refused("zip.unpacked", limit=str(limits.megabytes))


def _require_apart(data: bytes, members: list[zipfile.ZipInfo]) -> None:
    """Members lie one after the other from byte 0, each under one name that both of its headers agree on."""
    end = 0
    for member in sorted(members, key=lambda one: one.header_offset):
        if member.header_offset < end or (end == 0 and member.header_offset != 0):
            raise Refused("zip.unsafe")
        end = _local_end(data, member)
    if len({member.filename.casefold() for member in members}) != len(members):
        raise Refused("zip.unsafe")


def _local_end(data: bytes, member: zipfile.ZipInfo) -> int:
    try:
        head = LOCAL_HEADER.unpack_from(data, member.header_offset)
    except struct.error:
        raise Refused("file.unreadable") from None
    start = member.header_offset + LOCAL_HEADER.size
    name = data[start : start + head[9]]
    if head[0] != b"PK\x03\x04" or name not in (member.orig_filename.encode(), _legacy(member.orig_filename)):
        raise Refused("zip.unsafe")
    return int(start + head[9] + head[10] + member.compress_size)


def _legacy(name: str) -> bytes:
    return name.encode("cp437", "replace")


def _require_readable(archive: zipfile.ZipFile) -> None:
    try:
        broken = archive.testzip()
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError):  # type: ignore[attr-defined]
        raise Refused("file.unreadable") from None
    if broken is not None:
        raise Refused("file.unreadable")
