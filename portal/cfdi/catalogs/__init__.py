"""SAT's catalogs: small ones written here with their validity, large ones read once from the wheels that carry them.

Words: *entry* (a code's text and dates), *set* (all codes of a large catalog), *check* (the document against them).
`general taxpayers currencies countries payments rates` are tables; `check` is the step of the judgement.
Invariant: a catalog answers about codes only; what several attributes must be together is a rule.
"""
