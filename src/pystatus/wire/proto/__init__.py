"""Generated protobuf code for the messages in the ``.proto`` files beside it; ``make proto`` writes it again."""
