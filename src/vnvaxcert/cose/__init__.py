"""COSE_Sign1 (RFC 9052 §4.2): algorithms, keys, headers and the message itself."""
