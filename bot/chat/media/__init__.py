"""What messages bring beside text: looked at before an answer, and told of."""
