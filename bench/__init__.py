"""Measures what the README promises. `make bench` runs all of it and prints a table, and JSON after it.

Every bar is a ratio within one run, a count, or far from its limit: machines differ, and this one is never idle.
Nothing here decides anything: a figure that misses its bar is marked, and the exit status says so.
"""
