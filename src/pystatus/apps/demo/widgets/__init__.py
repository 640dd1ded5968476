"""The parts of a chat screen. Each shows what it is given and says what the person did; none knows the network."""
