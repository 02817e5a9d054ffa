"""A local registry to try alerts with, and inboxes for what a monitor sends. All listen on loopback only.

    registry       a registry that gives its folder's answers, as `misbehaviour` alters them
    server         HTTP on the socket, and misbehaviour below HTTP                exchange   a request, an answer
    inboxes        a `mailbox` and a webhook `receiver`, which keep what a monitor sends; `arrivals` shows it
    bouncing       what the mailbox reports of a mail afterwards
    control, page  the controls for scripts and for people                        controlled   the registry's part of it
    edits, spoiling, listed   what the folders share: changes by path, spoiled answers, a list of trials
    connection_settings, announcements   how a monitor is told to use it, and what `monitor sandbox` prints

Each registry that is imitated has a folder, such as `clinicaltrials_gov`, and a line in `declared`. To add one, make a
folder with a class `Sandbox` that completes `small.SmallRegistry`, or `registry.SandboxRegistry` where more is needed.
"""
