"""A stream is cut into its objects wherever its pieces end, and one that is cut short is none."""

import json
from io import BytesIO

import pytest

from monitor.errors import AnswerTooLarge, AnswerUnreadable
from monitor.registries.drks import splitting
from monitor.registries.drks.splitting import objects

TRICKY = [{"a": '}{"\\'}, {"b": ["[{", {"c": "\\\\"}]}, {}, {"d": "ü" * 9, "e": '\\"}'}]


def cut(stream: bytes, *, size: int = 1 << 20) -> list[bytes]:
    file = BytesIO(stream)
    return list(objects(lambda _: file.read(size)))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 20])
@pytest.mark.parametrize("stream", [
    json.dumps(TRICKY).encode(),
    json.dumps(TRICKY, indent=2, ensure_ascii=False).encode(),
    b"\n".join(json.dumps(each).encode() for each in TRICKY),
    b"\xef\xbb\xbf" + json.dumps(TRICKY).encode(),
])  # fmt: skip
def test_objects_are_found_wherever_the_pieces_end(stream, size):
    assert [json.loads(each) for each in cut(stream, size=size)] == TRICKY


def test_a_list_of_none_is_none():
    assert cut(b" [ ] ") == []


@pytest.mark.parametrize("whole", [b'[{"a": 1}, {"b": "}"}]', b'[{"a": {"b": 2}}]'])
def test_what_is_cut_short_is_refused_wherever_it_is_cut(whole):
    for length in range(1, len(whole)):
        with pytest.raises(AnswerUnreadable):
            cut(whole[:length])


@pytest.mark.parametrize(
    "stream",
    [b'[{"a": 1}}]', b'[{"a": 1}]<html>{', b'"text" {"a": 1}', b"}", b'[1, {"a": 1}]', b"[" + b'{"a":' * 5_000],
)
def test_what_is_no_list_of_objects_is_refused(stream):
    with pytest.raises(AnswerUnreadable):
        cut(stream)


def test_no_more_than_one_object_is_held_and_a_large_one_is_refused(monkeypatch):
    monkeypatch.setattr(splitting, "OBJECT_CAP", 100_000)
    monkeypatch.setattr(splitting, "PIECE", 1_000)
    small = b'{"a": "%s"}' % (b"x" * 900)

    assert len(cut(b"[" + b",".join([small] * 500) + b"]", size=1_000)) == 500
    with pytest.raises(AnswerTooLarge):
        cut(b'[{"a": "' + b"x" * 200_000, size=1_000)
