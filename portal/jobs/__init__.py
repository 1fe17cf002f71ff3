"""Work that is done later, and surely: the outbox in PostgreSQL, RQ as its bell, the schedule's clock.

Words: *defer* (write a row of the outbox in the open transaction), *claim* (one worker takes a row), *lease* (until
when a claim holds), *park* (give up after many attempts, with an alarm), *slot* (one moment of a periodic job),
*sweep* (ring again for rows whose bell was lost).
Invariant: a row exists if and only if the change that asked for it was committed, and a plain job's effect is
committed together with its row's end. Redis may lose everything at any moment: nothing is lost or doubled.
"""
