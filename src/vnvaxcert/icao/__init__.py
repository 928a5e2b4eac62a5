"""ICAO Doc 9303: names as machine-readable text, check digits, codes of states.

What is most asked for is here. The rest is imported from its module, so that issuing a certificate
does not load the comparison of names: :mod:`~vnvaxcert.icao.fields`,
:mod:`~vnvaxcert.icao.comparison`, :mod:`~vnvaxcert.icao.check_digit`,
:mod:`~vnvaxcert.icao.countries`.
"""

from vnvaxcert.icao.names import MAX_DCC_NAME, alternatives, to_icao, transliterate, truncate

__all__ = ["MAX_DCC_NAME", "alternatives", "to_icao", "transliterate", "truncate"]
