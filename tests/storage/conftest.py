"""Stores to test: a folder, and a bucket of a local server that speaks S3."""

import boto3
import pytest
from moto.server import ThreadedMotoServer

from portal.storage.local import LocalStore
from portal.storage.s3 import S3Store

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


@pytest.fixture(scope="session")
def s3_endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_client(s3_endpoint):
    client = boto3.client("s3", endpoint_url=s3_endpoint, **KEYS)
    client.create_bucket(Bucket="files")
    yield client
    for entry in client.list_objects_v2(Bucket="files").get("Contents", ()):
        client.delete_object(Bucket="files", Key=entry["Key"])


@pytest.fixture
def s3_store(s3_client, s3_endpoint):
    return S3Store("files", "acuse/", endpoint=s3_endpoint, access_key="test", secret_key="test")


@pytest.fixture
def local_store(tmp_path):
    return LocalStore(tmp_path / "files")


@pytest.fixture(params=["local", "s3"])
def store(request):
    return request.getfixturevalue(f"{request.param}_store")
