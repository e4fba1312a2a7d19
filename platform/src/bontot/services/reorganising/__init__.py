"""What happens to organisations: dated acts with their document, from the founding of one to a whole district's reform."""
