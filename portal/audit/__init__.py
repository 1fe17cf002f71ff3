"""Who did what, when, from where: one append-only table fed by every event, which can be shown to be whole.

Words: *record* (write what an event says, in its own transaction), *seal* (link recorded events into a chain of
hashes, one per client, by a job), *verify* (compute the chain again and name what does not fit), *redact* (leave
out what an audit trail must not know: passwords, tokens, whole account numbers).
Invariant: no role of the application can change or remove a recorded event; whoever else does is found out.
"""
