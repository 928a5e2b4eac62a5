"""Signed vaccination certificates in QR codes: issue them, verify them (EU DCC, Viet Nam)."""
