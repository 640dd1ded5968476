"""A relay (6/WAKU1): what it takes, keeps, passes on and says, for any number of peers. No I/O."""
