"""What a customer or a base can be told beyond an answer: other answers, what to ask, when it changes, proofs."""
