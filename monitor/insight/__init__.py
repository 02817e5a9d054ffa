"""What a change means: readers of records and of changes, each verdict with what it rests on. Pure.

stops         why a trial stopped, from the sentence that its sponsor gave
obligations   what a sponsor owes and by when, and what an edit did to that
"""
