"""The payment complement (Pagos 2.0 and 1.0), with SAT's names."""

from portal.cfdi.lazy import Node, amount, child, children, date_time, maybe_amount, text


class RetencionDR(Node):
    """A withholding of a paid document."""

    base = amount("BaseDR")
    impuesto = text("ImpuestoDR")
    tipo_factor = text("TipoFactorDR")
    tasa_o_cuota = maybe_amount("TasaOCuotaDR")
    importe = maybe_amount("ImporteDR")


class TrasladoDR(Node):
    """A transferred tax of a paid document."""

    base = amount("BaseDR")
    impuesto = text("ImpuestoDR")
    tipo_factor = text("TipoFactorDR")
    tasa_o_cuota = maybe_amount("TasaOCuotaDR")
    importe = maybe_amount("ImporteDR")


class ImpuestosDR(Node):
    """The taxes of a paid document."""

    retenciones = children(RetencionDR, "RetencionesDR", "RetencionDR")
    traslados = children(TrasladoDR, "TrasladosDR", "TrasladoDR")


class DoctoRelacionado(Node):
    """A document that a payment pays (Pagos 2.0; 1.0 has no EquivalenciaDR, ObjetoImpDR or taxes)."""

    id_documento = text("IdDocumento")
    serie = text("Serie")
    folio = text("Folio")
    moneda_dr = text("MonedaDR")
    equivalencia_dr = maybe_amount("EquivalenciaDR")
    tipo_cambio_dr = maybe_amount("TipoCambioDR")
    metodo_de_pago_dr = text("MetodoDePagoDR")
    num_parcialidad = text("NumParcialidad")
    imp_saldo_ant = maybe_amount("ImpSaldoAnt")
    imp_pagado = maybe_amount("ImpPagado")
    imp_saldo_insoluto = maybe_amount("ImpSaldoInsoluto")
    objeto_imp_dr = text("ObjetoImpDR")
    impuestos_dr = child(ImpuestosDR, "ImpuestosDR")


class RetencionP(Node):
    """A withholding of a payment."""

    impuesto = text("ImpuestoP")
    importe = amount("ImporteP")


class TrasladoP(Node):
    """A transferred tax of a payment."""

    base = amount("BaseP")
    impuesto = text("ImpuestoP")
    tipo_factor = text("TipoFactorP")
    tasa_o_cuota = maybe_amount("TasaOCuotaP")
    importe = maybe_amount("ImporteP")


class ImpuestosP(Node):
    """The taxes of a payment."""

    retenciones = children(RetencionP, "RetencionesP", "RetencionP")
    traslados = children(TrasladoP, "TrasladosP", "TrasladoP")


class Pago(Node):
    """One payment."""

    fecha_pago = date_time("FechaPago")
    forma_de_pago_p = text("FormaDePagoP")
    moneda_p = text("MonedaP")
    tipo_cambio_p = maybe_amount("TipoCambioP")
    monto = amount("Monto")
    num_operacion = text("NumOperacion")
    rfc_emisor_cta_ord = text("RfcEmisorCtaOrd")
    nom_banco_ord_ext = text("NomBancoOrdExt")
    cta_ordenante = text("CtaOrdenante")
    rfc_emisor_cta_ben = text("RfcEmisorCtaBen")
    cta_beneficiario = text("CtaBeneficiario")
    tipo_cad_pago = text("TipoCadPago")
    cert_pago = text("CertPago")
    cad_pago = text("CadPago")
    sello_pago = text("SelloPago")
    doctos_relacionados = children(DoctoRelacionado, "DoctoRelacionado")
    impuestos_p = child(ImpuestosP, "ImpuestosP")


class Totales(Node):
    """The totals of all payments, in pesos (Pagos 2.0)."""

    total_retenciones_iva = maybe_amount("TotalRetencionesIVA")
    total_retenciones_isr = maybe_amount("TotalRetencionesISR")
    total_retenciones_ieps = maybe_amount("TotalRetencionesIEPS")
    total_traslados_base_iva16 = maybe_amount("TotalTrasladosBaseIVA16")
    total_traslados_impuesto_iva16 = maybe_amount("TotalTrasladosImpuestoIVA16")
    total_traslados_base_iva8 = maybe_amount("TotalTrasladosBaseIVA8")
    total_traslados_impuesto_iva8 = maybe_amount("TotalTrasladosImpuestoIVA8")
    total_traslados_base_iva0 = maybe_amount("TotalTrasladosBaseIVA0")
    total_traslados_impuesto_iva0 = maybe_amount("TotalTrasladosImpuestoIVA0")
    total_traslados_base_iva_exento = maybe_amount("TotalTrasladosBaseIVAExento")
    monto_total_pagos = amount("MontoTotalPagos")


class Pagos(Node):
    """The payment complement, 2.0 (namespace Pagos20) or 1.0 (namespace Pagos, without Totales)."""

    version = text("Version")
    totales = child(Totales, "Totales")
    pagos = children(Pago, "Pago")
