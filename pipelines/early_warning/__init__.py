"""Early warning beside the rules: decisions by people, explanations, and how early the classes warned."""
