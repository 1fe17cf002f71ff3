"""Who may do what: the actor, the permissions, and one literal table of roles.

Words: *actor* (a person acting for one organization on one side of it), *side* (client, supplier, operator),
*role* (a named set of permissions), *faculty* (one permission granted by itself).
Invariant: a service asks `actor.require(...)` before it reads or writes anything.
"""
