"""Model files: opening them, what they want to be fed, and what they answer."""
