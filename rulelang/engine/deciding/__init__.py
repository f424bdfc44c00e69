"""Deciding a customer: the core that everything else in the engine rests on."""
