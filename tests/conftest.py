"""Settings shared by all tests.

Property tests run the same few hundred cases everywhere, so that a failure is a failure for everybody; a long
search with fresh cases is `pytest --hypothesis-profile=long`.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings

from tests.servers.processes import NotHere

settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=20_000, deadline=None)
settings.load_profile("ci")
_ASKED = pytest.StashKey[Counter[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write what is found into the files of tests/errors")
    parser.addoption("--fuzz", type=int, metavar="N", help="so many fresh models in the tests against the oracle")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is kept of compiled rules is kept among these tests alone."""
    os.environ["RULELANG_CACHE"] = str(tmp_path_factory.getbasetemp() / "rulelang")


@pytest.fixture
def fuzz(request: pytest.FixtureRequest) -> int | None:
    """How many fresh cases `--fuzz` asks for; None: the usual ones."""
    asked: int | None = request.config.getoption("--fuzz")
    return asked


@pytest.fixture
def asked(request: pytest.FixtureRequest) -> Counter[str]:
    """Questions put to the proofs, by how they were judged; a disagreement fails the test that finds it."""
    return request.config.stash.setdefault(_ASKED, Counter())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says at the end how many questions were put to the proofs."""
    found = config.stash.get(_ASKED, Counter[str]())
    if found:
        terminalreporter.write_line(f"questions to the provers: {sum(found.values()):,}")
        for kind, count in found.items():
            terminalreporter.write_line(f"  {count:>10,}  {kind}")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server that the tests may do anything with; skips where there is none."""
    from tests.servers.postgres import postgres

    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres())
        except NotHere as error:
            pytest.skip(str(error))
        yield url


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """One Spark session for all tests; skips where there is no Spark or no Java."""
    from tests.servers.spark import spark_session

    with ExitStack() as stack:
        try:
            session = stack.enter_context(spark_session())
        except NotHere as error:
            pytest.skip(str(error))
        yield session


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Any]]:
    """A connection to the database of a dialect, opened once; skips where the machine has none."""
    from tests.servers.connections import connect

    opened: dict[str, Any] = {}
    with ExitStack() as stack:

        def opening(dialect: str) -> Any:
            if dialect not in opened:
                try:
                    url = request.getfixturevalue("postgres_url") if dialect == "postgres" else ""
                    opened[dialect] = connect(dialect, stack, url)
                except NotHere as error:
                    opened[dialect] = str(error)
            if isinstance(opened[dialect], str):
                pytest.skip(opened[dialect])
            return opened[dialect]

        yield opening
