"""The fiscal document (CFDI): read, judge and explain it.

`check.judge(bytes, trust, at=…)` answers with a `report.Report`: seven steps, findings with SAT's codes, a verdict.
Words: *reader* (bytes to tree), *model* (typed reading), *seal*, *stamp*, *trust* (pinned authorities), *severity*.
Pure: the standard library, lxml, xmlschema and cryptography only; no Flask, no database, no clock, no network.
SAT's schemas, XSLT and catalogs are found by path in `resources`.
Invariant: the received bytes are judged as they came, never re-serialised, and no bytes make `judge` raise.
"""
