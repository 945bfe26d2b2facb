"""What the page is made of: numbers, tables, figures, pictures and sections."""
