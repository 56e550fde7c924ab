"""How to reach a user: name, e-mail, company, as they tell it themselves."""
