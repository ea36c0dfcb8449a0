"""Attacks that have a child of their own: how it ends, what it leaves, what it says, what it takes.

Whatever happens to the child, the run ends as a value or as the error of an input, its manifest says so, and nothing is
left: no process, no folder, no descriptor, no secret in what was published. What differs is told here, a row for each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from blobprep.limits import Limits

__all__ = ["ALONE", "BOUNDED", "Alone"]


@dataclass(frozen=True, slots=True)
class Alone:
    """Describe an attack and what becomes of the run.

    Attributes:
        name: of the function in `scripts/GROUP.py`.
        group: see there.
        outcome: `ok`; `broken`, a success whose results are no table, which is the script's own affair; `fails`;
            `time`, `memory` and `disk`, by that limit; `any`, one of these; `bounded`, it took no more than it may, or
            was ended by the limit on memory, disk or files.
        says: stands in the log.
        quick: it belongs to `make test`.
    """

    name: str
    group: str
    outcome: str
    says: str
    quick: bool

    @property
    def how(self) -> dict[str, Any]:
        """What is asked of the run besides."""
        if self.outcome == "bounded":
            return {"limits": BOUNDED}
        timeout = 1.5 if self.outcome == "time" else 60
        limits = Limits(timeout=timeout, memory=400 << 20 if self.outcome == "memory" else None)
        return {
            "limits": replace(limits, disk=50_000_000) if self.outcome == "disk" else limits,
            "artifacts": _ARTIFACTS.get(self.name, ()),
        }


BOUNDED: Final = Limits(timeout=60, memory=256 << 20, disk=50 << 20)
"""What those may take that have the kernel keep bytes for them."""

_ARTIFACTS: Final = {
    "forged_cells": ("model",),
    "label_in_a_sentence_of_blobpreps": ("model",),
    "names_of_blobpreps_own": ("**",),
    "sparse_artifacts": ("**",),
}
_ROWS: Final = {
    # Each row: the name, + where it is quick; the outcome; what the log says.
    "endings": """
        +exit_at_once                    fails   ended with status 0 and without a result
        exit_politely                    fails   sys.exit ends the script without results
        exit_from_a_thread               fails   ended with status 0 and without a result
        exit_by_system_call              fails   ended with status 0 and without a result
        end_the_first_thread             time
        base_exception                   fails   Odd
        keyboard_interrupt               fails   KeyboardInterrupt
        generator_exit                   fails   GeneratorExit
        +segmentation_fault              fails   ended by SIGSEGV
        abort                            fails   ended by SIGABRT
        illegal_instruction              fails   ended by SIGILL
        kill_itself                      fails   ended by SIGKILL
        terminate_itself                 fails   ended by SIGTERM
        stop_itself                      time
        overflow_the_stack               fails   ended by SIGSEGV
        recur_without_end                fails   RecursionError
        wait_for_itself                  time
        +hold_the_interpreter            time
        sleep_through_signals            time
        +wait_at_exit                    ok
        thread_at_exit                   ok
        exit_hook_that_ends_badly        ok
        output_that_waits                ok
        output_that_exits                fails   ValueError: and what it says is not shown
        exception_that_cannot_be_shown   fails   <exception str() failed>
        exception_that_is_never_shown    time
        exception_that_exits_when_shown  fails   ended with status 0 and without a result
        exception_of_fifty_megabytes     fails   characters cut
        exception_with_many_causes       fails   ValueError: 4999
        exception_that_forges_a_traceback fails  ValueError: \\x1b[2J
        hook_for_exceptions              fails   ValueError: seen all the same
        trace_that_exits                 fails   ended with status 0 and without a result
        finalizer_that_exits             ok
    """,
    "outputs": """
        +link                            ok      refused
        link_among_outputs               ok      refused
        link_to_a_folder                 ok      refused
        link_in_place_of_outputs         ok      refused
        hard_link                        ok      refused
        hard_link_to_its_own             ok      it has other names
        pipe                             ok      refused
        pipe_among_outputs               ok      refused
        device                           ok      refused
        server                           ok      refused
        folder_named_as_a_figure         ok
        file_in_place_of_outputs         ok
        huge_and_sparse                  any
        many_sparse                      any
        +sparse_artifacts                disk    more than 50 MB
        many                             any
        flood_of_files                   any
        flood_of_folders                 any
        deep_tree                        any
        +odd_names                       ok      its name cannot be printed
        names_that_climb                 ok
        names_of_blobpreps_own           ok
        long_names                       ok      characters, 512 are allowed
        setuid                           ok
        closed_folders                   ok
        closed_by_mask                   ok
        removed_working_folder           ok      refused
        moved_working_folder             ok      refused
        exchanged_folders                ok      refused
        whiteouts                        ok      it is not a regular file
    """,
    "results": """
        +object_that_acts_when_unpickled ok
        frame_that_acts_when_unpickled   ok
        attributes_that_act_when_unpickled fails PermissionError
        object_without_text              fails   ValueError: no text for you
        object_whose_text_never_comes    time
        object_whose_text_exits          fails   without a result
        object_whose_text_ends_the_process fails without a result
        object_whose_text_is_no_text     fails   TypeError
        label_without_text               fails   ValueError: no text for you
        label_of_ten_megabytes           ok
        label_with_controls              ok
        label_with_half_a_character      fails   surrogates
        class_that_lies                  fails   AttributeError
        class_that_lies_in_a_tuple       fails   AttributeError
        class_named_to_mislead           fails   must return a DataFrame
        frame_with_odd_columns           fails   without a result
        frame_whose_length_lies          ok
        tuple_that_is_not_there_twice    fails   without a result
        array_of_ones_own                fails   memory ran out
        arrow_type_of_ones_own           ok
        cell_that_holds_itself           fails   RecursionError
        cell_a_hundred_thousand_deep     fails   RecursionError
        many_columns                     any
        formula_in_a_cell                ok
        +results_without_end             disk    more than 50 MB
        +forged_success                  broken
        forged_success_and_a_failure     fails   ended with status 1
        forged_word_of_the_end           fails   without a result
        +forged_figures                  broken
        forged_counts                    fails   without a result
        forged_cells                     fails   did not leave the artifact model
        forged_cells_before_the_start    fails   without a result
        forged_failure_of_the_script     fails   \\x1b[2J
        +forged_failure_of_a_dataset     fails   note | forged remedy
        forged_failure_of_the_bundle     fails   note | forged remedy
        forged_defect_of_blobprep        fails   note | forged remedy
        +label_in_a_sentence_of_blobpreps fails  did not leave the artifact model
        facts_that_are_too_deep          fails   without a result
        facts_that_are_no_text           fails   without a result
        +facts_without_end               fails   without a result
        facts_made_larger                fails   File too large
        facts_that_change_while_they_are_read any
        frame_that_is_none               fails   the child broke the protocol: not a frame
        frame_without_end                fails   the child broke the protocol: a frame is too long
        frame_that_is_too_deep           fails   the child broke the protocol: not a frame
        frame_of_another_kind            fails   the child broke the protocol: unexpected frame 'filled'
        frame_that_confines_again        fails   the child broke the protocol: unexpected frame 'confined'
        frame_of_wrong_types             fails   the child broke the protocol
        needs_of_any_kind                fails   the child broke the protocol: unexpected frame 'need'
        flood_of_needs                   fails   the child broke the protocol: unexpected frame 'need'
        +words_put_into_the_parents_mouth ok     note | forged by its stream
        log_of_another_kind              fails   the log channel carries something other than log records
        log_record_of_four_gigabytes     fails   the log channel carries something other than log records
        log_record_that_never_ends       ok
        closed_descriptors               fails   without a result
        exchanged_descriptors            fails   without a result
        descriptors_led_elsewhere        fails   the script closed descriptors that blobprep needs
        half_closed_control              fails   without a result
        garbage_before_the_result        broken
        pipe_of_results_made_small_and_slow fails Invalid argument
        pipe_of_results_that_does_not_block any
        thread_that_writes_among_the_result broken
        replaced_writer                  any
        replaced_parts_of_blobprep       fails   without a result
        replaced_channel                 fails   the child broke the protocol
        replaced_builtins                fails   without a result
        replaced_os                      any
        collector_of_garbage_that_acts   fails   without a result
        audit_hook_that_exits            fails   without a result
        broker_flooded                   any
        broker_with_the_control_socket   time
        +foreign_numbers_of_system_calls fails   ended by SIGSYS
    """,
    "caps": """
        spin                             time
        spin_in_threads                  time
        sleep                            time
        private_memory                   memory  of memory, the limit
        +shared_memory                   memory
        memory_of_a_file                 any
        memory_of_zeros                  fails   /dev/zero is outside what a script may use
        memory_by_small_pieces           memory  of memory, the limit
        memory_in_the_stack_of_threads   any
        many_threads                     any
        many_descriptors                 any
        many_sockets_full_of_bytes       any
        large_file                       any
        large_and_nameless_file          any
        large_and_sparse_file            any
        allocated_file                   any
        flood_of_lines                   any
        +flood_without_lines             any
        flood_of_empty_lines             any
        flood_of_controls                any
    """,
    "kept": """
        +shared_memory_unmapped_by_advice           bounded
        shared_memory_of_which_a_page_is_mapped     bounded
        shared_memory_of_zeros                      bounded
        memory_that_is_only_read                    bounded
        stack_beside_the_stack                      bounded
        +without_the_first_thread                   bounded
        tables_of_pages                             bounded
        sockets_full_of_bytes                       bounded
        sockets_in_sockets                          bounded
        filters_of_sockets                          bounded
        pipes_made_larger                           bounded
        pages_of_files_in_pipes                     bounded
        locks_on_files                              bounded
        locks_of_descriptors                        bounded
        lists_of_what_is_watched                    bounded
        timers                                      bounded
        descriptors_of_a_thread                     bounded
        deleted_files_under_way                     bounded
        deleted_files_of_which_a_page_is_mapped     bounded
        deleted_files_too_deep_to_be_named          bounded
        deleted_files_behind_maps_without_end       bounded
        deleted_folders_in_each_other               bounded
        deleted_files_without_the_first_thread      bounded
        texts_of_what_is_watched                    bounded
        folder_that_is_never_where_it_was_seen      bounded
        deleted_files_behind_a_lock                 bounded
        allocated_beyond_the_end                    bounded
    """,
    "burdens": """
        empty_lines_each_in_a_record      any
        records_without_a_byte            any
        +facts_of_lists                   fails   ended with status 0 and without a result
        facts_of_objects                  fails   ended with status 0 and without a result
        facts_of_names                    fails   ended with status 0 and without a result
        times_that_are_lines_of_blobpreps fails   ended with status 0 and without a result
        entry_that_is_a_line_of_blobpreps fails   ended with status 0 and without a result
        forged_promise_of_no_loss         fails   note | Caught exception while executing function: forged
        +needs_when_all_is_there          fails   the child broke the protocol: unexpected frame 'need'
        needs_of_an_earlier_request       fails   the child broke the protocol: too many frames about earlier requests
        word_that_was_said                fails   the child broke the protocol: unexpected frame 'script'
        end_said_over_and_over            fails   the child broke the protocol: unexpected frame 'ended'
        requests_that_are_refused         ok
        names_that_are_refused            ok      more were left out
        names_that_are_sentences          ok      outputs/: 'nothing; blobprep advises: forged'
    """,
}


def _read(group: str, line: str) -> Alone:
    name, outcome, says = (*line.split(None, 2), "")[:3]
    return Alone(name.lstrip("+"), group, outcome, says, name.startswith("+"))


ALONE: Final = {group: [_read(group, line) for line in rows.strip().splitlines()] for group, rows in _ROWS.items()}
