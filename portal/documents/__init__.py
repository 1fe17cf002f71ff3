"""Documents: reading the files that suppliers send, and making the PDFs that we hand out. Pure: no database, no clock.

Words: the *box* is a confined process in which a stranger's file is opened; *facts* are what is known of a file;
a *preview* is a page redrawn as a picture, the only form in which a browser shows it; a *problem* is why a file is
refused, in Spanish and English; *typesetting* turns plain data and a template beside the code into an accessible PDF.
Invariant: a stranger's bytes are parsed in the box only, and a stranger's words are data, never markup.
"""
