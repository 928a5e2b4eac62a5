"""What to say when a package of the extra ``qr`` is not installed."""

from __future__ import annotations

INSTALL = "pip install 'vnvaxcert[qr]'"


def not_installed(package: str) -> ModuleNotFoundError:
    """Return the error to raise in place of the bare one: its text is the command to run.

    Args:
        package: Import name of the missing package, for the error's ``name``.
    """
    return ModuleNotFoundError(INSTALL, name=package)
