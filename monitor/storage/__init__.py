"""Everything that is stored, and all the SQL.

`store` opens a database and gives transactions; each table has a module of functions that take such a transaction
first: `registries`, `trials`, `snapshots`, `events`, `watches` and `groups` of them, `quarantine`, and for alerts
`endpoints`, `subscriptions`, `teams`, `deliveries`, `attempts`, `bounces`; `covering` finds whom a trial concerns.
Digests have `rhythms`, what is `gathered` for them, and `digests`; `backlog` says what waits to be sent, and `coverage`
how much was looked at. `tables` is the schema as SQLAlchemy knows it, `migrations` how a database gets there. One set
of statements serves SQLite and PostgreSQL.

Functions take and return the values of `monitor.model`. Many trials cost one statement per chunk, never one per trial.
What is read back is what was written, or else `StoreCorrupt` is raised.

A new table takes a `Table` in `tables`, a module here, and a revision (see `migrations`).
"""
