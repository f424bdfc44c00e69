"""Business rules in plain English and Chinese: read like prose, decided exactly, explained."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
    from rulelang.engine.certificate import Verified
    from rulelang.engine.certificate import check as verify
    from rulelang.engine.decision import Decision
    from rulelang.engine.frames.decide import DecidedTable
    from rulelang.engine.loading import loads
    from rulelang.engine.opening import load
    from rulelang.engine.reading.population import Cuts
    from rulelang.engine.ruleset import Ruleset
    from rulelang.engine.running.summary import RunSummary
    from rulelang.engine.spark.decide import spark_decide
    from rulelang.explain.why import Explanation
    from rulelang.plugin.plugin import Plugin
    from rulelang.vocabulary.functions import Function, Parameter

__version__ = "0.1.0"

__all__ = [
    "Cuts",
    "DataError",
    "DecidedTable",
    "Decision",
    "Diagnostic",
    "Explanation",
    "Function",
    "Parameter",
    "Plugin",
    "RuleError",
    "Ruleset",
    "RunSummary",
    "Verified",
    "__version__",
    "load",
    "loads",
    "spark_decide",
    "verify",
]

# Where each public name lives: loaded when it is first asked for, so that `import rulelang` stays light.
_HOMES = {
    "Cuts": "rulelang.engine.reading.population",
    "DataError": "rulelang.diagnostics.diagnostic",
    "DecidedTable": "rulelang.engine.frames.decide",
    "Decision": "rulelang.engine.decision",
    "Diagnostic": "rulelang.diagnostics.diagnostic",
    "Explanation": "rulelang.explain.why",
    "Function": "rulelang.vocabulary.functions",
    "Parameter": "rulelang.vocabulary.functions",
    "Plugin": "rulelang.plugin.plugin",
    "RuleError": "rulelang.diagnostics.diagnostic",
    "Ruleset": "rulelang.engine.ruleset",
    "RunSummary": "rulelang.engine.running.summary",
    "Verified": "rulelang.engine.certificate",
    "load": "rulelang.engine.opening",
    "loads": "rulelang.engine.loading",
    "spark_decide": "rulelang.engine.spark.decide",
    "verify": "rulelang.engine.certificate:check",
}


if not TYPE_CHECKING:  # a type checker sees the names above, and no others

    def __getattr__(name: str) -> Any:
        """A public name, loaded when it is first asked for."""
        home, _, inside = _HOMES.get(name, "").partition(":")
        if not home:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(__import__(home, fromlist=[inside or name]), inside or name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """The public names, for completion."""
    return sorted(__all__)
