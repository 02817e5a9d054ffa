"""registry-monitor: what registered clinical trials change, and how much it matters.

    registries -> watching -> storage(snapshots) -> changes -> alerts -> storage(deliveries) -> channels

Read that line from left to right; every word is a folder here. A registry serves documents. `watching` finds which
trials the watches cover, decides whether what came is news, and keeps it as a snapshot in `storage`. `changes` compares
the two records field by field and weighs each difference; what one snapshot tells that the one before did not is an
event. `alerts` decides which events are told and whom they concern, and from then on a delivery is owed, in one commit
with the snapshot; each is rendered once, and sent by a channel until that has taken it.

`model` holds the nouns in that order, `errors` everything that is raised on purpose, `ports` what is asked of the
outside. `views` reads what is kept across all trials, `access` knows who may do what, `operate` is for the person who
runs it. `app` puts the parts together; `cli`, `web`, `mcp` and `service` are how people and other programs reach
them, and `sandbox` is a registry of one's own to try it against. docs/architecture.md has the layers, and the decisions
with their reasons.
"""

__version__ = "0.1.0"
