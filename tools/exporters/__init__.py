"""What the scripts tools/export_*.py share: they write the networks and answers of tests/golden."""
