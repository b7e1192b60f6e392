"""Makes `python -m worldmarkets` the same as the console script `world`."""

from worldmarkets.cli import main

if __name__ == "__main__":
    main()
