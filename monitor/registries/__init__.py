"""One folder a registry: fetch documents in batches, prove them, parse one into a `Record`.

A new registry takes one folder, one line and one golden document:

* one folder here with a class that keeps the ports of `monitor.ports` and declares itself as
  `monitor.registries.adapter.Adapter` says: its key, its name, its settings, its words. It may use
  `monitor.http.PoliteSession`, raises nothing but what stands in `monitor.errors`, and lets nothing become a
  `Document` that is not proven to be the record asked for;
* one line in `ADAPTERS` below, and the keys of its settings in config.toml;
* one golden document in tests/registries/golden: an invented answer of the registry as it is on the wire, beside it
  the `Record` that it becomes. The tests that hold for every adapter find it there by the folder's name.
"""

from monitor.model import vocabulary
from monitor.registries.adapter import Adapter
from monitor.registries.clinicaltrials_gov import ClinicalTrialsGov

ADAPTERS: tuple[type[Adapter], ...] = (ClinicalTrialsGov,)
"""The first is the default."""

for _adapter in ADAPTERS:
    vocabulary.add(_adapter.words)
