"""Numbers about answers: arrays in, arrays out. Every interval counts clips, not frames."""
