"""Statistics on the published mart: one module reads it, everything else is frame in, frame out."""
