"""A local registry that answers like ClinicalTrials.gov, to try alerts against.

    stock -> editions -> reading -> api -> (misbehaviour) -> server

The *stock* is what stands in the registry at first, written down or synthetic. What is published on top of it becomes
an *edition* with every data build. A request is answered by `api`, *reading* one edition; *misbehaviour* spoils the
answer where it is told to, and `server` sends it. `sandbox` puts that together; `control` and `page` are its levers.

It listens on loopback only, and offers what a monitor asks for: everything else is refused, and says so.
"""

from monitor.sandbox.misbehaviour import Kind
from monitor.sandbox.sandbox import Sandbox, run

__all__ = ["Kind", "Sandbox", "run"]
