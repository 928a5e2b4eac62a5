"""Judges of our vectors that share no code with the library: packages and programs of others."""
