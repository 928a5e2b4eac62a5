"""ICAO Doc 9303: names as machine-readable text."""

from vnvaxcert.icao.names import MAX_DCC_NAME, alternatives, to_icao, transliterate, truncate

__all__ = ["MAX_DCC_NAME", "alternatives", "to_icao", "transliterate", "truncate"]
