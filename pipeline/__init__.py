"""What surrounds dbt: raw files to text, catalogue, build, publish, synthetic sample, one CLI."""
