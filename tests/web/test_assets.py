"""Static files: only what is listed, kept for ever, free of anything foreign; and the contrast of the two themes."""
import itertools
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web import assets

STATIC = assets.ROOT
TEMPLATES = STATIC.parent / "templates"
FOREVER = 365 * 24 * 3600


def make(cache: Path | None = None, debug: bool = False) -> Flask:
    """Return a small application with one page and the assets."""
    bare = Flask("bare", static_folder=None)
    bare.debug = debug
    bare.secret_key = "x" * 32
    assets.install(bare, cache)
    bare.add_url_rule("/", "home", lambda: "<!doctype html>")
    bare.add_url_rule("/data", "data", lambda: {"a": 1})
    return bare


@pytest.fixture(scope="module")
def site() -> Flask:
    return make()


@pytest.fixture()
def visitor(site: Flask) -> FlaskClient:
    return site.test_client()


def address(site: Flask, name: str) -> str:
    return str(site.jinja_env.globals["asset"](name))


@pytest.mark.parametrize("name", ["css/tokens.css", "js/main.js", "images/icons.svg", "vendor/bootstrap.min.css"])
def test_a_listed_file_is_kept_for_ever_and_sets_no_cookie(site: Flask, visitor: FlaskClient, name: str) -> None:
    answer = visitor.get(address(site, name))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert int(re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])[1]) >= FOREVER  # type: ignore[index]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", [
    "vendor/bootstrap.min.css.map", "vendor/bootstrap.bundle.js", "../portal/factory.py", "%2e%2e/app.py",
    "css", "css/",
    "css/tokens.css.gz", "js/../js/main.js",
])
def test_what_is_not_listed_does_not_exist(site: Flask, visitor: FlaskClient, path: str) -> None:
    shelf = address(site, "css/tokens.css").removesuffix("css/tokens.css")
    assert visitor.get(shelf + path).status_code == 404


def test_an_old_address_does_not_serve_new_content(visitor: FlaskClient) -> None:
    assert visitor.get("/static/0000000000000000/css/tokens.css").status_code == 404


def test_asking_a_template_for_an_unknown_file_fails_loudly(site: Flask) -> None:
    with pytest.raises(KeyError):
        address(site, "css/missing.css")


def test_the_address_names_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = assets.collect(tmp_path)["a.css"].url
    (tmp_path / "a.css").write_text("a{color:red}")
    after = assets.collect(tmp_path)["a.css"].url
    assert before != after
    (tmp_path / "secret.env").write_text("x")
    assert set(assets.collect(tmp_path)) == {"a.css", *assets.VENDOR}


def test_compressed_copies_are_sent_to_those_who_read_them(tmp_path: Path) -> None:
    small = make(tmp_path)
    url = address(small, "vendor/bootstrap.min.css")
    plain = small.test_client().get(url)
    brotli = small.test_client().get(url, headers={"Accept-Encoding": "br"})
    assert brotli.headers["Content-Encoding"] == "br"
    assert len(brotli.data) < len(plain.data) / 5
    assert not [found for found in tmp_path.rglob(".*")], "drafts are left behind"
    again = make(tmp_path).test_client().get(url, headers={"Accept-Encoding": "gzip"})
    assert again.headers["Content-Encoding"] == "gzip"


def test_without_a_place_to_write_the_files_are_sent_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    small = make(tmp_path / "taken")
    answer = small.test_client().get(address(small, "css/tokens.css"), headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200 and "Content-Encoding" not in answer.headers


def test_while_developing_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text("a{}")
    (tmp_path / assets.PREFETCH).write_text("{}")
    monkeypatch.setattr(assets, "collect", lambda: _collected(tmp_path))
    live = make(debug=True)
    assert live.test_client().get(address(live, "a.css")).data == b"a{}"
    sheet.write_text("b{color:red}")
    answer = live.test_client().get(address(live, "a.css"))
    assert answer.data == b"b{color:red}"
    assert "immutable" not in answer.headers["Cache-Control"]


_collect = assets.collect


def _collected(root: Path) -> dict[str, assets.Asset]:
    return _collect(root)


def test_pages_name_the_rules_of_prefetching_and_data_does_not(site: Flask, visitor: FlaskClient) -> None:
    rules = visitor.get("/").headers["Speculation-Rules"].strip('"')
    answer = visitor.get(rules)
    assert answer.headers["Content-Type"] == "application/speculationrules+json"
    assert answer.get_json(force=True)["prefetch"][0]["eagerness"] == "moderate"
    assert "Speculation-Rules" not in visitor.get("/data").headers


# --- what the files say -------------------------------------------------------------------------------------------

def own(*kinds: str) -> list[Path]:
    return [path for path in STATIC.rglob("*") if path.suffix in kinds]


@pytest.mark.parametrize("path", own(".css", ".js", ".svg"), ids=lambda path: path.name)
def test_no_file_speaks_of_another_host(path: Path) -> None:
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|[\"'(]//[a-z0-9-]+\.[a-z]", text)
    assert "@import" not in text


@pytest.mark.parametrize("path", own(".js"), ids=lambda path: path.name)
def test_scripts_make_no_markup_from_text(path: Path) -> None:
    text = path.read_text()
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "parseFromString", "eval(",
                 "new Function", ".style.", "setAttribute('style'", "localStorage", "sessionStorage"):
        assert sink not in text, sink


@pytest.mark.parametrize("path", own(".js"), ids=lambda path: path.name)
def test_every_imported_module_is_there(path: Path) -> None:
    for name in re.findall(r"'(\./[\w-]+\.js)'", path.read_text()):
        assert (path.parent / name).is_file(), name


SHEETS = [path for path in own(".css") if path.name not in ("tokens.css", "print.css")]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_colours_are_written_in_the_tokens_only(path: Path) -> None:
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(|oklch\(", path.read_text())


def test_every_token_that_is_used_is_defined() -> None:
    text = "\n".join(path.read_text() for path in own(".css"))
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    used = {name for name in re.findall(r"var\((--[\w-]+)", text)}
    assert used <= defined, used - defined


def test_every_icon_that_is_asked_for_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "images/icons.svg").read_text()))
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        asked = set(re.findall(r"""\bicon\(["']([\w-]+)["']""", text)) | set(re.findall(r'icon_name="([\w-]+)"', text))
        assert asked <= drawn, (path.name, asked - drawn)
    navigation = (STATIC.parent / "portal/navigation.py").read_text()
    asked = set(re.findall(r'Item\([^,]+, "[\w.]+", "([\w-]+)"', navigation))
    assert asked and asked <= drawn, asked - drawn


def test_every_class_in_a_page_has_a_style() -> None:
    bootstrap = assets.collect()["vendor/bootstrap.min.css"].path
    sheets = "".join(path.read_text() for path in [*own(".css"), bootstrap])
    styled = set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", sheets))
    for path in TEMPLATES.rglob("*.html"):
        if "email" in path.parts:
            continue
        for value in re.findall(r'class="([^"]*)"', path.read_text()):
            literal = re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*|\{%.*?%\}", " ", value)
            assert set(literal.split()) <= styled, (path.name, set(literal.split()) - styled)


# --- contrast -------------------------------------------------------------------------------------------------------

def tokens() -> dict[str, tuple[str, str]]:
    """Return each colour token with its light and its dark value."""
    text = (STATIC / "css/tokens.css").read_text()
    return {name: (light, dark) for name, light, dark
            in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", text)}


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` as WCAG 2.2 defines it."""
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("canvas", "surface", "raised", "sunken", "hover")
MEANINGS = ("info", "success", "warning", "danger")
READ = (
    [(word, ground) for word in ("text", "muted", "link", *MEANINGS) for ground in GROUNDS]
    + [(word, f"{word}-soft") for word in (*MEANINGS, "neutral", "accent")]
    + [(word, "accent-soft") for word in ("text", "muted", "link", *MEANINGS)]
    + [("text", f"{word}-soft") for word in MEANINGS]
    + [("on-accent", "accent-fill"), ("on-accent", "accent-fill-hover"), ("on-danger", "danger-fill"),
       ("on-danger", "danger-fill-hover"), ("canvas", "text"), ("surface", "info"), ("surface", "success")]
)
SEEN = ([("line-strong", g) for g in ("canvas", "surface", "raised")] + [("focus", g) for g in GROUNDS]
        + [("accent-fill", g) for g in ("canvas", "surface")] + [("danger-fill", g) for g in ("canvas", "surface")]
        + [(word, "neutral-soft") for word in ("accent-fill", "success", "warning", "danger")])


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("word", "ground"), READ, ids=lambda name: name)
def test_words_can_be_read(word: str, ground: str, theme: int) -> None:
    assert contrast(tokens()[word][theme], tokens()[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), SEEN, ids=lambda name: name)
def test_marks_and_borders_of_fields_can_be_seen(mark: str, ground: str, theme: int) -> None:
    assert contrast(tokens()[mark][theme], tokens()[ground][theme]) >= 3


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_meanings_differ_in_lightness_too(theme: int) -> None:
    for one, other in itertools.combinations(MEANINGS, 2):
        ratio = contrast(tokens()[one][theme], tokens()[other][theme])
        assert ratio >= 1.12, (one, other, round(ratio, 3))
