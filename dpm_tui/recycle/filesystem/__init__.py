"""System calls on files and folders, below any idea of a bin."""
