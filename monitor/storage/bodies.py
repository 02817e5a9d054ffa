"""How documents are compressed: with zstd, later ones against an earlier full copy. Pure.

A later document of a trial repeats nearly all of an earlier one, so the earlier one is the dictionary: 20 kB become
about 100 bytes instead of 6,000.

The first byte tells two forms of a body apart:

    0x28   a full copy, and a difference as it was written before the other form: a zstd frame that states its size and
           carries a checksum of its content, and behind it the frame's CRC-32 in four bytes. One flipped bit in 400
           does not change the content, and a failing disk should be noticed even then.
    0x00   a difference, 30 bytes shorter: a frame without magic number, size and checksum. The row of a snapshot has
           its size and its SHA-256. Behind it stand two bytes of CRC-16, which any flipped bit changes, and which
           starts from the base's own CRC-32: so against another base nothing is unpacked.

Facts: `max_output_size` of python-zstandard does not limit a frame that states its size, so the stated size is checked
before anything is unpacked; the decoder never writes more than that. A difference is nearly all matches, which zstd's
levels look for in too small a table: a hash of 16 bits saves a tenth at no cost; from level 12 on it takes ten times as
long for 1 %.
"""

import threading
from base64 import b64decode
from binascii import crc_hqx
from functools import lru_cache
from zlib import crc32

import zstandard
from zstandard import (
    DICT_TYPE_FULLDICT,
    DICT_TYPE_RAWCONTENT,
    FORMAT_ZSTD1_MAGICLESS,
    STRATEGY_LAZY2,
    ZstdCompressionDict,
    ZstdCompressionParameters,
)

from monitor.errors import StoreCorrupt

LARGEST = 64 * 1024 * 1024
"""No more than this is ever unpacked, in bytes."""

_SEAL = 4
_SEAL_OF_DIFFERENCE = 2
_FULL_LEVEL = 3
_WIDEST = LARGEST.bit_length() - 1
"""Of a window, as a power of 2."""

_MAGIC_OF_DICTIONARY = bytes.fromhex("37a430ec 01800000")
"""With the number of the dictionary, which no frame states."""
_TABLES = b64decode(
    "PBCw2rQNMAzDMAzDMAzDwAAPBj41IWPSHXdbs+2WX6VR1OgoWLOv//H6rd8RjCK9tCVtehtrDJmJCoJbATMCAAAGjAQDcUAkHJ+q"
    "NgAAAAAAAAQASEsIBUQDQ8LCQYLBQYEBwgGCoQAADAgEAYEwIAAOBsOgcVAcGgtLq3KYyuMAtPAqZekwzFMIDBkAAAAAAAAAAAA="
)
"""How often what occurs in differences, so that none has to say it: the Huffman table of literals and the FSE tables of
offsets, match lengths and literal lengths, as a zstd dictionary has them (RFC 8878, 5). They were counted over the
differences between successive versions of 26 real records, and of synthetic ones. Not to be changed: what was stored
with them is unreadable without them."""


class _Codecs(threading.local):
    """A compressor and a decompressor to reuse: making one costs as much as a small document, and sharing is unsafe."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_FULL_LEVEL, write_checksum=True)
        self.decompressor = zstandard.ZstdDecompressor(max_window_size=LARGEST)


_codecs = _Codecs()


def compress(content: bytes) -> bytes:
    """Compress a full copy."""
    return _sealed(_codecs.compressor.compress(content))


def compress_against(content: bytes, base: bytes) -> bytes:
    """Compress *content* against *base*."""
    parameters = _parameters(min(_WIDEST, (len(content) + len(base)).bit_length()))
    compressor = zstandard.ZstdCompressor(dict_data=_dictionary(base), compression_params=parameters)
    frame = compressor.compress(content)
    return frame + _seal_of_difference(frame, base)


def decompress(body: bytes, *, what: str, size: int | None = None, base: bytes | None = None) -> bytes:
    """Decompress a body, *size* bytes long if that is known; of a difference it has to be.

    *base* is what it was compressed against. Raise StoreCorrupt, naming *what* was to be read, where anything at all
    is wrong with it: it then gives nothing rather than half.
    """
    try:
        if base is not None and size is not None and body[:1] == b"\0":
            return _difference(body, size, base)
        frame = _unsealed(body)
        stated = zstandard.get_frame_parameters(frame).content_size
        if stated > LARGEST or size not in (None, stated):
            raise ValueError(f"its body claims {stated} bytes")
        return _decompressor(base).decompress(frame, allow_extra_data=False)
    except (zstandard.ZstdError, TypeError, ValueError) as error:
        raise damaged(what, str(error)) from error


def damaged(what: str, reason: str) -> StoreCorrupt:
    """The error for data that was not read back as it was written."""
    return StoreCorrupt(f"{what} is damaged in the database ({reason}): restore a backup")


def _sealed(frame: bytes) -> bytes:
    return frame + crc32(frame).to_bytes(_SEAL, "big")


def _unsealed(body: bytes) -> bytes:
    frame = body[:-_SEAL]
    if crc32(frame) != int.from_bytes(body[-_SEAL:], "big"):
        raise ValueError("its CRC-32 is another")
    return frame


def _difference(body: bytes, size: int, base: bytes) -> bytes:
    frame = body[:-_SEAL_OF_DIFFERENCE]
    if _seal_of_difference(frame, base) != body[-_SEAL_OF_DIFFERENCE:]:
        raise ValueError("its CRC-16 is another")
    if not 0 <= size <= LARGEST:
        raise ValueError(f"its row claims {size} bytes")
    decompressor = zstandard.ZstdDecompressor(
        dict_data=_dictionary(base), max_window_size=LARGEST, format=FORMAT_ZSTD1_MAGICLESS
    )
    # No byte more than is expected: with room left, bytes behind the frame would not be noticed. But 0 would mean: all.
    content = decompressor.decompress(frame, max_output_size=size or 1, allow_extra_data=False)
    if len(content) != size:
        raise ValueError(f"its body has {len(content)} bytes and not {size}")
    return content


def _seal_of_difference(frame: bytes, base: bytes) -> bytes:
    """Inverted, as is usual, so that the seal of a sealed frame is not 0."""
    return (crc_hqx(frame, crc32(base) & 0xFFFF) ^ 0xFFFF).to_bytes(_SEAL_OF_DIFFERENCE, "big")


@lru_cache(maxsize=_WIDEST)
def _parameters(bits: int) -> ZstdCompressionParameters:
    """For a difference where content and base have so many bits of bytes: the window reaches over both."""
    return ZstdCompressionParameters(
        window_log=max(16, bits),
        hash_log=max(16, min(22, bits)),
        chain_log=max(16, min(22, bits)),
        search_log=7,
        min_match=4,
        target_length=32,
        strategy=STRATEGY_LAZY2,
        format=FORMAT_ZSTD1_MAGICLESS,
        write_content_size=False,
        write_checksum=False,
        write_dict_id=False,
    )


def _dictionary(base: bytes) -> ZstdCompressionDict:
    """What a difference is against: the tables, how far back its first match probably is, and the base.

    There are eight more bytes before the base, because zstd takes no dictionary of fewer.
    """
    nearest = b"".join(distance.to_bytes(4, "little") for distance in (len(base) or 1, 1, 4))
    content = bytes(8) + base
    return ZstdCompressionDict(_MAGIC_OF_DICTIONARY + _TABLES + nearest + content, dict_type=DICT_TYPE_FULLDICT)


def _decompressor(base: bytes | None) -> zstandard.ZstdDecompressor:
    """For a frame that states its size."""
    if base is None:
        return _codecs.decompressor
    return zstandard.ZstdDecompressor(
        dict_data=ZstdCompressionDict(base, dict_type=DICT_TYPE_RAWCONTENT), max_window_size=LARGEST
    )
