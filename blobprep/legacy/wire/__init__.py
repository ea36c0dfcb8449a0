"""What travels: messages, their signatures, how they are sent and what their answers say."""
