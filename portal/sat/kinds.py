"""The lists that SAT publishes of taxpayers, one row each: article 69-B (EFOS) and article 69 of the Código Fiscal.

Where: SAT's open data ("Datos abiertos", contribuyentes publicados), as it stood in 2026. The old addresses below
omawww.sat.gob.mx still answer, with lists that are months old: they are not used.
"""
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BASE: Final = "https://wu1agsprosta001.blob.core.windows.net/agsc-publicaciones/Datos_abiertos"


class Kind(StrEnum):
    """Which list."""

    EFOS = "69b"  # Operaciones inexistentes: Presunto, Desvirtuado, Definitivo, Sentencia Favorable
    FIRM = "69_firmes"  # Créditos firmes
    NOT_LOCATED = "69_no_localizados"
    CANCELLED = "69_cancelados"  # Créditos cancelados, with the amount
    REDUCED = "69_condonados"  # Multas reducidas o condonadas (artículo 74)
    ENFORCEABLE = "69_exigibles"  # Créditos exigibles, no pagados ni garantizados
    RULINGS = "69_sentencias"  # Sentencia condenatoria ejecutoria por delito fiscal
    PUBLIC_BODIES = "69_entes_publicos"  # Entes públicos y de gobierno omisos
    SEALS = "69_csd_sin_efectos"  # Certificado de sello digital sin efectos


@dataclass(frozen=True, slots=True)
class Published:
    """One list as SAT publishes it. `least`: fewer rows than this are no whole list (about half of those of 2026)."""

    path: str
    least: int

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition("/")[2]


PUBLISHED: Final[dict[Kind, Published]] = {
    Kind.EFOS: Published("Documents_AGAFF/Listado_completo_69-B.csv", 7_000),
    Kind.FIRM: Published("Documents_AGR/Firmes.csv", 100_000),
    Kind.NOT_LOCATED: Published("Documents_AGR/No_localizados.csv", 20_000),
    Kind.CANCELLED: Published("Documents_AGR/Cancelados.csv", 90_000),
    Kind.REDUCED: Published("Documents_AGR/ReduccionArt74CFF.csv", 1),
    Kind.ENFORCEABLE: Published("Documents_AGR/Exigibles.csv", 2_500),
    Kind.RULINGS: Published("Documents_AGR/Sentencias.csv", 250),
    Kind.PUBLIC_BODIES: Published("Documents_AGR/EntespublicosydeGobiernoomisos.csv", 1_500),
    Kind.SEALS: Published("Documents_AGR/CSDsinefectos.csv", 25_000),
}
