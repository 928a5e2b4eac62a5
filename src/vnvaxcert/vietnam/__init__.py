"""Viet Nam's steps from a dose record to a vaccine passport, and through its correction.

Pure functions, one package or module a step, in the order in which a record meets them: `exchange`
and `reading`, `cleaning`, `completeness`, `matching`, `attestation`, `passport`, `showing`,
`correction`. No network, no database, and the time is always an argument.
"""
