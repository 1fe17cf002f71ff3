"""How fast the CFDI core judges, against its floor and against what others offer, in one run and as ratios.

(a) the floor: sha256, a strict parse, SAT's own stylesheet as SAT publishes it, two RSA verifications; (b) ours, whole;
(c) satcfdi: read and validate; (d) lxml with SAT's full schema alone. Each over the same documents, all of them
different; in turns, the best of several rounds, in the process's own CPU time, so that a machine with other work to do
says the same. Then documents on a warm pool of two processes beside a loop that only spins, by the clock.
"""
import hashlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from portal.cfdi import resources, seal
from portal.cfdi.check import judge
from portal.cfdi.report import Report, Verdict
from portal.cfdi.trust import TrustStore
from portal.local.authority import Authority
from portal.local.cfdi_maker import Invoice, Line, Party, make_cfdi

STAMPED = datetime(2026, 11, 20, 9)
AT = datetime(2026, 11, 21, tzinfo=UTC)
ISSUERS = [Party(f"ABC010203AB{n}", f"ABASTECEDORA DEL BAJIO {n}", "601", "37000") for n in range(8)]
RECEIVER = Party("CLI990101XY2", "CLIENTE DEL CENTRO", "601", "64000")
WORDS = "cemento varilla flete servicio renta mensual papel tóner caja tornillo acero lámina mantenimiento".split()
SIZES = {1: 100, 2: 100, 10: 40, 200: 8}  # conceptos: documents
ROUNDS = 9
COUNT = 10_000

_work: list[tuple[TrustStore, list[bytes]]] = []


def main() -> None:
    """Print every measurement."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority.open(folder)
        documents = {size: _documents(authority, size, count) for size, count in SIZES.items()}
        _starts(Path(folder), documents[2][0])
        _memory(authority, documents[2])
        _pool(folder, documents[2])
        _sizes(authority, documents)
        _strangers(authority)


def _documents(authority: Authority, conceptos: int, count: int) -> list[bytes]:
    rng = random.Random(conceptos)
    return [_document(authority, rng, ISSUERS[number % len(ISSUERS)], conceptos) for number in range(count)]


def _document(authority: Authority, rng: random.Random, issuer: Party, conceptos: int) -> bytes:
    lines = [
        Line(" ".join(rng.choices(WORDS, k=rng.randint(1, 6))), Decimal(rng.randint(100, 9_999_999)) / 100,
             Decimal(rng.randint(1, 50)), no_identificacion=rng.choice(("", f"A-{rng.randint(1, 999)}")))
        for _ in range(conceptos)
    ]
    facts = Invoice(STAMPED - timedelta(seconds=rng.randint(0, 80_000)), serie=rng.choice(("", "A", "FAC")),
                    folio=str(rng.randint(1, 99_999)))
    csd = authority.issue_csd(issuer.rfc, issuer.name)
    return authority.sign_and_stamp(make_cfdi(issuer, RECEIVER, lines, facts), csd, STAMPED)


def _starts(folder: Path, data: bytes) -> None:
    """From the start of a process to a core that can judge, and to the verdict that the command line prints."""
    (folder / "one.xml").write_bytes(data)
    warm = "from portal.cfdi import check, trust; trust.TrustStore.production(); check.warm()"
    check = f"import sys; sys.argv = ['flask', 'cfdi', 'check', {str(folder / 'one.xml')!r}]; " \
            "from flask.cli import main; main()"
    for what, code in (("the core ready after the process starts", warm), ("flask cfdi check of one file", check)):
        times = [_child(code) for _ in range(7)]
        cpu, clock = min(cpu for cpu, _ in times), min(clock for _, clock in times)
        print(f"{what}: {cpu:.3f} s of CPU, {clock:.3f} s by the clock")


def _child(code: str) -> tuple[float, float]:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    clock, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock


def _sizes(authority: Authority, documents: dict[int, list[bytes]]) -> None:
    trust, full = authority.trust(), _full_schema()
    print("milliseconds of CPU for one document:")
    print(f"{'conceptos':>9} {'bytes':>7} {'floor':>7} {'ours':>7} {'ours/floor':>10} {'satcfdi':>8} "
          f"{'satcfdi/ours':>12} {'full XSD':>9}")
    for size, some in documents.items():
        judgements = [judge(data, trust, at=AT) for data in some]
        assert all(one.verdict is Verdict.ACCEPTED for one in judgements), judgements[0].to_json("en")
        floor, ours = _in_turns([_floor(some, judgements), _ours(some, trust)], ROUNDS)
        theirs, schema = _in_turns([_satcfdi(some[:2]), _against(full, some[:2])], 2)
        floor, ours, theirs, schema = floor / len(some), ours / len(some), theirs / 2, schema / 2
        average = sum(map(len, some)) // len(some)
        print(f"{size:>9} {average:>7} {floor:>7.3f} {ours:>7.3f} {ours / floor:>10.2f} {theirs:>8.1f} "
              f"{theirs / ours:>12.0f} {schema:>9.2f}", flush=True)


def _strangers(authority: Authority) -> None:
    """How much longer a document takes whose issuer's certificate was never seen before."""
    rng, trust = random.Random(1), authority.trust()
    issuers = [Party(f"XYZ010203A{number:02}", f"NUEVA {number}", "601", "37000") for number in range(60)]
    documents = [_document(authority, rng, issuer, 1) for issuer in issuers]
    judge(documents[0], trust, at=AT)
    times: list[list[int]] = [[], []]
    for data in documents[1:]:
        for seen in times:
            started = time.perf_counter_ns()
            judge(data, trust, at=AT)
            seen.append(time.perf_counter_ns() - started)
    first, again = (sorted(seen)[len(seen) // 2] / 1e6 for seen in times)
    print(f"a document of a new issuer {first:.3f} ms, the same once more {again:.3f} ms")


def _ours(documents: list[bytes], trust: TrustStore) -> Callable[[], object]:
    def ours() -> None:
        for data in documents:  # as the floor, it keeps nothing of what it made
            judge(data, trust, at=AT)

    return ours


def _floor(documents: list[bytes], judgements: list[Report]) -> Callable[[], object]:
    transform = etree.XSLT(etree.parse(str(resources.cadena_xslt("4.0"))))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    known = [_known(report) for report in judgements]
    padding, algorithm = PKCS1v15(), SHA256()

    def floor() -> None:
        for data, (issuer, own, provider, sat, stamp) in zip(documents, known, strict=True):
            hashlib.sha256(data).hexdigest()
            cadena = bytes(transform(etree.fromstring(data, parser)))
            issuer.verify(own, cadena, padding, algorithm)
            provider.verify(sat, stamp, padding, algorithm)

    return floor


def _known(report: Report) -> tuple:
    """What the floor need not work out: the two keys, the two seals, the stamp's cadena."""
    assert report.document is not None and report.certificate is not None and report.pac_certificate is not None
    stamp = report.document.timbres[0]
    return (report.certificate.key, seal.signature(report.document.sello), report.pac_certificate.key,
            seal.signature(stamp.sello_sat), seal.stamp_cadena(stamp))


def _satcfdi(documents: list[bytes]) -> Callable[[], object]:
    from satcfdi.cfdi import CFDI  # only this measurement needs it, and it is heavy

    return lambda: [CFDI.from_string(data).process(validate=True) for data in documents]


def _full_schema() -> etree.XMLSchema:
    site = resources.schemas() / "www.sat.gob.mx/sitio_internet/cfd"
    files = {
        "http://www.sat.gob.mx/cfd/4": site / "4/cfdv40.xsd",
        "http://www.sat.gob.mx/TimbreFiscalDigital": site / "TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd",
    }
    imports = "".join(f'<xs:import namespace="{space}" schemaLocation="{path}"/>' for space, path in files.items())
    wrapper = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(wrapper))


def _against(schema: etree.XMLSchema, documents: list[bytes]) -> Callable[[], object]:
    roots = [etree.fromstring(data) for data in documents]
    assert all(map(schema.validate, roots)), schema.error_log
    return lambda: [schema.validate(root) for root in roots]


def _in_turns(runs: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Milliseconds of CPU of each run: the best of the rounds, in which they take turns."""
    best = [float("inf")] * len(runs)
    for _ in range(rounds):
        for number, run in enumerate(runs):
            started = time.process_time()
            run()
            best[number] = min(best[number], (time.process_time() - started) * 1000)
    return best


def _start(folder: str, documents: list[bytes]) -> None:
    _work[:] = [(Authority.open(folder).trust(), documents)]
    _judge_many(len(documents))


def _judge_many(count: int) -> int:
    trust, documents = _work[0]
    several = (documents[number % len(documents)] for number in range(count))
    return sum(judge(data, trust, at=AT).verdict is Verdict.ACCEPTED for data in several)


def _spin(count: int) -> int:
    total = 0
    for number in range(count * 4000):
        total += number & 3
    return total


def _pool(folder: str, documents: list[bytes]) -> None:
    """How well two processes help, beside how well they help a loop that shares nothing."""
    best: dict[tuple[str, int], float] = {}
    with ProcessPoolExecutor(1, None, _start, (folder, documents)) as one, \
            ProcessPoolExecutor(2, None, _start, (folder, documents)) as two:
        pools = {1: one, 2: two}
        for round_ in range(4):
            for name, run in (("judge", _judge_many), ("spin", _spin)):
                for workers, pool in pools.items():
                    started = time.perf_counter()
                    assert sum(pool.map(run, [COUNT // 40] * 40))
                    if round_:  # the first one warms
                        taken = time.perf_counter() - started
                        best[name, workers] = min(best.get((name, workers), taken), taken)
    for name in ("judge", "spin"):
        print(f"{name}: 1 process {best[name, 1]:.2f} s, 2 processes {best[name, 2]:.2f} s, "
              f"{best[name, 1] / best[name, 2]:.2f} times as fast")
    print(f"{COUNT} documents of 2 conceptos on two processes: {COUNT / best['judge', 2]:.0f} a second")


def _memory(authority: Authority, documents: list[bytes]) -> None:
    trust = authority.trust()
    peaks = []
    for _ in range(3):
        for number in range(3000):
            judge(documents[number % len(documents)], trust, at=AT + timedelta(seconds=number))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    print(f"memory after 3,000, 6,000 and 9,000 documents: {', '.join(map(str, peaks))} MB")
