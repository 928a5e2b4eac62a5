"""The DCC payload: typed records, the versions of its schema, value sets, identifiers (UVCI)."""
