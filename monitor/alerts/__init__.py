"""Who is told of a change, and how it reaches them: from an event to an alert that its receiver has taken.

settling    which events are told, held or folded into others; alike and holding are what it rests on
owing       who hears of which event, and when: at once, or in a digest
matching    which changes of an event a subscription is to be told of; refusals say why not, and adding_up which are
            too small by themselves and are told together; past is what went before, as that needs it
conversations  which mails belong together: what two registries tell within a week is told in one
composing   owes the digests whose time has come: one delivery for all that waits; assembling is what each holds
prepare     claimed deliveries as messages, each rendered once; postponing is for those that cannot be
contexts    what a message says of its trial beside the changes; background is what stands around these
samples     messages of a trial that does not exist
deliver     sends what is owed, or one delivery, and keeps trying; its steps are in claims, queues and outcomes
outbox      what delivering needs, and what comes of it; retrying says when the next attempt is
bounces     what mails that came back and complaints do to subscriptions; returned reads the mailbox of these
scopes      which trials a subscription is about, and how that is said
subscribe   makes, pauses and ends subscriptions; filters and rhythms are what they pass and when, as people write it
editing     changes what a subscription hears of, and when; resuming goes on after a pause, and catching_up tells what
            was missed
opting_in   people who subscribe themselves; managing is what they do by their links, and links makes these
asking_again  asks them whether to go on: once where nothing more is expected, and once a year; questions has the words
teams       several people who hear of the same, each with a subscription of their own
notices     what the operator has to know, in words; unseen says so of trials that are not seen
why         every event of a trial beside every subscription of an address: told, or why not
wiring      the parts of delivering, put together from the configuration
"""
