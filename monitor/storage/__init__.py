"""Everything that is stored, and all the SQL.

`store` opens a database and gives transactions; each table has a module of functions that take such a transaction
first: `registries`, `trials`, `snapshots`, `events`, `watches` and `groups` of them, `quarantine`, and for alerts
`endpoints`, `subscriptions`, `teams`, `deliveries`, `attempts`, `bounces`; `covering` finds whom a trial concerns.
Digests have `rhythms`, what is `gathered` for them, and `digests`; `backlog` says what waits to be sent, and `coverage`
how much was looked at.

The index is made of all of this, to find and count it by: `change_index`, `trial_index` and `trial_plans` write it,
`unindexed` notes for which trials it is to be made again, and `changed`, `trial_lists`, `terms` and `sitemaps` read it,
by the conditions in `found` and the `words` of a search. `listed` keeps which trials lists show and how many have what,
which `facets` reads; `changed_trials` keeps which trials changed when, and how often those of a sponsor did, which
`whose_changes` reads; `list_counts` proves both. `held` writes which trials a watch holds. `users`, `sessions` and
`tokens` say who may ask for what, and `once` what programs asked for already.

`tables` is the schema as SQLAlchemy knows it, `migrations` how a database gets there. One set of statements serves
SQLite and PostgreSQL.

Functions take and return the values of `monitor.model`. Many trials cost one statement per chunk, never one per trial.
What is read back is what was written, or else `StoreCorrupt` is raised.

A new table takes a `Table` in `tables`, a module here, and a revision (see `migrations`).
"""
