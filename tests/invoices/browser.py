"""A browser without JavaScript that fills in the guard of every form by itself."""
import re
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.core.types import Upload

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
VERSION = re.compile(r'name="version"[^>]*value="(\d*)"|value="(\d*)"[^>]*name="version"')


class Browser:
    """A signed-in person's browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, fields: dict[str, Any] | None = None, *, files: tuple[Upload, ...] = (),
             field: str = "files", page: str | None = None, **more: Any) -> TestResponse:
        """Send a form as its page (`page`, else the path itself) drew it, with `fields` and `files`."""
        drawn = self.client.get(page or path, follow_redirects=True).text
        token = TOKEN.search(drawn) or TOKEN.search(self.client.get("/profile").text)
        version = VERSION.search(drawn)
        data: dict[str, Any] = {"csrf_token": token[1] if token else ""}
        if version:
            data["version"] = version[1] or version[2] or ""
        data.update(fields or {})
        if files:
            data[field] = [(BytesIO(f.data), f.name) for f in files]
        return self.client.post(path, data=data, content_type="multipart/form-data" if files else None, **more)
