import resource
from zlib import crc32

import pytest
import zstandard

from monitor.errors import StoreCorrupt
from monitor.storage import bodies
from tests.storage.documents import HIP, KNEE, content


def test_a_full_copy_comes_back() -> None:
    body = bodies.compress(content(HIP))

    assert len(body) < len(content(HIP)) / 2
    assert bodies.decompress(body, size=len(content(HIP)), what="x") == content(HIP)
    assert bodies.decompress(body, what="x") == content(HIP)


def test_nothing_at_all_comes_back() -> None:
    assert bodies.decompress(bodies.compress(b""), size=0, what="x") == b""


def test_a_difference_is_small_and_comes_back() -> None:
    before, after = content(HIP), content(HIP, edition=2)

    body = bodies.compress_against(after, before)

    assert len(body) < 150
    assert bodies.decompress(body, size=len(after), base=before, what="x") == after


def test_a_difference_reaches_back_over_the_whole_of_a_large_base() -> None:
    """A record with results can be a megabyte: its beginning must still serve its end."""
    before = content(HIP, sites=16_000)
    after = before[900_000:] + before[:900_000]

    assert len(before) > 1_000_000
    assert len(bodies.compress_against(after, before)) < 1_000


def test_against_another_base_nothing_comes_back() -> None:
    body = bodies.compress_against(content(HIP, edition=2), content(HIP))

    with pytest.raises(StoreCorrupt):
        bodies.decompress(body, base=content(KNEE), what="x")
    with pytest.raises(StoreCorrupt):
        bodies.decompress(body, what="x")


def test_every_flipped_bit_is_noticed() -> None:
    """Also the few that leave the content as it was."""
    body = bodies.compress_against(content(HIP, edition=2), content(HIP))

    for bit in range(len(body) * 8):
        flipped = bytearray(body)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(StoreCorrupt, match="snapshot 2 is damaged"):
            bodies.decompress(bytes(flipped), base=content(HIP), what="snapshot 2")


@pytest.mark.parametrize("cut", [0, 3, 9, 100, -1])
def test_a_body_that_was_cut_short_gives_nothing(cut: int) -> None:
    with pytest.raises(StoreCorrupt, match="restore a backup"):
        bodies.decompress(bodies.compress(content(HIP))[:cut], what="snapshot 1")


def test_bytes_behind_a_body_are_damage() -> None:
    with pytest.raises(StoreCorrupt):
        bodies.decompress(bodies.compress(content(HIP)) + b"more", what="snapshot 1")


def test_a_body_of_another_size_is_damage() -> None:
    with pytest.raises(StoreCorrupt, match="claims"):
        bodies.decompress(bodies.compress(content(HIP)), size=12, what="snapshot 1")


def _bomb(*, stated: bool) -> bytes:
    size = 512 * 1024 * 1024
    packer = zstandard.ZstdCompressor().compressobj(size=size if stated else -1)
    chunk = bytes(1024 * 1024)
    return _sealed(b"".join([*(packer.compress(chunk) for _ in range(512)), packer.flush()]))


def _lying_bomb() -> bytes:
    """A frame that says 1,000 bytes and holds a mebibyte: its size is in the four bytes behind the descriptor."""
    body = bytearray(zstandard.ZstdCompressor().compress(bytes(1024 * 1024)))
    assert int.from_bytes(body[5:9], "little") == 1024 * 1024
    body[5:9] = (1000).to_bytes(4, "little")
    return _sealed(bytes(body))


def _sealed(frame: bytes) -> bytes:
    return frame + crc32(frame).to_bytes(4, "big")


@pytest.mark.parametrize("body", [_bomb(stated=True), _bomb(stated=False), _lying_bomb()], ids=["stated", "not", "lie"])
def test_a_bomb_is_refused_before_it_unpacks(body: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(StoreCorrupt):
        bodies.decompress(body, what="snapshot 1")

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "in KiB"
