"""PEM (RFC 7468): one reader of its blocks, for trust lists, publishers' keys and signers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from vnvaxcert.trust.entry import decode_base64

# RFC 7468 §5.1; the other two are of older tools.
CERTIFICATE_LABELS: Final = (b"CERTIFICATE", b"X509 CERTIFICATE", b"X.509 CERTIFICATE")
PUBLIC_KEY_LABEL: Final = b"PUBLIC KEY"  # RFC 7468 §13

BEGIN: Final = b"-----BEGIN "
_END: Final = b"-----END "
_DASHES: Final = b"-----"
_MAX_LABEL_BYTES: Final = 64


class Block(NamedTuple):
    """One block.

    Attributes:
        label: What stands in its BEGIN line; empty where that does not end.
        text: The block with its BEGIN and END lines; empty where there is a problem.
        problem: Why it cannot be read, in words; empty where it can.
    """

    label: bytes
    text: bytes
    problem: str = ""

    def content(self) -> bytes:
        """The bytes inside, DER as a rule.

        Raises:
            ValueError: There is a problem with the block, or it holds more than Base64.
        """
        if self.problem:
            raise ValueError(self.problem)
        start = len(BEGIN) + len(self.label) + len(_DASHES)
        return decode_base64(self.text[start : -len(_END + self.label + _DASHES)])


def read_blocks(data: bytes) -> Iterator[Block]:
    """Find the blocks of a PEM text; what stands between them is passed over.

    A block ends before the next one begins, so one that is not closed spoils no other.

    Args:
        data: The text. A block is copied out of it when its turn comes.

    Spec: RFC 7468 §2.
    """
    start = data.find(BEGIN)
    while start >= 0:
        at = start + len(BEGIN)
        following = data.find(BEGIN, at)
        stop = len(data) if following < 0 else following
        label_end = data.find(_DASHES, at, min(stop, at + _MAX_LABEL_BYTES))
        if label_end < 0:
            yield Block(b"", b"", "a BEGIN line that does not end")
        else:
            label = data[at:label_end]
            closing = _END + label + _DASHES
            end = data.find(closing, label_end + len(_DASHES), stop)
            if end < 0:
                yield Block(label, b"", "a PEM block without its END line")
            else:
                yield Block(label, data[start : end + len(closing)])
        start = following
