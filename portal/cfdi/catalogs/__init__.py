"""Interim, CFDI-B owns this package."""
