"""Configuration: read once from the environment, plain values, nothing else."""
