"""The reader's error."""

from __future__ import annotations

import pickle

from rulelang.values.errors import Unreadable


def test_it_carries_reason_and_text_through_pickling() -> None:
    error = pickle.loads(pickle.dumps(Unreadable("not-a-date", "长期")))
    assert ("not-a-date", "长期") == (error.reason, error.text)
    assert "not-a-date: '长期'" == str(error)
