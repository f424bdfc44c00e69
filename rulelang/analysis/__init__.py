"""Proofs about rules: who gets no value, which rules never count, whether two rulesets decide alike."""
