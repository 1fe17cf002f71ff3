"""The small catalogs: code, text, and validity when it is not the whole life of version 4.0.

Source: SAT's catalogs of CFDI 4.0 (Anexo 20), as published until August 2026; texts in English are ours.
"""

from typing import Final, NamedTuple


class Entry(NamedTuple):
    """A code's text in Spanish and English; `start` and `end` are ISO dates, "" without a limit."""

    es: str
    en: str
    start: str = ""
    end: str = ""


FORMA_PAGO: Final[dict[str, Entry]] = {
    "01": Entry("Efectivo", "Cash"),
    "02": Entry("Cheque nominativo", "Nominative check"),
    "03": Entry("Transferencia electrónica de fondos", "Electronic funds transfer"),
    "04": Entry("Tarjeta de crédito", "Credit card"),
    "05": Entry("Monedero electrónico", "Electronic wallet"),
    "06": Entry("Dinero electrónico", "Electronic money"),
    "08": Entry("Vales de despensa", "Food vouchers"),
    "12": Entry("Dación en pago", "Transfer of property in payment"),
    "13": Entry("Pago por subrogación", "Payment by subrogation"),
    "14": Entry("Pago por consignación", "Payment by consignment"),
    "15": Entry("Condonación", "Debt forgiveness"),
    "17": Entry("Compensación", "Set-off"),
    "23": Entry("Novación", "Novation"),
    "24": Entry("Confusión", "Merger of debtor and creditor"),
    "25": Entry("Remisión de deuda", "Release of debt"),
    "26": Entry("Prescripción o caducidad", "Prescription or lapse"),
    "27": Entry("A satisfacción del acreedor", "To the creditor's satisfaction"),
    "28": Entry("Tarjeta de débito", "Debit card"),
    "29": Entry("Tarjeta de servicios", "Service card"),
    "30": Entry("Aplicación de anticipos", "Application of advances"),
    "31": Entry("Intermediario pagos", "Payment intermediary"),
    "99": Entry("Por definir", "To be defined"),
}

METODO_PAGO: Final[dict[str, Entry]] = {
    "PUE": Entry("Pago en una sola exhibición", "Payment in a single instalment"),
    "PPD": Entry("Pago en parcialidades o diferido", "Payment in instalments or deferred"),
}

IMPUESTO: Final[dict[str, Entry]] = {
    "001": Entry("ISR", "ISR (income tax)"),
    "002": Entry("IVA", "IVA (value added tax)"),
    "003": Entry("IEPS", "IEPS (excise tax)"),
}

OBJETO_IMP: Final[dict[str, Entry]] = {
    "01": Entry("No objeto de impuesto", "Not subject to tax"),
    "02": Entry("Sí objeto de impuesto", "Subject to tax"),
    "03": Entry("Sí objeto del impuesto y no obligado al desglose", "Subject to tax, breakdown not required"),
    "04": Entry("Sí objeto del impuesto y no causa impuesto", "Subject to tax, no tax caused", "2022-10-07"),
    "05": Entry("Sí objeto del impuesto, IVA crédito PODEBI", "Subject to tax, IVA credit PODEBI", "2023-12-06"),
    "06": Entry("Sí objeto del IVA, No traslado IVA", "Subject to IVA, IVA not transferred", "2024-12-13"),
    "07": Entry("No traslado del IVA, Sí desglose IEPS", "IVA not transferred, IEPS broken down", "2024-12-13"),
    "08": Entry("No traslado del IVA, No desglose IEPS", "IVA not transferred, IEPS not broken down", "2024-12-13"),
}

EXPORTACION: Final[dict[str, Entry]] = {
    "01": Entry("No aplica", "Not applicable"),
    "02": Entry("Definitiva con clave A1", "Definitive, with key A1"),
    "03": Entry("Temporal", "Temporary"),
    "04": Entry(
        "Definitiva con clave distinta a A1 o cuando no existe enajenación en términos del CFF",
        "Definitive with a key other than A1, or no sale in terms of the CFF", "2022-02-25"),
}

PERIODICIDAD: Final[dict[str, Entry]] = {
    "01": Entry("Diario", "Daily"),
    "02": Entry("Semanal", "Weekly"),
    "03": Entry("Quincenal", "Fortnightly"),
    "04": Entry("Mensual", "Monthly"),
    "05": Entry("Bimestral", "Every two months"),
}

MESES: Final[dict[str, Entry]] = {
    "01": Entry("Enero", "January"),
    "02": Entry("Febrero", "February"),
    "03": Entry("Marzo", "March"),
    "04": Entry("Abril", "April"),
    "05": Entry("Mayo", "May"),
    "06": Entry("Junio", "June"),
    "07": Entry("Julio", "July"),
    "08": Entry("Agosto", "August"),
    "09": Entry("Septiembre", "September"),
    "10": Entry("Octubre", "October"),
    "11": Entry("Noviembre", "November"),
    "12": Entry("Diciembre", "December"),
    "13": Entry("Enero-Febrero", "January–February"),
    "14": Entry("Marzo-Abril", "March–April"),
    "15": Entry("Mayo-Junio", "May–June"),
    "16": Entry("Julio-Agosto", "July–August"),
    "17": Entry("Septiembre-Octubre", "September–October"),
    "18": Entry("Noviembre-Diciembre", "November–December"),
}

TIPO_RELACION: Final[dict[str, Entry]] = {
    "01": Entry("Nota de crédito de los documentos relacionados", "Credit note of the related documents"),
    "02": Entry("Nota de débito de los documentos relacionados", "Debit note of the related documents"),
    "03": Entry(
        "Devolución de mercancía sobre facturas o traslados previos", "Return of goods invoiced or transferred before"),
    "04": Entry("Sustitución de los CFDI previos", "Substitution of earlier CFDI"),
    "05": Entry("Traslados de mercancías facturados previamente", "Transfers of goods invoiced earlier"),
    "06": Entry("Factura generada por los traslados previos", "Invoice made from earlier transfers"),
    "07": Entry("CFDI por aplicación de anticipo", "CFDI for the application of an advance"),
}

TIPO_DE_COMPROBANTE: Final[dict[str, Entry]] = {
    "I": Entry("Ingreso", "Income"),
    "E": Entry("Egreso", "Credit note"),
    "T": Entry("Traslado", "Transfer of goods"),
    "N": Entry("Nómina", "Payroll"),
    "P": Entry("Pago", "Payment"),
}
