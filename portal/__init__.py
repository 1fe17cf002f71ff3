"""Acuse: a portal in which companies receive their suppliers' invoices.

Kept empty on purpose: `portal.cfdi` is usable without the web, so importing a package imports nothing else.
The wiring is `portal/factory.py`; the order of the features is `portal/features.py`.
"""
