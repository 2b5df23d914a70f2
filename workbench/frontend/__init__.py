"""What the pages look like: the sources of the style sheet, and how a build makes it and the component scripts."""
