"""A simulation of the program, event by event: what it would do with more machines than there are to measure.

    measured     runs as they are, and what their steps take (timed)         costs      these figures
    machines     cores that processes share, and an interpreter for each
    receivers    what answers: late, not at all, or 503                      due        rows that wait for their time
    sending      `monitor.alerts.deliver` step by step                       runs       one run of it
    asking       checks that keep one pace                                   compared   measured beside predicted
    scale        what it says of ten million subscriptions

`python -m bench.simulated` does all of it, and `make simulate-scale` calls that. The rule to keep: a number comes from
a measurement, from the program's own constants, which are imported, or stands in `scale` as an assumption that the page
names. Chance comes from a seed: the same figures give the same answer.
"""
