"""What every feature stands on: the database and its one transaction, events, errors, clock, ids, languages.

Words: *transaction* (one per request, job or command, opened by the kit), *scope* (which tenants it may see),
*announce* (say that something happened, inside the transaction that made it happen).
Invariant: nothing is committed, sent or queued except through `core.db.transaction`.
"""
