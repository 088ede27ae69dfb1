"""System calls on files and folders; nothing here knows of a bin."""
