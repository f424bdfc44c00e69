"""Libraries that come with an extra (``pip install "rulelang[excel]"``), loaded when they are needed."""

from __future__ import annotations

import importlib
from types import ModuleType

from rulelang.diagnostics.diagnostic import DataError, Diagnostic


def extra(name: str, module: str, purpose: str) -> ModuleType:
    """The module of an extra. Raises DataError (``missing-extra``), which names the purpose and the install line."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        facts = {"extra": name, "purpose": purpose}
        raise DataError((Diagnostic("missing-extra", facts=facts),)) from error
