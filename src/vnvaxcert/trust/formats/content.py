"""What a format is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.trust import json_text
from vnvaxcert.trust.anchors import Authorities
from vnvaxcert.trust.reading import Reading

MAX_ENTRIES: Final = 100_000  # real lists have up to 5,000


class Content:
    """The bytes of a file, read as JSON at most once.

    Attributes:
        data: All of them, at most `MAX_FILE_BYTES`.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def document(self) -> object:
        """The JSON in it; None where it does not even look like JSON.

        Raises:
            TrustListFormatError: It looks like JSON and is not.
        """
        return json_text.parse(self.data) if json_text.looks_like_json(self.data) else None


class Context(NamedTuple):
    """What the caller knows of the list.

    Attributes:
        name: Of the file, for messages and for `TrustedKey.source`.
        signing_key: The publisher's key; None: the signature of the list is not checked.
        authorities: Who has to have certified the certificate that a list brings along for its
            own signature; None: that is not checked.
        at: The moment at which the list has to be valid, aware; None: its times do not matter.
        last_sequence: The sequence of the newest list seen so far; an older one is refused.
    """

    name: str
    signing_key: PublicKey | None = None
    authorities: Authorities | None = None
    at: datetime | None = None
    last_sequence: int | None = None

    @property
    def asks_for_a_signature(self) -> bool:
        """Whether the caller gave anything to check the list's own signature with."""
        return self.signing_key is not None or self.authorities is not None


class Format(NamedTuple):
    """One format of trust lists.

    Attributes:
        name: As `TrustList.format` shows it.
        recognise: Whether content is of this format, or a damaged specimen of it. May raise
            `TrustListFormatError` for what no format can be in, broken JSON for one.
        read: Reads it; raises a `TrustListError`.
        is_signed: Whether lists of this format have a signature of their own that can be
            checked. Where they have none, a signing key is refused.
        join: Reads the files that are one list together, in any order; None where a list is
            one file. `recognise` is true of each such file, and `read` takes a single one, or
            says what is missing.
    """

    name: str
    recognise: Callable[[Content], bool]
    read: Callable[[Content, Context], Reading]
    is_signed: bool = False
    join: Callable[[Sequence[Content], Context], Reading] | None = None
