"""What a row of the table of hostile inputs is."""

import dataclasses
import typing


@dataclasses.dataclass
class Hostile:
    name: str
    # A text or bytes; a function that returns them; one that is given the test's folder and puts there what it wants;
    # or what is to come through a pipe.
    content: object
    code: int
    says: str = ""  # on stderr
    options: tuple = ()
    file: str = "in.csv"  # what is asked about
    ledger: dict = dataclasses.field(default_factory=dict)  # what the result must say of it
    is_big: bool = False  # too slow to be asked twice, or under sanitizers
    # The message shows bytes to the terminal that it should have escaped. This fails once it does not.
    is_raw: bool = False


@dataclasses.dataclass
class Damaged:
    """A file that is cut, or has a byte altered, at many places."""

    name: str
    whole: typing.Callable
    file: str = "in.csv"
    cut_codes: tuple = (3,)
    # Where an altered file is read, is its result that of the whole one?
    is_checked: bool = True


@dataclasses.dataclass
class Folder:
    """Asks `make` to fill the test's folder."""

    make: typing.Callable


@dataclasses.dataclass
class Piped:
    """Chunks that come by standard input; the program may stop reading them."""

    chunks: typing.Callable
