"""What SAT publishes and answers: its certificates, its lists of taxpayers, the status of an invoice.

Words: *authority* (signs certificates), *provider* (a PAC, by the 20-digit number of its certificate), *list* (one of
those of articles 69-B and 69), *standing* (what the lists say of a taxpayer), *status* (what SAT says of an invoice).
Invariant: no certificate is believed until it chains to an authority pinned in `portal.cfdi.trust`; what was not
checked, or not understood, is never said to be clean or valid; every call has one deadline and a size limit.
"""
