"""All programs that are measured, ours first."""

from collections.abc import Mapping

from bench.peers.biocatalystfeed import BioCatalystFeed
from bench.peers.changedetection import ChangeDetection
from bench.peers.ours import Ours
from bench.peers.program import Program
from bench.peers.urlwatch import Urlwatch
from bench.peers.webchanges import Webchanges

PROGRAMS: Mapping[str, Program] = {
    program.name: program for program in (Ours(), BioCatalystFeed(), Urlwatch(), Webchanges(), ChangeDetection())
}
"""By name."""
OURS = Ours.name
