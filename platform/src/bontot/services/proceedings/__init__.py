"""What happens in a meeting and comes out of it, part by part, each written after the roll call and on its own."""
