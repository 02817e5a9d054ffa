"""What a new snapshot means: two records in, an event out. Pure.

topics        what a change can be about
kinds         every kind of change, declared once; rules and sentences hold what a declaration names
fields        every watched field, declared once
diff          what differs between two records, field by field; edit and spelling compare its texts
significance  how much each difference matters
events        the changes between two snapshots, as one event
netting       what several changes of one trial come to
membership    a trial that a watch finds, or no longer finds, as changes; searches what it looks for, in words,
              and watch_names what it is called, or the same without its name
"""
