"""What all HTML pages share: one base template, and the function that fills the templates."""
