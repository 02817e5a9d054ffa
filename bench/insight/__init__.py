"""What the verdicts of `monitor.insight` are worth against published labels, and what makes its weights."""
