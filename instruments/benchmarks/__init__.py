"""How long things take, as ratios; `python -m instruments.benchmarks`."""
