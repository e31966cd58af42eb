"""Statistics on the published mart: one module reads it, everything else is frame in, frame out."""

import os

# Thousands of small matrices: on several threads the algebra takes ten times as long. numpy reads it when
# first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
