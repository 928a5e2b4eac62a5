"""Cleaning of exchange records: what facilities really sent, brought to one form.

`clean_record` does a record, `clean_name` a name; each change and each doubt comes back with its
code. `detect` tells encodings apart, `name_key` is for comparing.
"""

from vnvaxcert.vietnam.cleaning.detection import Detection, Encoding, detect
from vnvaxcert.vietnam.cleaning.keys import name_key
from vnvaxcert.vietnam.cleaning.names import CleanedText, clean_name
from vnvaxcert.vietnam.cleaning.records import Cleaned, clean_record

__all__ = [
    "Cleaned",
    "CleanedText",
    "Detection",
    "Encoding",
    "clean_name",
    "clean_record",
    "detect",
    "name_key",
]
