"""What Renkei reaches, measured in one run against others doing the same, as ratios (docs/benchmarks.md)."""
