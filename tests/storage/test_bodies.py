import resource
from binascii import crc_hqx
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


BEFORE, AFTER = content(HIP), content(HIP, edition=2)


def restored(body: bytes, *, base: bytes | None = BEFORE, size: int | None = len(AFTER)) -> bytes:
    return bodies.decompress(body, what="snapshot 2", base=base, size=size)


def test_a_difference_is_small_and_comes_back() -> None:
    body = bodies.compress_against(AFTER, BEFORE)

    assert len(body) < 90
    assert restored(body) == AFTER


@pytest.mark.parametrize("after", [b"", b"{", b"{}", bytes(range(256)) * 300, BEFORE, BEFORE * 40], ids=len)
@pytest.mark.parametrize("before", [b"", b"{", b"[1, 2, 3]", BEFORE], ids=len)
def test_a_difference_between_any_two_documents_comes_back(before: bytes, after: bytes) -> None:
    body = bodies.compress_against(after, before)

    assert restored(body, base=before, size=len(after)) == after


def test_differences_of_earlier_versions_are_read() -> None:
    """They are frames that say everything themselves, against the base alone."""
    against = zstandard.ZstdCompressionDict(BEFORE, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    body = _sealed(zstandard.ZstdCompressor(level=6, dict_data=against, write_checksum=True).compress(AFTER))

    assert restored(body) == AFTER
    assert restored(body, size=None) == AFTER


def test_a_difference_that_was_written_once_is_read_for_ever() -> None:
    """Whoever changes the form finds the bytes that databases hold."""
    base, after = b'{"status":"RECRUITING","title":"Hips"}' * 9, b'{"status":"SUSPENDED","title":"Hips"}' * 9

    assert (
        restored(bytes.fromhex("00009d0000507b53555350454e444544023c36887afdd2af01dd"), base=base, size=len(after))
        == after
    )


def test_a_difference_reaches_back_over_the_whole_of_a_large_base() -> None:
    """A record with results can be a megabyte: its beginning must still serve its end."""
    before = content(HIP, sites=16_000)
    after = before[900_000:] + before[:900_000]

    assert len(before) > 1_000_000
    assert len(bodies.compress_against(after, before)) < 1_000


def test_against_another_base_nothing_comes_back() -> None:
    body = bodies.compress_against(AFTER, BEFORE)

    for base in (content(KNEE), BEFORE[:-1], None):
        with pytest.raises(StoreCorrupt):
            restored(body, base=base)


@pytest.mark.parametrize("size", [None, -1, 0, len(AFTER) - 1, len(AFTER) + 1, bodies.LARGEST + 1, 1 << 62])
def test_a_difference_of_another_size_than_its_row_says_is_damage(size: int | None) -> None:
    with pytest.raises(StoreCorrupt, match="snapshot 2 is damaged"):
        restored(bodies.compress_against(AFTER, BEFORE), size=size)


@pytest.mark.parametrize(
    "packed", [bodies.compress_against(AFTER, BEFORE), bodies.compress(AFTER)], ids=["difference", "full copy"]
)
def test_every_flipped_bit_is_noticed(packed: bytes) -> None:
    """Also the few that leave the content as it was."""
    for bit in range(min(len(packed), 400) * 8):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(StoreCorrupt, match="snapshot 2 is damaged"):
            restored(bytes(flipped), base=BEFORE if packed[0] == 0 else None)


def test_a_difference_that_was_cut_short_or_has_bytes_behind_it_gives_nothing() -> None:
    body = bodies.compress_against(AFTER, BEFORE)

    for damaged in (*(body[:cut] for cut in range(len(body))), body + b"\0", body + b"\0\0", body + b"more"):
        with pytest.raises(StoreCorrupt, match="snapshot 2 is damaged"):
            restored(damaged)


def test_a_difference_that_unpacks_to_more_than_its_row_says_is_refused() -> None:
    """Half a gigabyte in 16 kB, sealed as a difference is."""
    packer = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters.from_level(
            3, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=False
        )
    ).compressobj()
    frame = b"".join([*(packer.compress(bytes(1024 * 1024)) for _ in range(512)), packer.flush()])
    body = frame + (crc_hqx(frame, crc32(BEFORE) & 0xFFFF) ^ 0xFFFF).to_bytes(2, "big")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(StoreCorrupt):
        restored(body)

    assert body[0] == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "in KiB"


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
