"""The checked model: what a rule file means, without sugar and without language."""
