"""Who comes in: people, organizations, who works where, sessions, single-use links, passwords, fiscal profiles.

Words: *seat* (a person's place in one organization on one side of it), *link* (a single-use, expiring secret sent by
e-mail), *step up* (the password again before a sensitive act), *back-off* (the wait after wrong passwords).
What a link gives is read from its row at the moment of use, never from a form.
Invariant: no secret is stored: of session tokens and links only the SHA-256, of passwords only argon2id.
"""
