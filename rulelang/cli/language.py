"""Which language the reader wants: ``--lang``, else the locale, else English."""

from __future__ import annotations

import locale
import sys
from collections.abc import Iterator, Mapping, Sequence

LANGUAGES = ("en", "zh")


def values_of(name: str, arguments: Sequence[str]) -> Iterator[str]:
    """What an option is given on a command line, known before the command line is taken apart."""
    for position, each in enumerate(arguments):
        option, equals, value = each.partition("=")
        if each == "--":
            break
        if option == name:
            yield value if equals else next(iter(arguments[position + 1 : position + 2]), "")


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The reader's language, known before the command line is taken apart so that ``--help`` is in it too."""
    wanted = (each for each in values_of("--lang", arguments) if each in LANGUAGES)
    return next(wanted, None) or _of_locale(environment)


def _of_locale(environment: Mapping[str, str]) -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].casefold().startswith("zh") else "en"
    if sys.platform == "win32":
        return "zh" if (locale.getlocale()[0] or "").casefold().startswith(("zh", "chinese")) else "en"
    return "en"
