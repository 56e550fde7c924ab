"""The operators' own WhatsApp, e-mail and webhook: told of customers, and answering."""
