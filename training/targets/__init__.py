"""What the network is trained towards: anchors, targets, losses, as OpenPCDet defines them."""
