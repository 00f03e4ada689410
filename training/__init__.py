"""Trains PointPillars on simulated LiDAR, evaluates it, writes it as ONNX (docs/training.md)."""
