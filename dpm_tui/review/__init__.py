"""What a person or a rule decides about groups: marks, rules, decisions and the plan. No I/O."""
