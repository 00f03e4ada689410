"""Points -> boxes by OpenPCDet's rules: the oracle that exported graphs are held against."""
