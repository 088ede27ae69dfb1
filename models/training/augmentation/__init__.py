"""Copies made on tensors."""
