"""What a new snapshot means: two records in, an event out. Pure.

fields        which fields are watched, and which kinds of change there are
diff          what differs between two records, field by field
significance  how much each difference matters
events        what one snapshot tells that the one before did not
membership    what is told of a trial that a watch finds, or no longer finds
"""
