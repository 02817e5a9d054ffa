"""A local registry that answers like ClinicalTrials.gov, to try alerts against.

    stock -> editions -> reading -> api -> (misbehaviour) -> server

The *stock* is what stands in the registry at first, written down or synthetic. What is published on top of it becomes
an *edition* with every data build. A request is answered by `api`, *reading* one edition; *misbehaviour* spoils the
answer where it is told to, and `server` sends it. `sandbox` puts that together; `control` and `page` are its levers.

Beside it stands a *reception*: a `mailbox` and a webhook `receiver`, which take what a monitor sends, keep it and show
it. All listen on loopback only. The registry offers what a monitor asks for: everything else is refused, and says so.
"""

from monitor.sandbox.misbehaviour import Kind
from monitor.sandbox.reception import Reception
from monitor.sandbox.sandbox import Sandbox, run

__all__ = ["Kind", "Reception", "Sandbox", "run"]
