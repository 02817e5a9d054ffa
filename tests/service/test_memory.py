"""What readers have used is given back once few come."""

from monitor.service.memory import QUIET, REST_EVERY, Resting

MANY = int(2 * QUIET * REST_EVERY)


class Readers:
    """Counts what is answered, and how often nothing was kept for them any more."""

    def __init__(self) -> None:
        self.answered = self.rests = 0
        self.resting = Resting(answered=lambda: self.answered, rest=self._rest)

    def _rest(self) -> None:
        self.rests += 1

    def come(self, number: int) -> None:
        self.answered += number
        self.resting.step()


def test_nothing_is_let_go_of_while_many_read() -> None:
    readers = Readers()

    for _ in range(3):
        readers.come(MANY)

    assert readers.rests == 0


def test_what_they_used_is_let_go_of_once_few_come() -> None:
    readers = Readers()
    readers.come(MANY)

    readers.come(1)

    assert readers.rests == 1


def test_nothing_is_let_go_of_twice() -> None:
    readers = Readers()
    readers.come(1)

    for _ in range(3):
        readers.come(0)

    assert readers.rests == 1
    readers.come(1)
    assert readers.rests == 2
