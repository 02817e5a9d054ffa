"""What anybody reads: what changed, trials with their snapshots and comparisons, sponsors and conditions."""
