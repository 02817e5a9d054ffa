"""What a change means: readers of records and of changes, each verdict with what it rests on. Pure.

stops         why a trial stopped, from the sentence that its sponsor gave
outcomes      which outcomes changed, in what, whether that matters, and when in the trial's life
obligations   what a sponsor owes and by when, and what an edit did to that
"""


class Unexplainable(ValueError):
    """What was given to be explained lacks what that takes; the words say what."""
