"""What leaves the product: the papers a committee signs, apart from how they are set, and calendars."""
