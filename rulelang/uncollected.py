"""Making something large in one go without the garbage collector going through all of it again and again.

Trees, models and plans are made once and live long; with a hundred thousand parts the collector would take as long
as the work itself.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No automatic garbage collection inside; outside it is as it was. May be nested, and entered by several threads:
    the first to leave lets the collector work again."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
