"""What can be wrong with an account number: a stable code, a sentence and its remedy in ES and EN."""

from dataclasses import dataclass, field
from enum import StrEnum

SENTENCES: dict[str, dict[str, str]] = {
    "clabe.empty": {
        "es": "Falta la CLABE. Escribe los 18 dígitos que aparecen en tu estado de cuenta.",
        "en": "The CLABE is missing. Type the 18 digits shown on your bank statement.",
    },
    "clabe.characters": {
        "es": "La CLABE lleva solo números. Quita letras y símbolos; los espacios y guiones no estorban.",
        "en": "A CLABE has digits only. Remove letters and symbols; spaces and hyphens do no harm.",
    },
    "clabe.length": {
        "es": "La CLABE tiene 18 dígitos y escribiste {found}. Revísala en tu estado de cuenta: "
        "no es el número de tarjeta ni el de cuenta.",
        "en": "A CLABE has 18 digits and you typed {found}. Look for it on your bank statement: "
        "it is neither the card number nor the account number.",
    },
    "clabe.check_digit": {
        "es": "Esta CLABE no existe: alguno de sus dígitos no coincide. Cópiala otra vez, "
        "completa, de tu estado de cuenta.",
        "en": "This CLABE cannot exist: one of its digits does not match. Copy it again, "
        "whole, from your bank statement.",
    },
    "clabe.unknown_bank": {
        "es": "No reconocemos el banco {found} con que empieza esta CLABE. Puedes continuar si la copiaste "
        "de tu estado de cuenta; quien la revise lo verá.",
        "en": "We do not recognise bank {found}, with which this CLABE begins. You may go on if you copied it "
        "from your bank statement; the reviewer will see this note.",
    },
    "clabe.former_bank": {
        "es": "{name} ya no recibe transferencias SPEI. Pide a tu banco la CLABE vigente.",
        "en": "{name} no longer receives SPEI transfers. Ask your bank for the current CLABE.",
    },
    "bic.empty": {
        "es": "Falta el código BIC (SWIFT) del banco. Tu banco te lo da; tiene 8 u 11 caracteres.",
        "en": "The bank's BIC (SWIFT) code is missing. Your bank can tell you; it has 8 or 11 characters.",
    },
    "bic.format": {
        "es": "Un código BIC (SWIFT) tiene 8 u 11 caracteres: cuatro letras del banco, dos del país y dos o cinco más, "
        "como BOFAUS3N. Revísalo con tu banco.",
        "en": "A BIC (SWIFT) code has 8 or 11 characters: four letters for the bank, two for the country and two or "
        "five more, like BOFAUS3N. Check it with your bank.",
    },
    "bic.country": {
        "es": "«{found}» no es un país en el código BIC (letras 5 y 6). Revísalo con tu banco.",
        "en": "“{found}” is not a country in the BIC code (letters 5 and 6). Check it with your bank.",
    },
    "iban.empty": {
        "es": "Falta el IBAN. Escríbelo como aparece en el estado de cuenta, con sus dos letras de país.",
        "en": "The IBAN is missing. Type it as the bank statement shows it, with its two country letters.",
    },
    "iban.format": {
        "es": "Un IBAN empieza con dos letras de país y dos dígitos, y sigue con letras y números, "
        "como DE89 3704 0044 0532 0130 00.",
        "en": "An IBAN begins with two country letters and two digits, then letters and numbers, "
        "like DE89 3704 0044 0532 0130 00.",
    },
    "iban.country": {
        "es": "«{found}» no es un país que use IBAN. En otros países se usa el número de cuenta con el BIC.",
        "en": "“{found}” is not a country that uses IBAN. For an account elsewhere, give the account number and BIC.",
    },
    "iban.length": {
        "es": "El IBAN de {country} no tiene {found} caracteres o no sigue el orden de ese país. "
        "Cópialo completo del estado de cuenta.",
        "en": "An IBAN of {country} does not have {found} characters or that country's layout. "
        "Copy it whole from the bank statement.",
    },
    "iban.check_digits": {
        "es": "Este IBAN no existe: alguno de sus caracteres no coincide. Cópialo otra vez, completo.",
        "en": "This IBAN cannot exist: one of its characters does not match. Copy it again, whole.",
    },
    "aba.empty": {
        "es": "Falta el número de ruta ABA del banco. Tiene 9 dígitos y aparece en los cheques.",
        "en": "The bank's ABA routing number is missing. It has 9 digits and is printed on cheques.",
    },
    "aba.format": {
        "es": "El número de ruta ABA tiene 9 dígitos, sin letras. Aparece abajo a la izquierda en los cheques.",
        "en": "An ABA routing number has 9 digits and no letters. It is at the bottom left of a cheque.",
    },
    "aba.check_digit": {
        "es": "Este número de ruta ABA no existe: alguno de sus dígitos no coincide. Revísalo con tu banco.",
        "en": "This ABA routing number cannot exist: one of its digits does not match. Check it with your bank.",
    },
    "account.empty": {
        "es": "Falta el número de cuenta.",
        "en": "The account number is missing.",
    },
    "account.format": {
        "es": "Un número de cuenta tiene de 4 a 34 letras y números, sin símbolos. Cópialo del estado de cuenta.",
        "en": "An account number has 4 to 34 letters and digits, no symbols. Copy it from the bank statement.",
    },
}


class Level(StrEnum):
    """How grave a problem is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `values` fill the sentence; they never hold the whole account number."""

    code: str
    level: Level = Level.ERROR
    values: dict[str, str] = field(default_factory=dict)

    def say(self, language: str = "es") -> str:
        """Return the sentence, remedy included, in `language` ("es…" or anything else for English)."""
        return SENTENCES[self.code]["es" if language.startswith("es") else "en"].format(**self.values)


@dataclass(frozen=True, slots=True)
class Checked:
    """A number after checking: `number` normalised, `bank` its name when known, `problems` worst first."""

    number: str
    bank: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing forbids storing this number (warnings may remain)."""
        return not any(problem.level is Level.ERROR for problem in self.problems)
