"""Business rules in plain English and Chinese: read like prose, decided exactly, explained."""

from __future__ import annotations

from rulelang.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
    from rulelang.engine.account.summary import RunSummary
    from rulelang.engine.deciding.decision import Decision
    from rulelang.engine.deciding.population import Cuts
    from rulelang.engine.deciding.verifying import Verified
    from rulelang.engine.deciding.verifying import check as verify
    from rulelang.engine.frames.decide import DecidedTable
    from rulelang.engine.loading.opening import load
    from rulelang.engine.loading.reading import loads
    from rulelang.engine.ruleset import Ruleset
    from rulelang.engine.spark.decide import spark_decide
    from rulelang.explain.why import Explanation
    from rulelang.plugin.plugin import Plugin
    from rulelang.vocabulary.functions import Function, Parameter


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
    "Cuts": "rulelang.engine.deciding.population",
    "DataError": "rulelang.diagnostics.diagnostic",
    "DecidedTable": "rulelang.engine.frames.decide",
    "Decision": "rulelang.engine.deciding.decision",
    "Diagnostic": "rulelang.diagnostics.diagnostic",
    "Explanation": "rulelang.explain.why",
    "Function": "rulelang.vocabulary.functions",
    "Parameter": "rulelang.vocabulary.functions",
    "Plugin": "rulelang.plugin.plugin",
    "RuleError": "rulelang.diagnostics.diagnostic",
    "Ruleset": "rulelang.engine.ruleset",
    "RunSummary": "rulelang.engine.account.summary",
    "Verified": "rulelang.engine.deciding.verifying",
    "load": "rulelang.engine.loading.opening",
    "loads": "rulelang.engine.loading.reading",
    "spark_decide": "rulelang.engine.spark.decide",
    "verify": "rulelang.engine.deciding.verifying:check",
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
