"""The pages of those who operate the service: what waits for them, what went wrong, and the steps they can take.

deliveries   the log, one delivery with its attempts, what it sends; try now, send again
held         changes that were held back: look, release, discard
quarantine   answers that were not believed: look, accept
logs         unknown fields and values, notices, mails that came back
health       whether everything is seen; a short form of it for everybody
watching     watch trials or what a search finds, and stop watching

Every step is the one that the command line takes. What is asked for is said in the address; nothing changes by GET.
"""
