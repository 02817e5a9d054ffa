"""One folder a registry: fetch documents in batches, prove them, parse one into a `Record`.

A new registry takes one folder, one line and one golden document:

* one folder here whose `adapter` holds `ADAPTER`: a class that keeps the ports of `monitor.ports` and declares itself
  as `monitor.registries.adapter.Adapter` says: its key, its name, its settings, its words. It may use
  `monitor.http.PoliteSession`, raises nothing but what stands in `monitor.errors`, and lets nothing become a
  `Document` that is not proven to be the record asked for;
* a module `settings` beside it with `TABLES`, its table of config.toml by the adapter's key;
* its name in `FOLDERS` below, and the keys of its settings in config.toml;
* one golden document in tests/registries/golden: an invented answer of the registry as it is on the wire, beside it
  the `Record` that it becomes. The tests that hold for every adapter find it there by the folder's name.

A folder of several registries has `ADAPTERS` instead. One that files alone feed is a
`monitor.registries.adapter.FedByFiles`, and its folder declares no table.

What several of them do alike stands beside the folders: `taking` takes values out of a tree, `oddities` tells of what
is not known in it.

`monitor.registries.declared` loads the adapters and `connecting` connects them; this package alone, and those of the
folders, load nothing.
"""

FOLDERS = ("clinicaltrials_gov", "isrctn", "drks", "ctis", "euctr", "ictrp")
"""The first is the default registry."""
