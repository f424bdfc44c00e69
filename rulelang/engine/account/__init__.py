"""What a run came to: counts while the rows go by, and the summary that is made of them."""
