"""The page as a whole: what its template is filled with, task by task."""
