"""Where the test data of other projects lies.

It is not part of this repository: it lies beside it, in ``../shared/vectors/<suite>``, or where
the environment variable ``VNVAXCERT_VECTORS`` says.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

NOT_FOUND = "foreign suite not found: "  # the end of a run lists the skips that say so


def shared_vectors(suite: str) -> Path:
    """The folder of a foreign suite, such as ``"dgc-testdata"``.

    A suite that is absent skips the test (at import, the module), and the run ends with its name;
    one that is there and empty is an error, so that no test passes for want of vectors.
    """
    beside = Path(__file__).resolve().parents[2] / "shared" / "vectors"
    folder = Path(os.environ.get("VNVAXCERT_VECTORS") or beside) / suite
    if not folder.exists():
        pytest.skip(f"{NOT_FOUND}{suite}", allow_module_level=True)
    if not any(path.is_file() for path in folder.rglob("*")):
        pytest.fail(f"foreign suite is empty: {suite}", pytrace=False)
    return folder
