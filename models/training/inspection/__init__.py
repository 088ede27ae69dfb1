"""The two ensembles of the inspection: what they learn from, and how they are fitted."""
