"""How fast the CFDI core judges, against its floor and against what others offer, in one run and as ratios.

(a) the floor: sha256, strict parse, SAT's XSLT, two RSA verifications; (b) ours, whole; (c) satcfdi: read, validate,
verify; (d) lxml with SAT's full schema. Then documents on a pool of two processes beside a loop that only spins.
"""
import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from lxml import etree

from portal.cfdi import reader, resources, seal
from portal.cfdi.check import judge
from portal.cfdi.report import Verdict
from portal.cfdi.trust import TrustStore
from portal.local.authority import Authority
from portal.local.cfdi_maker import Invoice, Line, Party, make_cfdi

FECHA = datetime(2026, 11, 20, 9)
AT = datetime(2026, 11, 21, tzinfo=UTC)
ISSUER = Party("ABC010203AB1", "ABASTECEDORA DEL BAJIO", "601", "37000")
RECEIVER = Party("CLI990101XY2", "CLIENTE DEL CENTRO", "601", "64000")
SIZES = (1, 2, 10, 200)
ROUNDS = 7

_work: list[tuple[TrustStore, bytes]] = []


def main() -> None:
    """Print every measurement."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority.open(folder)
        documents = {size: _document(authority, size) for size in SIZES}
        _ready()
        _sizes(authority, documents)
        _pool(folder, documents[2])
        _memory(authority, documents[2])


def _document(authority: Authority, conceptos: int) -> bytes:
    lines = [Line(f"Artículo {n}", Decimal("123.45"), Decimal(n % 7 + 1)) for n in range(conceptos)]
    csd = authority.issue_csd(ISSUER.rfc, ISSUER.name)
    return authority.sign_and_stamp(make_cfdi(ISSUER, RECEIVER, lines, Invoice(FECHA)), csd, FECHA)


def _ready() -> None:
    """From the start of a process to a core that can judge."""
    code = "from portal.cfdi import check, trust; trust.TrustStore.production(); check.warm()"
    best = min(_timed(lambda: subprocess.run([sys.executable, "-c", code], check=True)) for _ in range(3))
    print(f"core ready after the process starts: {best:.3f} s")


def _sizes(authority: Authority, documents: dict[int, bytes]) -> None:
    trust, full = authority.trust(), _full_schema()
    print(f"{'conceptos':>9} {'bytes':>7} {'floor ms':>9} {'ours ms':>9} {'ours/floor':>10} {'satcfdi ms':>10} "
          f"{'satcfdi/ours':>12} {'full XSD ms':>11}")
    for size, data in documents.items():
        report = judge(data, trust, at=AT)
        assert report.verdict is Verdict.ACCEPTED, report.to_json("en")
        times = max(5, 400 // size)
        floor = _best(_floor(data, trust), times)
        ours = _best(lambda data=data: judge(data, trust, at=AT), times)  # type: ignore[misc]
        theirs = _best(_satcfdi(data), 2, rounds=2)
        schema = _best(_against(full, data), max(2, times // 10), rounds=3)
        print(f"{size:>9} {len(data):>7} {floor:>9.3f} {ours:>9.3f} {ours / floor:>10.2f} {theirs:>10.1f} "
              f"{theirs / ours:>12.0f} {schema:>11.2f}")


def _floor(data: bytes, trust: TrustStore) -> Callable[[], object]:
    report = judge(data, trust, at=AT)
    document, issuer, provider = report.document, report.certificate, report.pac_certificate
    assert document is not None and issuer is not None and provider is not None
    stamp = document.timbres[0]
    own, sat, cadena = seal.signature(document.sello), seal.signature(stamp.sello_sat), seal.stamp_cadena(stamp)
    parser = etree.XMLParser(**reader._PARSER_OPTIONS)
    transform = seal._transform("4.0")

    def floor() -> bool:
        hashlib.sha256(data).hexdigest()
        text = bytes(transform(etree.fromstring(data, parser)))
        return seal.signed_by(issuer, own, text) and seal.signed_by(provider, sat, cadena)  # type: ignore[arg-type]

    assert floor()
    return floor


def _satcfdi(data: bytes) -> Callable[[], object]:
    from satcfdi.cfdi import CFDI  # a reason: only this measurement needs it, and it is heavy

    return lambda: CFDI.from_string(data).process(validate=True)


def _full_schema() -> etree.XMLSchema:
    site = resources.schemas() / "www.sat.gob.mx/sitio_internet/cfd"
    files = {
        "http://www.sat.gob.mx/cfd/4": site / "4/cfdv40.xsd",
        "http://www.sat.gob.mx/TimbreFiscalDigital": site / "TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd",
    }
    imports = "".join(f'<xs:import namespace="{space}" schemaLocation="{path}"/>' for space, path in files.items())
    wrapper = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(wrapper))


def _against(schema: etree.XMLSchema, data: bytes) -> Callable[[], object]:
    root = etree.fromstring(data)
    assert schema.validate(root), schema.error_log
    return lambda: schema.validate(root)


def _best(run: Callable[[], object], times: int, rounds: int = ROUNDS) -> float:
    """Milliseconds of one run: the best of some rounds, which other people's load disturbs least."""
    return min(_timed(lambda: [run() for _ in range(times)]) for _ in range(rounds)) / times * 1000


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _start(folder: str, data: bytes) -> None:
    trust = Authority.open(folder).trust()
    judge(data, trust, at=AT)
    _work[:] = [(trust, data)]


def _judge_many(count: int) -> int:
    trust, data = _work[0]
    return sum(judge(data, trust, at=AT).verdict is Verdict.ACCEPTED for _ in range(count))


def _spin(count: int) -> int:
    total = 0
    for number in range(count * 2000):
        total += number & 3
    return total


def _pool(folder: str, data: bytes, count: int = 10_000) -> None:
    """How well two processes help, beside how well they help a loop that shares nothing."""
    times: dict[tuple[str, int], float] = {}
    for workers in (1, 2):
        with ProcessPoolExecutor(workers, initializer=_start, initargs=(folder, data)) as pool:
            list(pool.map(_judge_many, [1] * workers * 4))
            for name, run, amount in (("judge", _judge_many, count), ("spin", _spin, count // 4)):
                pieces = [amount // 20] * 20
                started = time.perf_counter()
                list(pool.map(run, pieces))
                times[name, workers] = time.perf_counter() - started
    for name in ("judge", "spin"):
        print(f"{name}: 1 process {times[name, 1]:.2f} s, 2 processes {times[name, 2]:.2f} s, "
              f"{times[name, 1] / times[name, 2]:.2f} times as fast")
    print(f"{count / times['judge', 2]:.0f} documents a second on two processes")


def _memory(authority: Authority, data: bytes) -> None:
    trust = authority.trust()
    peaks = []
    for _ in range(3):
        for number in range(3000):
            judge(data, trust, at=AT + timedelta(seconds=number))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    print(f"memory after 3,000, 6,000 and 9,000 documents: {', '.join(map(str, peaks))} MB")
