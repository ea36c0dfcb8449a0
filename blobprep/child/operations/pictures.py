"""What is done with images, without a script: drawing them as text for a terminal."""

from __future__ import annotations

from blobprep.child.channel import ReceivedRequest
from blobprep.child.facts_builder import FactsBuilder
from blobprep.child.kept_script import KeptScript
from blobprep.child.operations.failures import Ended, understood
from blobprep.child.script.streams import Recorder
from blobprep.protocol import Facts

__all__ = ["picture"]


def picture(received: ReceivedRequest, recorder: Recorder, kept: KeptScript) -> Facts:
    """Draw the image as sixels."""
    from blobprep.child.sixels import encode_sixels

    progress, descriptors = FactsBuilder(lossless=False), received.descriptors
    try:
        with (
            understood("image"),
            open(descriptors["image"], "rb", closefd=False) as image,
            open(descriptors["results"], "wb", closefd=False) as sink,
        ):
            sink.write(encode_sixels(image, received.request.pixels))
    except Ended as ended:
        return progress.facts(ended.failure)
    return progress.facts(None)
