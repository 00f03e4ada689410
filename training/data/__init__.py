"""Simulated frames -> batches. NumPy alone: what runs here runs in processes of its own."""
