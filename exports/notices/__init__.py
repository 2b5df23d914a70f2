"""What tenderers are sent: award decision notices, letters and assessment summaries."""
