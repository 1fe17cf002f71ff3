"""Dashboards: the first page of each role: what waits for me, what is coming, what is wrong.

It owns no table; it reads the other features' queries and links to where things are done.
Invariant: every figure on it is a link to the list that it counts.
"""
