"""Where the overlay differs from 2.1.0 on purpose, and why; anything else that differs is a defect."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["DEVIATIONS", "Deviation"]


class Deviation(NamedTuple):
    """What may differ in one probe."""

    why: str
    where: tuple[str, ...]  # the starts of the places that differ, as `differences` names them


DEVIATIONS: Final[dict[str, Deviation]] = {
    "batch: on_azurite": Deviation(
        "The old one left the account out of the paths in a batch, which no emulator takes: it failed, here it works.",
        ("requests[", "value:", "waits:"),
    ),
    "blocks: put_block_from_url_old_positions": Deviation(
        "The order of arguments before 2.0, which put the block's id behind the range, is taken too.",
        ("requests[0].headers.x-ms-source-range:", "requests[0].line:"),
    ),
    "chunks: ranges": Deviation(
        "A range that the service ignored was told by a TypeError about None; its text says now what happened.",
        ("value[7].text:",),
    ),
    "downloads: an_answer_without_a_range": Deviation(
        "An answer without a range was told by a TypeError about None; its text says now what happened.",
        ("value.text:",),
    ),
    "encryption: get_ranges": Deviation(
        "The old one cut the end off a decrypted range that was open at its end.",
        ("value[5].tuple[2].bytes:",),
    ),
    "encryption: put_with_large_blocks": Deviation(
        "With a key, but without require_encryption, the old one sent large blocks in the clear.",
        ("requests[", "value.tuple["),
    ),
    "failures: error_is_chained": Deviation(
        "The error says what it was raised from, where the old one left that to the context.",
        ("value.tuple[0]:",),
    ),
    "misuse: PageBlobService.update_page": Deviation(
        "The old one did not check the names here, and sent the request without them.",
        ("value.blob_name", "value.container_name"),
    ),
    "misuse: constructor": Deviation(
        "A protocol of None is the default, with a name and key as with all else.",
        ("value[3].",),
    ),
    "misuse: content_settings_of_another_type": Deviation(
        "Content settings are duck-typed, so that those of the current SDK pass; the AttributeError names another one.",
        ("value[0].text:", "value[1].text:"),
    ),
    "models: clone": Deviation(
        "What an answer lacked is None, as before 2.0; the old one failed, for answers that a test sets, say.",
        ("value.",),
    ),
    "models: constants": Deviation(
        "These are the current SDK's too, which has them in capitals besides.",
        ("value.PublicAccess.", "value.RehydratePriority.", "value.SequenceNumberAction."),
    ),
    "names: modules_that_classes_say_they_are_from": Deviation(
        "A class says where its code is.",
        ("value.",),
    ),
    "names: names_that_scripts_import": Deviation(
        "How the old one worked inside; what its subclasses and tests were seen to import is there.",
        (
            "value.azure.storage.blob._encryption.",
            "value.azure.storage.blob._upload_chunking._upload_blob_chunks:",
        ),
    ),
    "names: ways_to_import": Deviation(
        "StandardBlobTier is a name of the current SDK there, and CloudStorageAccount one of 0.36 and before.",
        ("value[9].", "value[11]."),
    ),
    "retries: a_function_without_a_count": Deviation(
        "A policy need not count; the old one failed when it logged the count.",
        ("requests:", "value.", "waits:"),
    ),
    "service: delegation_key": Deviation(
        "A date is taken for its midnight; the old one failed for want of a zone.",
        ("requests:", "value[1]."),
    ),
    "sharing: blob_token_at_the_positions_of_1_5": Deviation(
        "The order of arguments before 2.0, which put the snapshot among them, is taken too.",
        ("value:",),
    ),
    "sharing: times_of_a_token": Deviation(
        "A date is taken for its midnight; the old one failed for want of a zone.",
        ("value[2]:",),
    ),
    "signatures: constructors_of_models": Deviation(
        "The current SDK calls the identifier of a block block_id, and both are taken.",
        ("value.tuple[0].BlobBlock:",),
    ),
    "signatures: constructors_of_services": Deviation(
        "The name that the base of the increments had up to 0.37 is taken too.",
        ("value.ExponentialRetry:",),
    ),
    "signatures: methods_that_look_private": Deviation(
        "How the old one worked inside; what its subclasses and tests were seen to call is there.",
        (
            "value.BaseBlobService._copy_blob:",
            "value.BaseBlobService._lease_blob_impl:",
            "value.BaseBlobService._lease_container_impl:",
        ),
    ),
    "uploads: from_stream_that_does_not_seek": Deviation(
        "A stream that reads less than it was asked for is sent in blocks; the old one took it whole into memory.",
        ("requests:",),
    ),
}
