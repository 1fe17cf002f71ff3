"""A store in a bucket of S3 or of anything that speaks its protocol. The only place that knows boto3.

Short time-outs and three attempts, so that a bucket that does not answer costs a person seconds. The bytes that
come back are hashed again here: not every service checks the checksum it is sent.
"""

import base64
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, cast

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
    HTTPClientError,
)

from portal.storage.store import (
    CHUNK,
    SHA256,
    Known,
    Missing,
    StorageUnavailable,
    StoredObject,
    batches,
    chunks,
    copy_hashed,
    require_name,
    verify,
)

IN_MEMORY = 8 * CHUNK
FAULTS = (BotoCoreError, Boto3Error, ClientError, HTTPClientError, OSError)
NOT_THERE = frozenset({"404", "NoSuchKey", "NotFound"})
ALREADY_THERE = frozenset({"412", "PreconditionFailed", "ConditionalRequestConflict", "409"})


class S3Store:
    """See `portal.storage.store.Store`. Objects are `<prefix><ab>/<sha256>` in `bucket`."""

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        endpoint: str | None = None,
        region: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        read_timeout: float = 10,
        attempts: int = 3,
    ) -> None:
        """Without keys, the machine's own role or environment is used, as boto3 finds it. Opens no connection."""
        self.bucket = bucket
        self.prefix = prefix
        self._client = boto3.client(
            "s3",
            endpoint_url=endpoint or None,
            region_name=region or "us-east-1",
            aws_access_key_id=access_key or None,
            aws_secret_access_key=secret_key or None,
            config=Config(
                connect_timeout=2,
                read_timeout=read_timeout,
                retries={"mode": "standard", "max_attempts": attempts},
                tcp_keepalive=True,
                s3={"addressing_style": "path" if endpoint else "auto"},
            ),
        )

    def put(self, content: bytes | BinaryIO, limit: int | None = None) -> StoredObject:
        """Keep `content`. Raises TooLarge, StorageUnavailable."""
        try:
            with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
                stored = copy_hashed(chunks(content, limit), cast(IO[bytes], spool))
                self._send(stored, spool)
        except FAULTS as problem:
            raise StorageUnavailable() from problem
        return stored

    def open(self, name: str) -> BinaryIO:
        """Return the downloaded and verified object. Raises Missing, Corrupt."""
        spool = cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))  # the caller closes it
        try:
            self._fetch(name, spool)
            verify(name, spool)
        except BaseException as problem:
            spool.close()
            raise _translated(problem) from problem
        return spool

    def read(self, name: str) -> bytes:
        """Return the verified bytes. Raises Missing, Corrupt."""
        with self.open(name) as source:
            return source.read()

    def exists(self, name: str) -> bool:
        """Tell whether the object is there."""
        return self._size(self._key(name)) is not None

    def check(self) -> None:
        """Prove that the bucket answers. Raises StorageUnavailable."""
        try:
            self._client.head_bucket(Bucket=self.bucket)
        except FAULTS as problem:
            raise StorageUnavailable() from problem

    def sweep(self, known: Known, before: datetime) -> list[str]:
        """Remove unknown objects last put before `before` (aware). Returns the hashes."""
        try:
            removed: list[str] = []
            for batch in batches(self._older(before)):
                kept = set(known(batch))
                removed += [name for name in batch if name not in kept and self._remove_older(name, before)]
            return removed
        except FAULTS as problem:
            raise StorageUnavailable() from problem

    def _send(self, stored: StoredObject, spool: "SpooledTemporaryFile[bytes]") -> None:
        key = self._key(stored.sha256)
        try:
            self._write(key, stored, spool, IfNoneMatch="*")
        except ClientError as problem:
            if _code(problem) not in ALREADY_THERE:
                raise
            self._renew(key, stored, spool)

    def _renew(self, key: str, stored: StoredObject, spool: "SpooledTemporaryFile[bytes]") -> None:
        """The object is there: renew its time, lest a sweep take it before our commit; mend it if its size is wrong."""
        if self._size(key) != stored.size:
            self._write(key, stored, spool)
            return
        source = {"Bucket": self.bucket, "Key": key}
        self._client.copy_object(
            Bucket=self.bucket, Key=key, CopySource=source, MetadataDirective="REPLACE", Metadata={"kept": "again"}
        )

    def _write(self, key: str, stored: StoredObject, spool: "SpooledTemporaryFile[bytes]", **condition: str) -> None:
        spool.seek(0)
        checksum = base64.b64encode(bytes.fromhex(stored.sha256)).decode()
        self._client.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=spool,
            ContentLength=stored.size,
            ChecksumSHA256=checksum,
            ContentType="application/octet-stream",
            **condition,
        )

    def _fetch(self, name: str, target: BinaryIO) -> None:
        answer = self._client.get_object(Bucket=self.bucket, Key=self._key(name))
        with closing(answer["Body"]) as body:
            for piece in body.iter_chunks(CHUNK):
                target.write(piece)
        target.seek(0)

    def _size(self, key: str) -> int | None:
        head = self._head(key)
        return None if head is None else int(head["ContentLength"])

    def _head(self, key: str) -> dict[str, Any] | None:
        try:
            return cast(dict[str, Any], self._client.head_object(Bucket=self.bucket, Key=key))
        except FAULTS as problem:
            if isinstance(problem, ClientError) and _code(problem) in NOT_THERE:
                return None
            raise StorageUnavailable() from problem

    def _older(self, before: datetime) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for entry in (entry for page in pages for entry in page.get("Contents", ())):
            name = entry["Key"].rpartition("/")[2]
            if SHA256.fullmatch(name) and entry["Key"] == self._key(name) and entry["LastModified"] < before:
                yield name

    def _remove_older(self, name: str, before: datetime) -> bool:
        head = self._head(self._key(name))
        if head is None or head["LastModified"] >= before:
            return False
        self._client.delete_object(Bucket=self.bucket, Key=self._key(name))
        return True

    def _key(self, name: str) -> str:
        require_name(name)
        return f"{self.prefix}{name[:2]}/{name}"


def _code(problem: ClientError) -> str:
    return str(problem.response.get("Error", {}).get("Code", ""))


def _translated(problem: BaseException) -> BaseException:
    if isinstance(problem, ClientError) and _code(problem) in NOT_THERE:
        return Missing()
    return StorageUnavailable() if isinstance(problem, FAULTS) else problem
