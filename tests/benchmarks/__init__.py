"""How long decisions take, beside code written by hand and beside other engines, in one run on one machine.

    python -m tests.benchmarks

No figure here decides whether the tests pass: machines differ. What is asserted is that all give the same answers.
"""
