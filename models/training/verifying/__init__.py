"""Pairs that the verifier's heads are fitted on and measured by; apart from those of the evaluation."""
