"""A sandbox that answers like ClinicalTrials.gov. It offers what a monitor asks for, and refuses everything else.

    initial_trials -> editions -> edition_view -> api -> (spoiling) -> sandbox

The *initial trials* are what stands in the registry at first, written down in `trials/` or `synthetic`. What is
published on top of them becomes an *edition* with every data build. A request is answered by `api`, from the *view* of
one edition; `spoiling` makes of the answer what a misbehaviour wants, where it is `concerned`. `sandbox` puts that
together; `controls` and `trial_page` are its part of the control page.
"""

from monitor.sandbox.clinicaltrials_gov.sandbox import Sandbox

__all__ = ["Sandbox"]
