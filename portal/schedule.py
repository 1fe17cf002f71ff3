"""Every periodic job with its hour, one table. The ticker (`portal/jobs/ticker.py`) reads it.

    Entry(job, Every(minutes=…) | Daily("HH:MM"), catch_up)

Hours are Mexico City's. `catch_up` says what becomes of moments missed while no ticker was alive: `LATEST` (one run
makes good for all), `ALL` (each has its run), `SKIP` (what is late by more than five minutes is left out).
"""
from portal.jobs.calendar import Daily, Entry, Every

TABLE: tuple[Entry, ...] = (
    Entry("audit.seal", Every(minutes=1)),
    Entry("audit.verify", Daily("04:20")),
    Entry("mail.forget", Daily("03:20")),
    Entry("accounts.prune", Daily("03:30")),
    Entry("jobs.prune", Daily("03:10")),
    Entry("suppliers.expire_records", Daily("00:20")),
    Entry("files.sweep", Daily("03:50")),
    Entry("approvals.find_all_orphans", Daily("05:30")),
    Entry("invoices.settle_stamps", Every(minutes=10)),
    Entry("invoices.ask_sat_again", Every(hours=6)),
    Entry("sat.fetch_lists", Daily("01:10")),
    Entry("suppliers.watch_lists", Daily("06:00")),
    Entry("sat.fetch_authorities", Daily("02:40")),
)
