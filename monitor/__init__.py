"""registry-monitor: what registered clinical trials change, and how much it matters.

    registries -> check -> storage(snapshots) -> diff -> significance -> events

Read that line from left to right: a registry serves a document, `check` decides whether it is news, `storage`
keeps it as a snapshot, `diff` compares the two records field by field, `significance` weighs each difference, and
`events` puts together what one snapshot tells that the one before did not. Each word is a module or a folder here.
`model` holds the nouns, `errors` everything that is raised on purpose, and `app` puts the parts together.
"""

__version__ = "0.1.0"
