"""Databases for the tests: started from what the machine has, on loopback, with a folder of their own."""
