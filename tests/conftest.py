"""Settings shared by all tests.

Property tests run the same few hundred cases everywhere, so that a failure is a failure for everybody; a long
search with fresh cases is `pytest --hypothesis-profile=long`.
"""

from hypothesis import settings

settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=20_000, deadline=None)
settings.load_profile("ci")
