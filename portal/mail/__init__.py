"""Letters: written in the transaction that has something to say, rendered and sent by a job, never lost.

Words: *post* (write a letter and its work in one transaction), *deliver* (render it in its reader's language and
hand it to the mail server), *doubt* (the server's answer was lost: it may have been sent), *demo mailbox* (where
letters are read when the installation is a demonstration without a mail server).
Invariant: a letter exists if and only if the act it speaks of was committed; its reader gets it once, and at worst,
when an answer was lost, twice with the same Message-ID. Its context may carry a secret link: it is encrypted.
"""
