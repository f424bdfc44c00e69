"""How the searches of this folder go: the usual cases, the same every time, or so many fresh ones.

A failing case isn't made smaller, which takes minutes; its text is noted.
"""

from hypothesis import HealthCheck, Phase, settings

_QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much)
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def searching(fuzz: int | None, usual: int) -> settings:
    """The settings of a search."""
    return settings(
        max_examples=fuzz or usual,
        derandomize=fuzz is None,
        deadline=None,
        phases=_PHASES,
        suppress_health_check=_QUIET,
    )
