"""Customer segmentation for retail: tiers, life cycle and value."""
