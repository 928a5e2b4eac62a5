"""Suites of vectors, recognised by what is in a file or folder, whoever published them."""

from vnvaxcert.conformance.suites.finding import FORMATS, MAX_FILE_BYTES, MAX_FILES, Suite, find

__all__ = ["FORMATS", "MAX_FILES", "MAX_FILE_BYTES", "Suite", "find"]
