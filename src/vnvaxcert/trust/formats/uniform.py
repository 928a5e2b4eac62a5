"""Large JSON arrays that a machine wrote: the same members in the same order and spacing.

Parsing a list of 25 MB as JSON takes a third of the time of parsing all its certificates, most
of it for signatures that nobody reads. Where every object of the array looks like the first, one
pair of patterns made from that one reads the rest, and proves while it does that the array is
what it is taken for; where one differs, the whole text is left to the JSON parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Final

_LONGEST_OBJECT: Final = 65_536
_LONGEST_START: Final = 256  # of what stands before the first object
_WHITE_SPACE: Final = rb"[ \t\r\n]*+"
_START: Final = b'~(?P<member>{~"certificates"~:~)?\\[~(?={)'.replace(b"~", _WHITE_SPACE)


class NotUniformError(Exception):
    """The text is no such array. It may be any other JSON, or none."""


def uniform_objects(data: bytes, members: Sequence[str]) -> Iterator[tuple[bytes, ...]]:
    """Read certain members of each object of an array of uniform objects, one tuple per object.

    The array is the whole text, or the only member ``certificates`` of an object. Its objects
    hold text only, in ASCII and without escapes. What a JSON parser refuses is refused here too,
    but for control characters inside texts.

    Args:
        data: The JSON.
        members: Names of two or more members wanted, in the order wanted; all have to be there.

    Raises:
        NotUniformError: It is no such array; perhaps only after objects were given.
    """
    if not data.isascii() or b"\\" in data:
        raise NotUniformError
    before = re.match(_START, data[:_LONGEST_START])
    if before is None:
        raise NotUniformError
    start = before.end()
    end = data.find(b"}", start, start + _LONGEST_OBJECT) + 1
    head, tail, pick = _patterns(data[start:end], members)
    match_head, find = re.compile(head).match, data.find
    match_tail = re.compile(tail + _WHITE_SPACE + b"," + _WHITE_SPACE).match
    at = start
    while (first := match_head(data, at)) is not None:
        second = match_tail(data, find(b'"', first.end()))
        if second is None:
            break
        yield pick(first.groups() + second.groups())
        at = second.end()
    match_tail = re.compile(tail + _WHITE_SPACE + b"]" + _WHITE_SPACE).match
    if first is None or (second := match_tail(data, find(b'"', first.end()))) is None:
        raise NotUniformError
    if data[second.end() :].strip(b" \t\r\n") != (b"}" if before["member"] else b""):
        raise NotUniformError
    yield pick(first.groups() + second.groups())


def _patterns(
    example: bytes, members: Sequence[str]
) -> tuple[bytes, bytes, Callable[[tuple[bytes, ...]], tuple[bytes, ...]]]:
    """What matches an object like the example, and how to bring the groups into order.

    The longest text that nobody wants lies between the two patterns: from the end of the first,
    behind its opening quote, to its closing quote, with which the second starts.
    """
    try:
        pairs = json.loads(example, object_pairs_hook=list)
    except (ValueError, RecursionError) as error:
        raise NotUniformError from error
    texts = {name: value for name, value in pairs if isinstance(value, str)}
    # Between quotes stand by turns: what comes before a name, the name, a colon, the text.
    parts = example.split(b'"')
    unwanted = [name for name in texts if name not in members]
    if (
        len(parts) != 4 * len(pairs) + 1
        or len(texts) != len(pairs)
        or len(unwanted) != len(texts) - len(members)
        or not unwanted
    ):
        raise NotUniformError
    longest = max(unwanted, key=lambda name: len(texts[name]))
    pattern = b""
    for number, name in enumerate(texts):
        pattern += re.escape(b'"'.join(parts[4 * number : 4 * number + 3]) + b'"')
        if name == longest:
            head, pattern = pattern, b'"'
        else:
            pattern += b'[^"]*+"' if name in unwanted else b'([^"]*+)"'
    wanted = [name for name in texts if name in members]
    pick: Callable[[tuple[bytes, ...]], tuple[bytes, ...]] = itemgetter(*map(wanted.index, members))
    return head, pattern + re.escape(parts[-1]), pick
