"""Why a file is refused, or what is worth knowing about it: a stable code, a sentence and its remedy in ES and EN."""

from dataclasses import dataclass, field

SENTENCES: dict[str, dict[str, str]] = {
    "file.empty": {
        "es": "El archivo está vacío. Ábrelo en tu equipo para comprobarlo y vuelve a subirlo.",
        "en": "The file is empty. Open it on your computer to check, and upload it again.",
    },
    "file.too_large": {
        "es": "El archivo pesa {found} MB y el máximo es {limit} MB. Redúcelo o divídelo y vuelve a subirlo.",
        "en": "The file is {found} MB and the limit is {limit} MB. Make it smaller or split it, and upload it again.",
    },
    "file.kind": {
        "es": "Aquí se reciben archivos {expected} y este es {found}. Súbelo en uno de esos formatos.",
        "en": "This takes {expected} files and yours is {found}. Upload it in one of those formats.",
    },
    "file.unknown": {
        "es": "Aquí se reciben archivos {expected} y este es de otro tipo. Súbelo en uno de esos formatos.",
        "en": "This takes {expected} files and yours is of another type. Upload it in one of those formats.",
    },
    "file.renamed": {
        "es": "El nombre termina en «{extension}», pero el contenido es {found}. "
        "Guárdalo con su formato verdadero; cambiarle el nombre no lo convierte.",
        "en": "The name ends in “{extension}”, but the content is {found}. "
        "Save it in its real format; renaming a file does not convert it.",
    },
    "file.unreadable": {
        "es": "No se pudo abrir el archivo: está dañado o incompleto. Ábrelo en tu equipo, guárdalo otra vez y súbelo.",
        "en": "The file could not be opened: it is damaged or incomplete. Open it on your computer, save it again "
        "and upload it.",
    },
    "file.too_heavy": {
        "es": "El archivo exige demasiado para revisarlo. Guarda una copia más sencilla (Imprimir › Guardar como PDF) "
        "y súbela.",
        "en": "The file takes too much to examine. Save a simpler copy (Print › Save as PDF) and upload that.",
    },
    "pdf.encrypted": {
        "es": "El PDF está protegido con contraseña o con permisos. Guarda una copia sin protección "
        "(Imprimir › Guardar como PDF) y súbela.",
        "en": "The PDF is protected by a password or by permissions. Save a copy without protection "
        "(Print › Save as PDF) and upload that.",
    },
    "pdf.no_pages": {
        "es": "El PDF no tiene páginas. Vuelve a generarlo y súbelo.",
        "en": "The PDF has no pages. Make it again and upload it.",
    },
    "pdf.too_many_pages": {
        "es": "El PDF tiene {found} páginas y el máximo es {limit}. Sube solo las que hacen falta.",
        "en": "The PDF has {found} pages and the limit is {limit}. Upload only those that are needed.",
    },
    "pdf.active": {
        "es": "El PDF contiene instrucciones que se ejecutan al abrirlo. Guarda una copia sin ellas "
        "(Imprimir › Guardar como PDF) y súbela.",
        "en": "The PDF holds instructions that run when it is opened. Save a copy without them "
        "(Print › Save as PDF) and upload that.",
    },
    "pdf.form": {
        "es": "El PDF es un formulario que solo se ve en Adobe Reader. Guarda una copia plana "
        "(Imprimir › Guardar como PDF) y súbela.",
        "en": "The PDF is a form that only Adobe Reader shows. Save a flat copy (Print › Save as PDF) and upload that.",
    },
    "image.too_large": {
        "es": "La imagen mide {found} megapíxeles y el máximo es {limit}. Redúcela y vuelve a subirla.",
        "en": "The image has {found} megapixels and the limit is {limit}. Make it smaller and upload it again.",
    },
    "xml.malformed": {
        "es": "El XML no se puede leer (línea {line}). Súbelo tal como lo entregó quien lo generó, sin editarlo.",
        "en": "The XML cannot be read (line {line}). Upload it as its maker delivered it, unedited.",
    },
    "xml.doctype": {
        "es": "El XML declara un DOCTYPE, que no se admite. Súbelo sin esa declaración, tal como se timbró.",
        "en": "The XML declares a DOCTYPE, which is not allowed. Upload it without it, as it was stamped.",
    },
    "xml.encoding": {
        "es": "El XML no está en UTF-8. Guárdalo en UTF-8 y vuelve a subirlo.",
        "en": "The XML is not in UTF-8. Save it as UTF-8 and upload it again.",
    },
    "xml.too_complex": {
        "es": "El XML es demasiado grande o profundo para revisarlo. Divídelo o pide ayuda a quien lo generó.",
        "en": "The XML is too large or too deep to examine. Split it, or ask whoever made it.",
    },
    "einvoice.unknown": {
        "es": "El XML no es una factura que sepamos leer (UBL 2.1 o CII). Sube el PDF y captura los datos.",
        "en": "The XML is not an invoice that we can read (UBL 2.1 or CII). Upload the PDF and type the data.",
    },
    "einvoice.incomplete": {
        "es": "A la factura electrónica le falta {field}, o está mal escrito. Pide a quien la emitió que la corrija.",
        "en": "The electronic invoice lacks {field}, or has it wrong. Ask whoever issued it to correct it.",
    },
    "office.macros": {
        "es": "El archivo contiene macros. Guárdalo sin macros (como .xlsx o .docx) y súbelo.",
        "en": "The file holds macros. Save it without macros (as .xlsx or .docx) and upload it.",
    },
    "zip.encrypted": {
        "es": "El archivo comprimido tiene contraseña. Vuelve a comprimirlo sin ella.",
        "en": "The archive has a password. Compress it again without one.",
    },
    "zip.members": {
        "es": "El archivo comprimido tiene {found} archivos y el máximo es {limit}. Divídelo en varios.",
        "en": "The archive has {found} files and the limit is {limit}. Split it.",
    },
    "zip.unpacked": {
        "es": "El contenido del archivo comprimido es demasiado grande ({limit} MB como máximo). Divídelo en varios.",
        "en": "What the archive holds is too large (the limit is {limit} MB). Split it.",
    },
    "zip.unsafe": {
        "es": "El archivo comprimido tiene nombres, carpetas o enlaces que no se admiten. "
        "Comprime solo los archivos, sin carpetas ni otros comprimidos dentro.",
        "en": "The archive has names, folders or links that are not allowed. "
        "Compress the files alone, without folders or other archives inside.",
    },
}


# the fields that "einvoice.incomplete" names, with their terms in EN 16931
FIELDS: dict[str, tuple[str, str]] = {
    "number": ("el número (BT-1, hasta 80 caracteres)", "the number (BT-1, up to 80 characters)"),
    "issued": ("la fecha de emisión (BT-2)", "the date of issue (BT-2, issued)"),
    "due": ("la fecha de vencimiento (BT-9)", "the due date (BT-9)"),
    "currency": ("la moneda (BT-5)", "the currency (BT-5)"),
    "sum_of_lines": ("la suma de las líneas (BT-106)", "the sum of the lines (BT-106)"),
    "allowances": ("la suma de los descuentos (BT-107)", "the sum of the allowances (BT-107)"),
    "charges": ("la suma de los cargos (BT-108)", "the sum of the charges (BT-108)"),
    "net": ("el total sin impuestos (BT-109)", "the total without tax (BT-109, net)"),
    "tax": ("el total de impuestos (BT-110)", "the total tax (BT-110)"),
    "total": ("el total con impuestos (BT-112)", "the total with tax (BT-112)"),
    "prepaid": ("lo anticipado (BT-113)", "the prepaid amount (BT-113)"),
    "rounding": ("el redondeo (BT-114)", "the rounding (BT-114)"),
    "payable": ("lo que se pide pagar (BT-115)", "the amount due (BT-115, payable)"),
    "quantity": ("la cantidad de una línea (BT-129)", "the quantity of a line (BT-129)"),
    "price": ("el precio de una línea (BT-146)", "the price of a line (BT-146)"),
    "per": ("las unidades de un precio (BT-149)", "the units of a price (BT-149)"),
    "line amount": ("el importe de una línea (BT-131)", "the amount of a line (BT-131, line amount)"),
    "amount": ("el importe de un impuesto, cargo o descuento", "the amount of a tax, charge or allowance"),
    "base": ("la base de un impuesto (BT-116)", "the base of a tax (BT-116)"),
    "percent": ("la tasa de un impuesto (BT-119)", "the rate of a tax (BT-119, percent)"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file; `values` fill its sentence."""

    code: str
    values: dict[str, str] = field(default_factory=dict)

    def say(self, language: str = "es") -> str:
        """Return the sentence, remedy included, in `language` ("es…" or anything else for English)."""
        spanish = language.startswith("es")
        named = {key: FIELDS[value][not spanish] if key == "field" and value in FIELDS else value
                 for key, value in self.values.items()}
        return SENTENCES[self.code]["es" if spanish else "en"].format(**named)


class Refused(Exception):
    """The file cannot be accepted; `problem` says why and how to mend it."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.problem = Problem(code, values)

    @property
    def code(self) -> str:
        """The problem's stable code."""
        return self.problem.code

    def sentence(self, language: str = "es") -> str:
        """Return what is wrong and how to mend it."""
        return self.problem.say(language)
