"""Everything on one machine: embedded PostgreSQL and Valkey, the supervisor of `make run`, the demo.

Words: *cluster* (the embedded PostgreSQL), *supervisor* (starts and stops all processes), *authority* (the sandbox
that signs and stamps the demo's invoices; production never trusts it).
Invariant: what was started is stopped; no process outlives the supervisor, even when it is killed.
"""
