"""Emitters: the plan as Python source, and as SQL text."""
