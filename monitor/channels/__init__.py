"""Ways to reach people, one module a way: each is a `monitor.ports.Channel`.

A new way takes one file, three lines and its tests:

* one file here with a class that keeps the port. It sends `Message.body` as it is, bounds everything that a receiver
  can do to it, and raises nothing but DeliveryDeferred (worth another attempt) and DeliveryRejected (never again).
  Beside the class stand the function that checks an address, with one clear line where it cannot be used, and the one
  that says what of it may be shown: an address may hold secrets, and no message may;
* one name in `monitor.model.Way`, one module in `monitor.render` that writes the bytes, one line in `monitor.app`;
* tests against a real server on loopback, for every way in which a receiver can fail.

A channel with other people's addresses calls them through `monitor.http.GuardedSession`, or it is a hole into our
network.
"""
