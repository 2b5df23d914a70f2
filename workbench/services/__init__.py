"""What the application does, one module for each noun: a service takes values and who acts when as arguments."""
