"""What people type, as strings, and how it becomes values."""
