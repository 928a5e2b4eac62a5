"""Codecs: Base45, zlib and CBOR. Bounded, total, and without any knowledge of vaccination."""
