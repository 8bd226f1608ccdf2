"""
Every error Fieldcheck raises on purpose, in one tree.

FieldcheckError          what was wrong, what was found, what to do; shown to the person as it is
├── ModelError           a model file cannot be opened or does not fit its description
├── PictureError         a picture cannot be read; costs that frame only
├── FolderError          a folder is missing, empty or not readable
├── MetadataError        a CSV, COCO file or pattern of names cannot be read or joined
├── CorruptionError      an unknown corruption or a severity outside 0..5
├── ProjectError         a project cannot be opened, written or found
├── HoldoutError         a hold-out cannot be chosen, written or rebuilt as asked
├── ReviewError          a decision names an unknown frame, class or action
├── NothingYetError  there is nothing to show yet, and what would bring it; not a fault
├── DiskError            the disk refused a write (full, read-only); safe to try again
└── ExtraMissingError    an optional package is not installed; names the command that installs it
"""


class FieldcheckError(Exception):
    """A problem the person can understand and mend. The text is one or two plain sentences."""


class ModelError(FieldcheckError):
    """A model file cannot be opened or does not fit its description."""


class PictureError(FieldcheckError):
    """A picture cannot be read."""


class FolderError(FieldcheckError):
    """A folder is missing, empty or not readable."""


class MetadataError(FieldcheckError):
    """A metadata table, annotations or a pattern of names cannot be read or joined."""


class CorruptionError(FieldcheckError):
    """An unknown corruption, or a severity outside 0..5."""


class ProjectError(FieldcheckError):
    """A project cannot be opened, written or found."""


class HoldoutError(FieldcheckError):
    """A hold-out cannot be chosen, written or rebuilt as asked."""


class ReviewError(FieldcheckError):
    """A decision names an unknown frame, class or action."""


class NothingYetError(FieldcheckError):
    """There is nothing to show yet; the text says what would bring it."""


class DiskError(FieldcheckError):
    """The disk refused a write; trying again later is safe."""


class ExtraMissingError(FieldcheckError):
    """An optional package is not installed."""
