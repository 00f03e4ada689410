"""OpenPCDet's PointPillar in plain PyTorch: its parameter names, no CUDA of its own."""
