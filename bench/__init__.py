"""Measurements on real pages: how fast the whole job is, how much memory it takes, how much of a site it finds.

`python -m bench` (see `bench/README.md`) needs the folder of recorded sites; it writes to temporary folders only.
"""
