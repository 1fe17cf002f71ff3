"""Suppliers: a client's suppliers, the digital record it demands of them, and what each has given.

Words: *relationship* (one supplier seen by one client), *layout* (sections and fields that a client demands),
*record* (what one supplier gave for them), *value* (one version of one field), *gate* (what needs the record).
Invariant: a value that was approved is never changed; giving it again makes a new version that is reviewed anew.
"""
