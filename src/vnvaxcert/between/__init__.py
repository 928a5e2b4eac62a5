"""Between the two envelopes: what a health certificate says as a seal, and the other way.

The two hold different things. What the source says and the target has no place for is listed;
what the target needs and the source does not say is asked for by an error that names it. Nothing
is made up: no lot, no facility, no identifier, no number of doses.

| DCC | seal | |
|---|---|---|
| ``fnt``, ``gnt``, 80 each | ``n``, 39 | joined by two spaces, cut; ``fn`` and ``gn`` are lost |
| ``ci``, up to 80 | ``uvci``, ``utci``, up to 12 | cannot be carried: each has its own |
| ``co``, two letters | ``ctr``, three | by the table of `icao.countries` |
| ``mp``, ``ma``, ``vp`` | ``des``, ``nam`` | ICD-11 has one code for product or kind |
| ``dn``, ``sd`` | ``seq`` | the number of doses of the course is lost |
| | ``lot``, ``adm`` | must be given |
| one entry | any number | of a seal's doses one becomes a certificate |

A signature does not survive: the result is signed anew, by who answers for it.
"""

from __future__ import annotations

from vnvaxcert.between.from_seal import from_vdsnc
from vnvaxcert.between.identifier import seal_identifier
from vnvaxcert.between.outcome import CertificateConversion, NotCarried, SealConversion
from vnvaxcert.between.to_seal import to_vdsnc

__all__ = [
    "CertificateConversion",
    "NotCarried",
    "SealConversion",
    "from_vdsnc",
    "seal_identifier",
    "to_vdsnc",
]
