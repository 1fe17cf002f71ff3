"""Static files: an allow-list of our own folder and of one file of Bootstrap's package, under addresses that name their
content, so that a browser keeps them for ever. Served by WhiteNoise before Flask: no session, no cookie.

Our own files share one digest (`/static/<digest>/js/main.js`): relative imports between modules and style sheets hold.
"""
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from wsgiref.headers import Headers

import structlog
from flask import Flask, Response
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

log = structlog.get_logger()
ROOT = Path(__file__).resolve().parents[2] / "static"
KINDS = (".css", ".js", ".svg", ".png", ".json")
VENDOR = {"vendor/bootstrap.min.css": "static/bootstrap5/css/bootstrap.min.css"}
PREFETCH = "prefetch.json"
MIME = {".json": "application/speculationrules+json"}


@dataclass(frozen=True)
class Asset:
    """One file that may be served: its address and where it lies."""

    url: str
    path: Path


def install(app: Flask, cache: Path | None = None) -> None:
    """Serve the assets of `app` and give its templates `asset(path)`.

    `cache`: a folder where compressed copies are kept (made when absent); without it the files are sent as they are.
    In debug mode nothing is kept by the browser and a changed file is seen at once.
    """
    assets = collect()
    if app.debug:
        assets = {name: Asset(f"/static/dev/{name}", found.path) for name, found in assets.items()}
    served = assets if cache is None or app.debug else compressed(assets, cache)
    app.wsgi_app = _Shelf(app, served)  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = lambda name: assets[name].url
    app.extensions["assets"] = assets
    app.after_request(_announce_prefetch(assets[PREFETCH].url))


def collect(root: Path = ROOT) -> dict[str, Asset]:
    """Return every servable file by its name (`css/base.css`); raises FileNotFoundError when a package file is gone."""
    own = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.suffix in KINDS}
    shelf = digest(own.values())
    assets = {name: Asset(f"/static/{shelf}/{name}", path) for name, path in own.items()}
    for name, inside in VENDOR.items():
        path = Path(str(files("flask_bootstrap").joinpath(inside)))
        assets[name] = Asset(f"/static/{digest([path])}/{name}", path)
    return assets


def digest(paths: Iterable[Path]) -> str:
    """Return 16 hexadecimal digits that name the content of `paths` together with their names."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def compressed(assets: Mapping[str, Asset], cache: Path) -> dict[str, Asset]:
    """Return `assets` as copies under `cache`, each with its brotli and gzip sibling; work is done once per content.

    Where nothing can be written the files are sent as they are: slower, never missing.
    """
    compressor = Compressor(quiet=True)
    try:
        return {name: Asset(asset.url, _copy(asset, cache, compressor)) for name, asset in assets.items()}
    except OSError as failure:
        log.warning("assets.not_compressed", cache=str(cache), error=str(failure))
        return dict(assets)


def _copy(asset: Asset, cache: Path, compressor: Compressor) -> Path:
    target = cache / asset.url.removeprefix("/static/")
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{os.getpid()}-{target.name}")
        draft.write_bytes(asset.path.read_bytes())
        made = compressor.compress(str(draft)) if compressor.should_compress(draft.name) else []
        for sibling in (*made, str(draft)):  # the file itself last: processes that start together see all or nothing
            os.replace(sibling, target.with_name(target.name + sibling.removeprefix(str(draft))))
    return target


class _Shelf(WhiteNoise):
    """WhiteNoise over a list of files instead of folders: what is not on the list does not exist."""

    def __init__(self, app: Flask, assets: Mapping[str, Asset]) -> None:
        super().__init__(app.wsgi_app, allow_all_origins=False, max_age=0, add_headers_function=_headers,
                         immutable_file_test=lambda path, url: not app.debug)
        self.listed = {asset.url: str(asset.path) for asset in assets.values()}
        self.live = app.debug
        for url, path in self.listed.items():
            self.add_file_to_dictionary(url, path)

    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]
        """Serve a listed file, or pass on; while developing, re-read the file first."""
        path = self.listed.get(environ.get("PATH_INFO", ""))
        if self.live and path:
            self.add_file_to_dictionary(environ["PATH_INFO"], path)
        return super().__call__(environ, start_response)


def _headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if Path(path).suffix in MIME:
        headers["Content-Type"] = MIME[Path(path).suffix]


def _announce_prefetch(url: str) -> Callable[[Response], Response]:
    """Name the rules by which a browser may fetch the next page while the pointer rests on its link."""
    def announce(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers["Speculation-Rules"] = f'"{url}"'
        return response
    return announce
