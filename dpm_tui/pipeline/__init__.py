"""The stages from files on disk to groups: plain data in, plain data out."""
