"""Everything that is kept, and all the SQL.

`store` opens a database and gives transactions; each table has a module of functions that take such a transaction
first: `registries`, `trials`, `snapshots`, `events`, `watches`, `quarantine`, and for telling people `endpoints`,
`subscriptions`, `deliveries`, `attempts`. `tables` is the schema as SQLAlchemy knows it, `migrations` how a database
gets there. One set of statements serves SQLite and PostgreSQL.

Functions take and give the nouns of `monitor.model`; many trials cost one statement a chunk, never one a trial. What
comes out is what went in, or `StoreCorrupt`.

A new table takes a `Table` in `tables`, a module here, and a revision (see `migrations`).
"""
