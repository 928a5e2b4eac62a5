"""Mutation of the library: what can be changed, what must notice, and which survivors are known."""
