"""Two versions, two days, two engines, and decisions of an earlier run: who moves, and why."""
