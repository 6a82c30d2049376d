"""A study on disk: shards, their store, the run, the tables, and reading them back."""
