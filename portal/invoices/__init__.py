"""Invoices that suppliers send: reception with the verdict at once, "Sending data", sending, and where each stands.

Words: *intake* (an attempt to bring files in, kept also when refused), *draft* ("to send"), *requirement* (what a
client demands with an invoice), *answer* (what was given for it), *moment* (a line of the invoice's history),
*hold* (a stamp that could not be verified yet: it may be sent, not approved).
Invariant: the status of an invoice is set by `lifecycle.move` alone, and its files' bytes are kept as they came.
"""
