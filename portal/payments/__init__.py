"""Payments: the dates that treasury gives to approved invoices, and the money that settles them.

Words: *payment date* (a promise, shown in "Payment scheduled"), *payment* (money that went out, to one supplier),
*line* (what of it went to one invoice), *archive* (all payments, voided ones too).
Invariant: the lines of an invoice never add up to more than its total; checked under the invoice's row lock.
"""
