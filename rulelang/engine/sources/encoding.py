"""The encoding of a text file: asked of its bytes, guessed only where UTF-8 is ruled out, and then said."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic
from rulelang.engine.sources.content import Content

# The longer marks first: UTF-32 starts like UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Two bytes, or the four that GB18030 has for rare characters.
_CHARACTER = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]|[\x80-\xff].", re.DOTALL)
_PIECE = 1 << 20
_HEAD = 1 << 16


@frozen
class Encoding:
    """A codec's name, and whether it was guessed (``note`` says so to the user)."""

    name: str
    note: Diagnostic | None = None


def find_encoding(content: Content, stated: str | None = None) -> Encoding:
    """The encoding of a text file; all of the file is read to be sure.

    In this order: the one the caller states, a byte order mark, UTF-16 without one (its zero bytes show it), UTF-8,
    and where that is ruled out GB18030 (which contains GBK and GB2312) or the Western code page 1252, with a note.
    Raises DataError: ``unknown-encoding`` (no such name), ``broken-encoding`` (line and byte that don't fit).
    """
    if stated is not None:
        try:
            codec = codecs.lookup(stated).name
        except LookupError as error:
            facts = {"file": content.name, "encoding": stated}
            raise DataError((Diagnostic("unknown-encoding", facts=facts),)) from error
        return Encoding(_marked(content, codec, stated))
    head = content.head(_HEAD)
    marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), None) or _wide(head)
    if marked is not None:
        return Encoding(_valid(content, marked))
    wrong = _first_wrong(content, "utf-8")
    if wrong is None:
        return Encoding("utf-8")
    if _mostly_utf8(content):
        raise _broken(content, "UTF-8", wrong)
    codec, shown = ("gb18030", "GB18030") if _looks_chinese(content) else ("cp1252", "Windows-1252")
    if _first_wrong(content, codec) is not None:
        raise _broken(content, "UTF-8", wrong)
    return Encoding(codec, Diagnostic("encoding-guessed", facts={"file": content.name, "encoding": shown}))


def _marked(content: Content, codec: str, stated: str) -> str:
    """The stated codec, in the form that takes a byte order mark away."""
    head = content.head(4)
    for mark, name in _MARKS:
        if head.startswith(mark) and name.startswith(codec):
            codec = name
    return _valid(content, codec, stated)


def _valid(content: Content, codec: str, shown: str | None = None) -> str:
    wrong = _first_wrong(content, codec)
    if wrong is not None:
        raise _broken(content, shown or codec.removesuffix("-sig").upper(), wrong)
    return codec


def _broken(content: Content, shown: str, place: tuple[int, int]) -> DataError:
    facts = {"file": content.name, "encoding": shown, "line": place[0], "byte": place[1]}
    return DataError((Diagnostic("broken-encoding", facts=facts),))


def _pieces(content: Content) -> Iterator[bytes]:
    with content.open() as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _first_wrong(content: Content, codec: str) -> tuple[int, int] | None:
    """Line and byte (from 1) of the first bytes that don't fit the codec; None where all do."""
    decoder = codecs.getincrementaldecoder(codec)()
    lines, offset, pending = 1, 0, b""
    for piece in _pieces(content):
        try:
            if codec != "utf-8" or pending or not piece.isascii():  # which is found much faster
                decoder.decode(piece)
        except (UnicodeDecodeError, UnicodeError) as error:
            start = getattr(error, "start", 0)
            whole = pending + piece
            return lines + _line_ends(whole[:start]), offset - len(pending) + start + 1
        lines += _line_ends(piece)
        offset += len(piece)
        pending = decoder.getstate()[0]
    try:
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, UnicodeError):
        return lines, offset - len(pending) + 1
    return None


def _line_ends(piece: bytes) -> int:
    return piece.count(b"\n") or piece.count(b"\r")


def _wide(head: bytes) -> str | None:
    """UTF-16 without a byte order mark: many zero bytes, all of them on one side of the pairs."""
    zeros = head.count(b"\0")
    if zeros * 20 < len(head) or zeros < 2:
        return None
    if head[::2].count(b"\0") == 0:
        return "utf-16-le"
    if head[1::2].count(b"\0") == 0:
        return "utf-16-be"
    return None


def _mostly_utf8(content: Content) -> bool:
    """Whether the bytes beyond ASCII are UTF-8 but for a few: damage, rather than another encoding."""
    good = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for piece in _pieces(content):
        text = decoder.decode(piece)
        if not text.isascii():
            wrong = sum("\udc80" <= each <= "\udcff" for each in text)
            bad += wrong
            good += sum(each > "\x7f" for each in text) - wrong
        if good + bad > _HEAD:
            break
    return good > bad


def _looks_chinese(content: Content) -> bool:
    """Whether the bytes beyond ASCII come in the pairs of common Chinese characters (GB2312 and its plane)."""
    common = other = 0
    for piece in _pieces(content):
        for found in _CHARACTER.finditer(piece):
            if found.group()[1] > 0xA0 or len(found.group()) == 4:
                common += 1
            else:
                other += 1
        if common + other > 2000:
            break
    return common >= other


def text_head(content: Content) -> str:
    """The first characters of a text file, as far as they can be made out before its encoding is known for sure."""
    head = content.head(_HEAD)
    codec = next((codec for mark, codec in _MARKS if head.startswith(mark)), None) or _wide(head) or "utf-8"
    return head.decode(codec, errors="replace")
