"""Standard input, output and error as the program uses them, whatever they are: set up once, at the edge.

What a stream's encoding lacks is replaced by what it has, so that no letter in a title ends a command. A reader that
goes away (`| head -1`), or a disk that is full, ends the printing and not the work: a change is committed before it is
shown. `status_after` tells how the command then ends. A stream that was closed by who called us leads nowhere: its
number must not go to the next file that is opened, such as the database.
"""

import codecs
import errno
import io
import os
import sys

TYPE_CHECKING = False  # `typing`, like `dataclasses`, would cost `monitor --version` more than all the rest
if TYPE_CHECKING:
    from typing import TextIO

    from _typeshed import ReadableBuffer

UNWRITTEN = 4
"""The exit status where the work is done and its output could not be written."""
PIPE_CLOSED = 141
"""The exit status of a process that SIGPIPE ends: what a shell gives for `yes | head -1`."""
INTERRUPTED = 130
"""The exit status of a process that SIGINT ends: what a shell gives after Ctrl-C."""
WRONG_USAGE = 2
"""The exit status of a command that was not typed as it can be understood, or not configured so."""
CHANGED_OR_FOUND = 1

_PLAINER = "monitor.plainer"
"""The name of the error handler."""
_GONE = (errno.EPIPE, errno.ECONNRESET, errno.ESHUTDOWN)

# ruff: noqa: RUF001 (the table is of signs that look like others)
_SIGNS = (
    "→=-> ←=<- ↔=<-> ⇒==> …=... ·=- •=* ×=x ✓=v ✗=x ≤=<= ≥=>= ≠=!= ±=+/- µ=u μ=u €=EUR ™=(TM) ®=(R) ©=(C) "
    "Ł=L ł=l Ø=O ø=o Đ=D đ=d ı=i ß=ss Æ=AE æ=ae Œ=OE œ=oe Þ=Th þ=th"
)
_SUBSTITUTES = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("‐‑‒–—−─━┄┅═╌╍╴╶╸╺", "-"),
    **dict.fromkeys("│┃┆┇║▌▐█╎╏", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╞╡╪╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋┡┩╇", "+"),
    **dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", " "),
} | dict(sign.split("=", 1) for sign in _SIGNS.split())
_UNKNOWN = "?"


def plainer(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding lacks: an arrow by ->, é by e, and what has no likeness by a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_substitute, error.object[error.start : error.end])), error.end


def _substitute(character: str) -> str:
    from unicodedata import category, normalize  # almost never needed

    if character in _SUBSTITUTES:
        return _SUBSTITUTES[character]
    if category(character) == "Mn":
        return ""
    # Of letters alone: ≠ without its stroke would be =.
    base = normalize("NFD", character)[0] if character.isalpha() else ""
    return base if base and base.isascii() else _UNKNOWN


class LastingFile(io.FileIO):
    """A file descriptor that takes whatever is written: what it cannot pass on is lost, and *failure* says why."""

    failure: OSError | None = None

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write, and after the first failure no more."""
        size = memoryview(data).nbytes
        if self.failure is not None:
            return size
        try:
            # None: a terminal or pipe that somebody else made non-blocking, and that is full just now.
            while (written := super().write(data)) is None:
                _wait_for_room(self.fileno())
        except OSError as error:
            self.failure = error
            return size
        return written


def _wait_for_room(descriptor: int) -> None:
    from select import select  # almost never needed

    select([], [descriptor], [])


def status_after(output: LastingFile | None, status: int) -> int:
    """The exit status of a command that ends with *status*, once everything that it printed to *output* is written.

    A pipe that its reader closed makes no failure of what was done; 1, which says that something changed or was
    found, is then told as the pipe's end. Other failures to write are told in a line.
    """
    _flush(sys.stdout)
    failure = output.failure if output else None
    if failure is not None and failure.errno in _GONE:
        status = PIPE_CLOSED if status == CHANGED_OR_FOUND else status
    elif failure is not None:
        reason = (failure.strerror or str(failure)).lower()
        sys.stderr.write(
            f"monitor: not all output could be written: {reason}; the work itself is done, and "
            "`monitor history TRIAL_ID` shows a trial's changes again\n"
        )
        status = UNWRITTEN if status in (0, CHANGED_OR_FOUND) else status
    _flush(sys.stderr)
    return status


def set_up() -> LastingFile | None:
    """Make the three streams such that whatever is printed can be, once per process; give what is under the output.

    None where the platform's own stream was kept.
    """
    codecs.register_error(_PLAINER, plainer)
    _fill_closed()
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (it stays open to the end)
    output, sys.stdout = _lasting(sys.stdout, 1)
    _, sys.stderr = _lasting(sys.stderr, 2)
    return output


def write_in_utf8(stream: "TextIO") -> None:
    """Have *stream* write UTF-8 whatever the platform's encoding is: for lines that programs read."""
    if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
        stream.reconfigure(encoding="utf-8", errors=stream.errors)


def _fill_closed() -> None:
    """Lead the numbers 0, 1 and 2 nowhere where they are free."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _lasting(stream: "TextIO | None", descriptor: int) -> "tuple[LastingFile | None, TextIO]":
    """The same stream, lasting, and with another answer to what its encoding lacks."""
    is_terminal = stream is not None and stream.isatty()
    if is_terminal and os.name == "nt" and isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_PLAINER)  # Windows writes to its console by other means than a descriptor
        return None, stream
    _flush(stream)
    file = LastingFile(descriptor, "w", closefd=False)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    lasting = io.TextIOWrapper(
        io.BufferedWriter(file), encoding, _PLAINER, line_buffering=is_terminal or descriptor == 2
    )
    return file, lasting


def _flush(stream: "TextIO | None") -> None:
    if stream is not None:
        stream.flush()
