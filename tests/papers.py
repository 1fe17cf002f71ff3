"""Small real files for tests."""
from portal.local.demo.papers import plain_pdf

PDF = plain_pdf("Documento de prueba", "una hoja")
