"""registry-monitor: what registered clinical trials change, and how much it matters.

    registries -> discover -> check -> storage(snapshots) -> diff -> significance -> events
               -> settling -> matching -> storage(deliveries) -> prepare -> deliver -> channels

Read those lines from left to right. `discover` finds which trials the watches cover, a registry serves a document,
`check` decides whether it is news, `storage` keeps it as a snapshot, `diff` compares the two records field by field,
`significance` weighs each difference, and `events` puts together what one snapshot tells that the one before did not.
`settling` decides which events are told, `matching` whom they concern, and from then on a delivery is owed, in one
commit with that; `prepare` renders it once, and `deliver` sends it until a channel has taken it. Each word is a module
or a folder here. `model` holds the nouns, `errors` everything that is raised on purpose; `patrol` is a whole pass,
`views` reads what is kept across all trials, `app` puts the parts together, and `service` runs them for years.
"""

__version__ = "0.1.0"
