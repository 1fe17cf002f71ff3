"""Payments: the dates that treasury gives to approved invoices, and the money that settles them.

Words: *payment date* (a promise, shown in "Payment scheduled"), *payment* (money that went out, to one supplier),
*line* (what it settles of one invoice), *credit* (a line below zero: what of a credit note lowers one invoice of the
same payment), *compensation* (a payment of nothing: credits cover all of it), *archive* (all, voided ones too).
Invariant: the lines of a payment are exactly its amount, those of a document never more than its total; under locks.
"""
