"""What an officer types on the pages of the tender builder, one module for each task."""
