"""The bucket: refused, silent, lying, gone."""

import base64
import socket
import threading
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal.storage.s3 import S3Store
from portal.storage.store import Corrupt, Missing, StorageUnavailable

DATA = b"bytes of a supplier"
NAME = sha256(DATA).hexdigest()
KEY = f"acuse/{NAME[:2]}/{NAME}"


def store_at(port, **options):
    return S3Store("files", endpoint=f"http://127.0.0.1:{port}", access_key="k", secret_key="s", attempts=1, **options)


def acts(store):
    return (
        lambda: store.put(DATA),
        lambda: store.open(NAME),
        lambda: store.exists(NAME),
        store.check,
        lambda: store.sweep(lambda names: [], None),
    )


@pytest.fixture
def answering():
    """Serve one fixed answer to whatever is asked: (status, headers, body)."""
    servers: list[ThreadingHTTPServer] = []

    def serve(status, body=b"", headers=()):
        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                serve.headers.append(self.headers)
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_PUT = do_HEAD = do_DELETE = answer

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return server.server_address[1]

    serve.headers = []
    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_key_is_the_hash(s3_store, s3_client):
    s3_store.put(DATA)
    assert [entry["Key"] for entry in s3_client.list_objects_v2(Bucket="files")["Contents"]] == [KEY]


def test_changed_bytes_are_not_handed_out(s3_store, s3_client):
    s3_store.put(DATA)
    s3_client.put_object(Bucket="files", Key=KEY, Body=DATA[::-1])
    for act in (s3_store.open, s3_store.read):
        with pytest.raises(Corrupt):
            act(NAME)


def test_an_object_of_the_wrong_size_is_mended_by_the_next_put(s3_store, s3_client):
    s3_client.put_object(Bucket="files", Key=KEY, Body=DATA[:5])
    s3_store.put(DATA)
    assert s3_store.read(NAME) == DATA


def test_a_second_put_renews_the_time_without_sending_the_bytes_again(s3_store, s3_client):
    s3_store.put(DATA)
    first = s3_client.head_object(Bucket="files", Key=KEY)["LastModified"]
    time.sleep(1.1)
    s3_store.put(DATA)
    head = s3_client.head_object(Bucket="files", Key=KEY)
    assert head["LastModified"] > first and head["Metadata"] == {"kept": "again"}
    assert s3_store.read(NAME) == DATA


def test_the_checksum_is_sent_with_the_bytes_and_nothing_is_overwritten(answering):
    store_at(answering(200)).put(DATA)
    sent = answering.headers[-1]
    assert sent["x-amz-checksum-sha256"] == base64.b64encode(bytes.fromhex(NAME)).decode()
    assert sent["If-None-Match"] == "*"


def test_sweep_leaves_foreign_objects(s3_store, s3_client):
    from datetime import UTC, datetime, timedelta

    for key in ("acuse/README", NAME, f"acuse/zz/{NAME}"):
        s3_client.put_object(Bucket="files", Key=key, Body=b"x")
    assert s3_store.sweep(lambda names: [], datetime.now(UTC) + timedelta(days=1)) == []


def test_a_bucket_that_does_not_exist(s3_endpoint):
    store = S3Store("nowhere", endpoint=s3_endpoint, access_key="k", secret_key="s")
    for act in (store.check, lambda: store.put(DATA)):
        with pytest.raises(StorageUnavailable):
            act()


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        started = time.monotonic()
        for act in acts(store_at(taken.getsockname()[1])):
            with pytest.raises(StorageUnavailable):
                act()
        assert time.monotonic() - started < 12


def test_somebody_listens_and_never_answers():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = store_at(silent.getsockname()[1], read_timeout=0.3)
        for act in acts(store):
            started = time.monotonic()
            with pytest.raises(StorageUnavailable):
                act()
            assert time.monotonic() - started < 8


@pytest.mark.parametrize("status", [403, 500, 503])
def test_errors_of_the_service(answering, status):
    for act in acts(store_at(answering(status, b"<Error><Code>Nope</Code></Error>"))):
        with pytest.raises(StorageUnavailable):
            act()


def test_bytes_changed_on_the_way(answering):
    with pytest.raises(Corrupt):
        store_at(answering(200, DATA + b"!")).read(NAME)


def test_an_answer_cut_short(answering):
    with pytest.raises((Corrupt, StorageUnavailable)):
        store_at(answering(200, b"")).read(NAME)


def test_an_object_that_is_gone(answering):
    body = b"<Error><Code>NoSuchKey</Code></Error>"
    with pytest.raises(Missing):
        store_at(answering(404, body)).read(NAME)
