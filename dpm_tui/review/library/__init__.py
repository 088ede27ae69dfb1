"""The groups under review: filters, sorting and layout."""
