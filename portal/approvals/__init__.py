"""Approvals: the client's stages, and the run of each invoice through them.

Words: *stage rule* (configuration: who, when), *step* (one stage of one invoice, frozen when it was sent), *run* (all
steps of one sending), *decision* (one person's verdict on one step; never changed).
Invariant: an invoice is approved when every step of its newest run is, and no step is decided twice.
"""
