"""Pictures on disk: finding, reading, hashing and describing them. Nothing here writes."""
