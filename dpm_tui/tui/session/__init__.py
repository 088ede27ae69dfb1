"""What the screens show, as plain data without a widget."""
