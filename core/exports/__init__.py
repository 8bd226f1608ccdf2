"""Ways to hand reviews over: a table in, a file out."""
