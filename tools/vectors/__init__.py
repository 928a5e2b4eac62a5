"""Makers of our own test vectors; nothing here is of the library under test."""
