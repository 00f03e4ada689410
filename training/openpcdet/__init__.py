"""A user's OpenPCDet config and checkpoint, read without pcdet."""
