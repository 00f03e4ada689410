"""What a user is told: one sentence, no trace."""

import sys


class UserError(Exception):
    """What, where, expected and found, and what would work."""


def run(program, main):
    """The exit status: what main returns, 1 after an error that it names. argparse ends with 2."""
    try:
        return main()
    except UserError as error:
        print(f"{program}: {error}", file=sys.stderr)
    except OSError as error:
        print(f"{program}: {error.filename or 'input or output'}: {error.strerror}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"{program}: interrupted", file=sys.stderr)
    return 1
