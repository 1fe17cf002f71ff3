"""Bank accounts as numbers: pure, without database, clock or network.

Words: *CLABE* is Mexico's 18-digit account number; *problem* is what is wrong with a number and how to
mend it, in Spanish and English; *mask* is the only form of a number that a page may show.
Invariant: a number with an error-level problem is never stored as an account; a warning never blocks.
"""
