"""Everything of Fieldcheck that is not a screen: words, maths, edges and verbs."""

import os

# albumentations opens a connection on import to look for a newer version unless this is set first.
os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
# torch's idle OpenMP threads spin for 200 ms by default and starve the decode threads beside them.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
