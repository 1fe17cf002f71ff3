"""The command line of the core: verdicts, JSON, exit codes, archives, and no bytes that break it."""

import json
import os
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.cfdi import trust as trust_module
from portal.cfdi.trust import Imported, Outcome
from portal.local import cfdi_commands
from portal.local.authority import Authority, sign
from portal.local.cfdi_commands import cfdi_commands as cfdi
from portal.local.cfdi_commands import sat_commands as sat
from portal.local.cfdi_maker import Invoice, Line, Party, make_cfdi

FECHA = datetime(2026, 11, 20, 9)
ISSUER = Party("ABC010203AB1", "ABASTECEDORA DEL BAJIO", "601", "37000")
RECEIVER = Party("CLI990101XY2", "CLIENTE DEL CENTRO", "601", "64000")
KEYS = ["file", "sha256", "uuid", "version", "type", "verdict", "steps", "findings"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("sandbox"))


@pytest.fixture(scope="module")
def unstamped(authority: Authority) -> bytes:
    xml = make_cfdi(ISSUER, RECEIVER, [Line("Servicio", Decimal(100))], Invoice(FECHA))
    return sign(xml, authority.issue_csd(ISSUER.rfc, ISSUER.name))


@pytest.fixture(scope="module")
def good(authority: Authority, unstamped: bytes) -> bytes:
    return authority.stamp(unstamped, FECHA + timedelta(seconds=3))


@pytest.fixture(autouse=True)
def installation(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own, which believes the tests' sandbox, on the tests' day."""
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PORTAL_DEMO", "0")
    monkeypatch.setattr(cfdi_commands, "trust", lambda settings: authority.trust())
    monkeypatch.setattr(cfdi_commands, "now", lambda: datetime(2026, 11, 21, tzinfo=UTC))
    return tmp_path / "home"


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cfdi, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_json_is_one_object_a_line(tmp_path: Path, good: bytes) -> None:
    folder = tmp_path / "facturas"
    written(folder / "a.xml", good)
    written(folder / "b.xml", b"%PDF")
    with zipfile.ZipFile(folder / "c.zip", "w") as made:
        made.writestr("dentro/d.xml", good.replace(b"116.00", b"117.00"))
    result = run("check", "--json", folder)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [list(row) for row in rows] == [KEYS] * 3
    assert [row["verdict"] for row in rows] == ["accepted", "rejected", "rejected"], rows[0]
    assert rows[2]["file"] == f"{folder / 'c.zip'}!dentro/d.xml"
    assert rows[1]["steps"] == dict.fromkeys(rows[1]["steps"], "not_run") | {"wellformed": "failed"}
    assert "CFDI40102" in {finding["code"] for finding in rows[2]["findings"]}


def test_text_says_verdicts_and_counts_them(tmp_path: Path, good: bytes) -> None:
    result = run("check", written(tmp_path / "a.xml", good), written(tmp_path / "b.xml", b""))
    assert "✓ ACEPTADO" in result.stdout
    assert "✗ RECHAZADO" in result.stdout
    assert result.stdout.splitlines()[-1] == "2: 1 aceptado · 0 con avisos · 1 rechazado"
    english = run("check", "--lang", "en", tmp_path / "b.xml").stdout
    assert "The file is empty" in english


def test_exit_codes(tmp_path: Path, good: bytes) -> None:
    fine, bad = written(tmp_path / "a.xml", good), written(tmp_path / "b.xml", b"")
    assert run("check", fine, bad).exit_code == 0
    assert run("check", "--strict", fine).exit_code == 0
    assert run("check", "--strict", fine, bad).exit_code == 1
    assert run("check").exit_code == 2
    assert run("check", tmp_path / "gone").exit_code == 2
    assert run("check", "--lang", "fr", fine).exit_code == 2


def test_unstamped_documents_are_for_emission(tmp_path: Path, unstamped: bytes) -> None:
    file = written(tmp_path / "a.xml", unstamped)
    assert json.loads(run("check", "--json", file).stdout)["verdict"] == "rejected"
    row = json.loads(run("check", "--json", "--unstamped", file).stdout)
    assert (row["verdict"], row["steps"]["stamp"]) == ("accepted", "not_run"), row


def test_names_that_are_not_text(tmp_path: Path, good: bytes) -> None:
    raw = os.fsencode(tmp_path) + b"/\xff\xfe.xml"
    Path(os.fsdecode(raw)).write_bytes(good)
    assert run("check", "--json", tmp_path).exit_code == 0
    assert run("check", tmp_path).exit_code == 0


def test_certificates_may_be_given(
    tmp_path: Path, good: bytes, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cfdi_commands, "trust", lambda settings: trust_module.TrustStore.production())
    file = written(tmp_path / "a.xml", good)
    assert json.loads(run("check", "--json", file).stdout)["verdict"] == "rejected"
    written(tmp_path / "sat/root.cer", authority.root.certificate.der)
    written(tmp_path / "sat/pac.cer", authority.provider.der)
    refused = run("check", "--json", "--sat-certificates", tmp_path / "sat", file)
    assert json.loads(refused.stdout)["verdict"] == "rejected"
    monkeypatch.setitem(trust_module.PINNED, authority.root.certificate.fingerprint, "SANDBOX")
    believed = run("check", "--json", "--sat-certificates", tmp_path / "sat", file)
    assert json.loads(believed.stdout)["verdict"] == "accepted"


def test_show_reads_the_document_out(tmp_path: Path, good: bytes) -> None:
    text = run("show", written(tmp_path / "a.xml", good)).stdout
    assert "ABC010203AB1 · ABASTECEDORA DEL BAJIO" in text
    assert "✓ ACEPTADO" in text
    assert "ACUSE-XML-EMPTY" in run("show", written(tmp_path / "b.xml", b"")).stdout


def test_import_keeps_what_chains(
    tmp_path: Path, authority: Authority, installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sat"
    written(folder / "root.cer", authority.root.certificate.der)
    refused = CliRunner().invoke(sat, ["import-certificates", str(folder)])
    assert refused.exit_code == 1
    assert not (installation / "sat").exists()
    monkeypatch.setitem(trust_module.PINNED, authority.root.certificate.fingerprint, "SANDBOX")
    done = CliRunner().invoke(sat, ["import-certificates", str(folder)])
    assert done.exit_code == 0, done.output
    assert "authority" in done.output
    assert len(list((installation / "sat").iterdir())) == 1


@pytest.mark.parametrize(("written", "meant"), [
    ("A.C. del Servicio de Administraci\u00c3\u00b3n Tributaria", "A.C. del Servicio de Administración Tributaria"),
    ("AC DEL SERVICIO DE ADMINISTRACIÓN", "AC DEL SERVICIO DE ADMINISTRACIÓN"), ("中", "中"), ("plain", "plain")])
def test_a_name_written_twice_in_utf8_is_read_once(written: str, meant: str) -> None:
    one = Imported("a.cer", Outcome.AUTHORITY, "1", written)
    assert f" {meant}  a.cer" in cfdi_commands._imported_line(one)
