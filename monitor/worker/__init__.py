"""Workers: any number of processes that share the work at one PostgreSQL database, as jobs of Procrastinate.

    running    the workers of one process, one a queue, in an event loop that is started again whatever ends it
    tasks      what each kind of job does, and what is done again and again by one of all processes
    sender     the deliveries of all jobs of a process, sent and recorded together
    working    `monitor worker`: the main thread, its signals, and what it says

A job carries ids. What is due is in rows, which are claimed by whoever takes the job: see `monitor.storage.jobs`.
Procrastinate takes a quarter of a second to load, so nothing but `running` and `tasks` imports it.
"""
