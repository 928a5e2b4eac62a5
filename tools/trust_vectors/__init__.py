"""Our own vectors of trust lists and revocation lists, for ``make_trust_vectors``.

Nothing in here imports the library under test. Encodings of DER and CMS are those of the tests.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))
