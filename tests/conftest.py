"""Settings shared by all tests.

Property tests run the same few hundred cases everywhere, so that a failure is a failure for everybody; a long
search with fresh cases is `pytest --hypothesis-profile=long`.
"""

import pytest
from hypothesis import settings

settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=20_000, deadline=None)
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write what is found into the files of tests/errors")
    parser.addoption("--fuzz", type=int, metavar="N", help="so many fresh models in the tests against the oracle")


@pytest.fixture
def fuzz(request: pytest.FixtureRequest) -> int | None:
    """How many fresh cases `--fuzz` asks for; None: the usual ones."""
    asked: int | None = request.config.getoption("--fuzz")
    return asked
