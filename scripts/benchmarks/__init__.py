"""What `scripts/bench.py` measures, one file a measurement. No part of the library."""
