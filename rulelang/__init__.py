"""Business rules in plain English and Chinese: read like prose, decided exactly, explained."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
    from rulelang.engine.decision import Decision
    from rulelang.engine.loading import loads
    from rulelang.engine.opening import load
    from rulelang.engine.ruleset import Ruleset
    from rulelang.engine.spark.decide import spark_decide
    from rulelang.plugin.plugin import Plugin
    from rulelang.vocabulary.functions import Function, Parameter

__version__ = "0.1.0"

__all__ = [
    "DataError",
    "Decision",
    "Diagnostic",
    "Function",
    "Parameter",
    "Plugin",
    "RuleError",
    "Ruleset",
    "__version__",
    "load",
    "loads",
    "spark_decide",
]

# Where each public name lives: loaded when it is first asked for, so that `import rulelang` stays light.
_HOMES = {
    "DataError": "rulelang.diagnostics.diagnostic",
    "Decision": "rulelang.engine.decision",
    "Diagnostic": "rulelang.diagnostics.diagnostic",
    "Function": "rulelang.vocabulary.functions",
    "Parameter": "rulelang.vocabulary.functions",
    "Plugin": "rulelang.plugin.plugin",
    "RuleError": "rulelang.diagnostics.diagnostic",
    "Ruleset": "rulelang.engine.ruleset",
    "load": "rulelang.engine.opening",
    "loads": "rulelang.engine.loading",
    "spark_decide": "rulelang.engine.spark.decide",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(__import__(home, fromlist=[name]), name)
    globals()[name] = value
    return value
