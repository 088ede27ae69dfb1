"""Starts the evaluation: ``python -m models.training.evaluation.removals``."""

from models.training.evaluation.removals.evaluate import main

if __name__ == "__main__":
    main()
