"""One module or folder a registry: fetch documents in batches, prove them, parse one into a `Record`.

A new registry takes one file, one line and one golden document:

* one file here with a class that keeps the port `monitor.ports.Registry`. It may use `monitor.http.PoliteSession`,
  raises nothing but what stands in `monitor.errors`, and lets nothing become a `Document` that is not proven to be
  the record asked for;
* one line in `ADAPTERS` below;
* one golden document in tests/registries/golden: an invented answer of the registry as it is on the wire, beside it
  the `Record` that it becomes. The tests that hold for every adapter find it there by the module's name.
"""

from monitor.registries.clinicaltrials_gov import ClinicalTrialsGov

ADAPTERS = {adapter.key: adapter for adapter in (ClinicalTrialsGov,)}
"""By the registry's key."""
