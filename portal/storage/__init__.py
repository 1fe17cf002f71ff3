"""Files: kept once under the SHA-256 of their bytes, in a folder or in S3, and judged before they are kept.

Words: a *store* holds *objects* named by their hash; a *kind* is what a file may be (PDF, XML, PNG…); a *problem*
says why a file is refused and how to mend it; *sweep* removes objects that no row of the database knows.
A file is stored before the commit that mentions it, so a crash leaves an orphan to sweep and never a hole.
Invariant: what comes out of a store has the hash it was asked by, and no name that a person gave is ever a path.
"""
