"""What leaves the product as a file: calendars."""
