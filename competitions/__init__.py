"""What is to be solved, and the judge: specs, data splits, metrics, grading, medals."""
