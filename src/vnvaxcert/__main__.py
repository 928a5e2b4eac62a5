"""``python -m vnvaxcert``: the same as the command ``vnvaxcert``."""

from __future__ import annotations

import sys

from vnvaxcert.cli import main

if __name__ == "__main__":
    sys.exit(main())
