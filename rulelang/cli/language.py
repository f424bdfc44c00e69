"""Which language the reader wants: ``--lang``, else the locale, else English."""

from __future__ import annotations

import locale
import sys
from collections.abc import Mapping, Sequence

LANGUAGES = ("en", "zh")


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The reader's language, known before the command line is taken apart so that ``--help`` is in it too."""
    for position, each in enumerate(arguments):
        name, _, value = each.partition("=")
        if each == "--":
            break
        if name == "--lang":
            wanted = value or (arguments[position + 1] if position + 1 < len(arguments) else "")
            if wanted in LANGUAGES:
                return wanted
    return _of_locale(environment)


def _of_locale(environment: Mapping[str, str]) -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].casefold().startswith("zh") else "en"
    if sys.platform == "win32":
        return "zh" if (locale.getlocale()[0] or "").casefold().startswith(("zh", "chinese")) else "en"
    return "en"
