"""A local registry to try alerts against, with inboxes for what a monitor sends. All listen on loopback only.

    registry       a registry of one's own at its port: what its folder answers, or what `misbehaviour` makes of it
    server         HTTP at the socket, also where it misbehaves below HTTP        exchange   a request, an answer
    inboxes        a `mailbox` and a webhook `receiver`, which keep what a monitor sends; `arrivals` shows it
    control, page  the controls for scripts and for people                        controlled   what they ask a registry
    connection_settings, announcements   how a monitor is told to use it, and what `monitor sandbox` prints

Each registry that is imitated has a folder, such as `clinicaltrials_gov`. To add one, make a folder with a class that
completes `registry.SandboxRegistry`.
"""
