"""What SAT publishes and answers, behind plain functions: its certificates today.

Words: *authority* (signs certificates), *provider* (a PAC, by the 20-digit number of its certificate).
Invariant: nothing that came over the network is believed until it chains to an authority pinned in `portal.cfdi.trust`,
and every call has a time-out, a size limit and an answer that is a value, not an exception.
"""
