"""Sample customers, coverage and mutation: how authors test their rules."""
