"""SAT's matrices of CFDI 4.0 and Pagos 2.0, one function a rule.

Words: *rule* (code, where it looks, sentence, function), *fault* (what a rule found wrong), *facts* (what several rules
need, computed once a document), *state* (checked, with the client's data, SAT's list, dormant).
`registry` is the table that every family of rules fills; `run` applies it; `coverage` prints it as docs/cfdi-rules.md.
Invariant: a rule says what is, never how grave it is: that is `severity`'s one page.
"""
