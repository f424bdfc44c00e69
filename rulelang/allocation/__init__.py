"""Who looks after whom: customers to managers, by priority, need, region, capacity and load."""
