"""Why a customer has its score: exact Shapley values, and the words for them."""
