"""SAT's lists, written as SAT writes them."""
from collections.abc import Sequence

_TITLES = (("presunción", "presuntos"), ("contribuyentes que desvirtuaron", "desvirtuados"),
           ("definitivos", "definitivos"), ("sentencia favorable", "sentencia favorable"))
COLUMNS = ("No", "RFC", "Nombre del Contribuyente", "Situación del contribuyente") + tuple(
    title for decree, page in _TITLES for title in (
        f"Número y fecha de oficio global de {decree} SAT", f"Publicación página SAT {page}",
        f"Número y fecha de oficio global de {decree} DOF", f"Publicación DOF {page}"))
ORDER = ("Presunto", "Desvirtuado", "Definitivo", "Sentencia Favorable")


def cell(text: str) -> str:
    return f'"{text}"' if "," in text or "\n" in text else text


def row(number: int, rfc: str, situation: str = "Definitivo", name: str = "EMPRESA, S.A.",
        **published: tuple[str, str]) -> str:
    """One row of the 69-B; `published`: situation (blanks as _) → dates on SAT's page and in the DOF."""
    cells = [str(number), rfc, name, situation]
    for one in ORDER:
        page, dof = published.get(one.replace(" ", "_"), ("", ""))
        cells += ["500-05-2026-1 de fecha 1 de mayo", page, "500-05-2026-1 de fecha 1 de mayo", dof] if page or dof \
            else [""] * 4
    return ",".join(map(cell, cells))


def efos(rows: Sequence[str], day: str = "31 de mayo de 2026") -> str:
    """The whole 69-B."""
    return "\r\n".join((f'"Información actualizada al {day}; los listados",' + "," * 18,
                        "Listado completo de contribuyentes (Artículo 69-B del CFF)" + "," * 19,
                        ",".join(COLUMNS), *rows, "," * 19, ""))


def sat_bytes(text: str) -> bytes:
    return text.encode("windows-1252")


def rfc(number: int) -> str:
    """A well-formed RFC for a number, another for each."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return f"{letters[number // 676 % 26]}{letters[number // 26 % 26]}{letters[number % 26]}010101AA{number % 10}"


def soap(code: str = "S - Comprobante obtenido satisfactoriamente.", estado: str = "Vigente", efos: str = "200",
         cancellation: str = "") -> bytes:
    """An answer of SAT's status service."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<ConsultaResponse xmlns="http://tempuri.org/"><ConsultaResult xmlns:a="urn:a">'
        f"<a:CodigoEstatus>{code}</a:CodigoEstatus><a:EsCancelable>Cancelable con aceptación</a:EsCancelable>"
        f"<a:Estado>{estado}</a:Estado><a:EstatusCancelacion>{cancellation}</a:EstatusCancelacion>"
        f"<a:ValidacionEFOS>{efos}</a:ValidacionEFOS></ConsultaResult></ConsultaResponse></s:Body></s:Envelope>"
    ).encode()


FAULT = (b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client'
         b"</faultcode><faultstring>Vigente</faultstring></s:Fault></s:Body></s:Envelope>")
