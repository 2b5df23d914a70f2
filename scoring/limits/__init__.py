"""Lots allocated under the published limit on what one tenderer may win, each rule beside its counterfactual."""
