"""What all HTML pages share: one document frame and one style, without anything from the network."""
