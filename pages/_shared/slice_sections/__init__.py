"""The Slices page's questions, one module each; the page shows one at a time."""
