"""Customers out of sources: columns and fields, second tables, last run's answers, places among all."""
