"""The common part of the registry, the mailbox and the webhook receiver: each listens on loopback until stopped."""

from abc import ABC, abstractmethod
from typing import ClassVar, Self

from monitor.errors import ConfigurationInvalid, system_words


class Listening(ABC):
    """A server on a port of 127.0.0.1; 0 asks for any that is free. Use it in a `with`, or call `start` and `stop`."""

    name: ClassVar[str]
    """What messages call it."""

    def __init__(self, port: int = 0) -> None:
        self._wanted = port
        self._port: int | None = None

    @abstractmethod
    def _listen(self, port: int) -> int:
        """Begin to listen, and return the port. Raises OSError or OverflowError where that cannot be had."""

    @abstractmethod
    def stop(self) -> None:
        """Stop listening and end all connections."""

    def start(self) -> None:
        """Listen. Raises ConfigurationInvalid where the port cannot be had."""
        try:
            self._port = self._listen(self._wanted)
        except (OSError, OverflowError) as error:
            words = f"The {self.name} cannot listen on port {self._wanted} ({system_words(error)})"
            raise ConfigurationInvalid(f"{words}: choose another one, or 0 for any.") from None

    @property
    def port(self) -> int:
        """The port that it listens on, or listened on last."""
        if self._port is None:
            raise ConfigurationInvalid(
                f"The {self.name} is not running: call start() first, or use it in a with statement."
            )
        return self._port

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
