"""The few shapes that most sentences of the matrix have, so that equal faults read equally in both languages.

A sentence says what must be: it is shown beside a cross when it is not so, and beside a check mark when it is.
A name that is not SAT's own is given in both languages, "el nodo Impuestos|the node Impuestos".
"""

from portal.cfdi.sentences import Sentence


def absent(name: str, es: str, en: str) -> Sentence:
    """It must not be there: `absent("FormaPago", "en un comprobante de pago", "in a payment document")`."""
    of, by = _names(name)
    return Sentence(
        f"{_upper(of)} no debe aparecer {es}", f"{_upper(by)} must not appear {en}",
        f"Quita {of} y vuelve a timbrar.", f"Remove {by} and stamp again.")  # fmt: skip


def required(name: str, es: str, en: str) -> Sentence:
    """It must be there."""
    of, by = _names(name)
    return Sentence(
        f"{_upper(of)} debe aparecer {es}", f"{_upper(by)} must appear {en}",
        f"Agrega {of} y vuelve a timbrar.", f"Add {by} and stamp again.")  # fmt: skip


def must(name: str, es: str, en: str) -> Sentence:
    """It must have a certain value: `must("Total", "cero", "zero")`."""
    of, by = _names(name)
    return Sentence(
        f"{_upper(of)} debe ser {es}", f"{_upper(by)} must be {en}",
        f"Corrige {of}: debe ser {es}.", f"Correct {by}: it must be {en}.")  # fmt: skip


def must_have(name: str, es: str, en: str) -> Sentence:
    """It must have something, or must not: `must_have("un concepto", "al menos un impuesto", "at least one tax")`."""
    of, by = _names(name)
    return Sentence(
        f"{_upper(of)} debe llevar {es}", f"{_upper(by)} must have {en}",
        f"Corrige {of}: debe llevar {es}.", f"Correct {by}: it must have {en}.")  # fmt: skip


def adds_up(name: str, es: str, en: str) -> Sentence:
    """It must be a sum."""
    of, by = _names(name)
    return Sentence(
        f"{_upper(of)} debe ser igual a {es}", f"{_upper(by)} must equal {en}",
        f"Suma de nuevo: {of} debe ser igual a {es}.", f"Add up again: {by} must equal {en}.")  # fmt: skip


def decimals(name: str, es: str = "la moneda", en: str = "the currency") -> Sentence:
    """It must not have more decimals than allowed."""
    of, by = _names(name)
    return Sentence(
        f"{_upper(of)} debe llevar a lo más los decimales de {es}",
        f"{_upper(by)} must have at most the decimals of {en}",
        f"Redondea {of} a los decimales de {es}.", f"Round {by} to the decimals of {en}.")  # fmt: skip


def _names(name: str) -> tuple[str, str]:
    es, _, en = name.partition("|")
    return es, en or es


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
