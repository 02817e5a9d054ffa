"""Other programs that people use to watch trials, beside ours, in one run: `python -m bench.peers`.

    a program a module  ->  speed, alarms, killed  ->  results.json  ->  docs/benchmarks.md

Each is used as its own documentation has it, in its fastest settings that still tell of each trial by itself. `speed`
measures what looks cost, `alarms` what is told, rightly or not, and `killed` what is left of a look that is killed in
the middle. What was measured stays in docs/benchmarks.json, so that a part can be measured alone, and an interrupted
run goes on where it ended. To add a program, write its module, and name it in `programs`.
"""
