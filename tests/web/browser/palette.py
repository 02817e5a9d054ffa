"""Pictures of few colours: what Chromium took, as PNG with a palette, a third as large. The browser reads pixels."""

import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Sequence
from struct import pack
from typing import Any

MOST_COLOURS = 256
_ALIKE = 8
"""Colours within so many steps of red, green and blue share one, so that shades of grey leave room for the others."""
_READ = """async (png) => {
    const bytes = Uint8Array.from(atob(png), (each) => each.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const data = context.getImageData(0, 0, image.width, image.height).data;
    let text = "";
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
    return [image.width, image.height, btoa(text)];
}"""

Colour = tuple[int, int, int]


def with_few_colours(png: bytes, blank: Any) -> bytes:
    """The same picture in its most frequent colours, others as the nearest of them. *blank* is an empty page."""
    width, height, encoded = blank.evaluate(_READ, b64encode(png).decode())
    pixels = memoryview(b64decode(encoded)).cast("I")
    counted = sorted(Counter(pixels).items(), key=lambda each: (-each[1], each[0]))
    palette = _palette([_colour(pixel) for pixel, _ in counted])
    places = {pixel: _nearest(_colour(pixel), palette) for pixel, _ in counted}
    rows = (bytes([0, *map(places.__getitem__, pixels[at : at + width])]) for at in range(0, len(pixels), width))
    chunks = (
        (b"IHDR", pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(part for each in palette for part in each)),
        (b"IDAT", zlib.compress(b"".join(rows), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _palette(colours: Sequence[Colour]) -> list[Colour]:
    """Of *colours*, the most frequent first."""
    kept: dict[tuple[int, ...], Colour] = {}
    for each in colours:
        kept.setdefault(tuple(part // _ALIKE for part in each), each)
    return list(kept.values())[:MOST_COLOURS]


def _colour(pixel: int) -> Colour:
    red, green, blue, _ = pack("=I", pixel)
    return red, green, blue


def _nearest(colour: Colour, palette: Sequence[Colour]) -> int:
    distances = [sum((one - other) ** 2 for one, other in zip(colour, each, strict=True)) for each in palette]
    return distances.index(min(distances))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
