"""The attacks that share a child with others: each tries one thing and goes on. Every name is a function in `scripts/`.

Those that end the child, or are about how it ends and what it leaves, are in `endings.py`, one child each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["ATTACKS", "FOR_NO_CONTAINER", "FOR_ROOT", "GROUPS", "Attack"]

_NAMES: Final = {
    "reading": """
        file in_a_thread by_root_of_self by_climbing after_changing_folder by_path_descriptor by_folder_descriptor
        by_openat2 by_old_open by_mapping by_sendfile by_handle after_a_hard_link after_a_symbolic_link
        after_moving_it_here names_in_a_folder names_by_getdents names_by_glob profile_of_the_cloud another_run users
        passwords where_names_are_resolved temporary_folder home folder_of_the_parent folder_of_the_run environment
        environment_by_proc environment_of_another environment_of_the_parent environment_of_the_guard
        command_line_of_another descriptors_of_another folder_of_another root_of_another memory_of_another
        memory_by_process_vm_readv descriptor_by_pidfd inherited_descriptors other_processes connections_of_the_machine
        connections_by_self connections_by_task mounts mounts_by_task control_groups hardware disks
        what_the_kernel_is_told_to_do messages_of_the_kernel keys_of_the_machine changes_by_inotify changes_by_fanotify
        changes_by_dnotify same_files_by_kcmp logs_of_the_machine services_of_the_machine console
    """,
    "writing": """
        append overwrite overwrite_by_mapping overwrite_by_path_descriptor overwrite_by_copy overwrite_by_symbolic_link
        overwrite_by_hard_link create create_a_folder create_from_nameless create_a_symbolic_link create_a_hard_link
        create_a_pipe create_a_device create_in_shared_memory create_beside_the_working_folder move_out move_over
        move_in rename_there exchange unlink remove_a_folder truncate open_to_empty open_to_empty_and_read allocate
        permissions permissions_by_descriptor permissions_by_fchmodat2 setuid owner owner_of_a_link times
        times_by_utimensat attributes attributes_by_setxattrat flags flags_of_an_own_file a_library beside_a_library
        beside_the_package compiled_code_of_a_library the_callers_input the_callers_input_opened_again
        the_callers_input_by_mapping the_callers_input_made_longer what_the_kernel_does_with_dumps terminal a_socket
    """,
    "network": """
        tcp tcp_by_name tcp_over_ipv6 tcp_past_the_broker tcp_by_system_calls tcp_over_several_paths tcp_opened_fast
        tcp_opened_fast_by_sendmsg tcp_not_blocking udp udp_connected udp_by_sendmmsg
        a_question_to_a_resolver udp_lite raw packets streams_of_sctp netlink events_of_the_kernel vsock
        ciphers_of_the_kernel express_data_path a_local_stream a_local_datagram a_local_datagram_from_a_pair
        a_local_datagram_from_a_raw_pair an_abstract_stream an_abstract_datagram listening
        listening_without_binding a_local_server io_uring asynchronous_input the_old_interface
        broker_as_named broker_by_another_name broker_by_short_address broker_by_number broker_by_hexadecimal
        broker_by_mapped_address broker_by_any_address broker_by_trailing_dot broker_by_full_width
        broker_with_zero_byte broker_to_metadata broker_to_the_wire_server broker_to_a_port_beyond
    """,
    "others": """
        end_another stop_another end_another_by_thread end_another_by_group_and_thread end_the_group_of_another
        signal_the_parent signal_the_parent_with_a_value signal_the_parent_by_descriptor signal_when_readable
        signal_when_readable_by_ioctl signal_when_readable_by_owner priority_of_another processors_of_another
        scheduler_of_another disk_priority_of_another group_of_another session_of_another priority_seen_of_another
        processors_seen_of_another scheduler_seen_of_another attributes_seen_of_another time_slice_of_another
        capabilities_of_another disk_priority_seen_of_another locks_of_another limits_of_another
        trace_another seize_another
        write_to_the_memory_of_another process_vm_writev what_ends_first fork fork_twice clone clone_sharing_memory
        clone3 spawn pool shell execute execute_what_was_planted execute_by_descriptor execute_from_memory memory_file
        secret_memory shared_memory semaphores queue_of_messages queue_by_name named_memory users_of_its_own
        files_of_its_own network_of_its_own clone_into_a_namespace namespace_of_another mount mount_by_descriptor
        tree_of_mounts change_root key_ring key another_user another_group capabilities survive_the_guard
        let_others_trace adopt_orphans another_personality filter_with_a_listener another_ruleset
        programs_in_the_kernel performance_of_others faults_handled_here ports_of_the_machine name_of_the_machine
        clock_of_the_machine swap accounting modules quota hang_up_the_terminal limits_of_its_own_raised
        faster_than_others nicer_to_itself pages_of_another advice_about_another a_thread_less_confined
        what_is_left_of_tracing
    """,
}
GROUPS: Final = tuple(_NAMES)


@dataclass(frozen=True, slots=True)
class Attack:
    """Name one thing to try: a function of that name in `scripts/GROUP.py`."""

    name: str
    group: str

    @property
    def aims_at_processes(self) -> bool:
        """Tell whether it needs a process to aim at."""
        return self.group in ("reading", "others")

    @property
    def signals(self) -> bool:
        """Tell whether it needs a signal of its own."""
        return self.name.startswith("signal")


ATTACKS: Final = {group: tuple(Attack(name, group) for name in names.split()) for group, names in _NAMES.items()}

_FOR_ROOT: Final = """
by_handle passwords messages_of_the_kernel changes_by_fanotify console a_library beside_a_library beside_the_package
compiled_code_of_a_library create_a_device owner owner_of_a_link terminal what_the_kernel_does_with_dumps raw
packets express_data_path accounting advice_about_another another_group another_user capabilities change_root
clock_of_the_machine faster_than_others files_of_its_own hang_up_the_terminal mount mount_by_descriptor
name_of_the_machine namespace_of_another network_of_its_own nicer_to_itself performance_of_others
programs_in_the_kernel swap tree_of_mounts
"""
FOR_ROOT: Final = frozenset(_FOR_ROOT.split())
"""What only root may do where nothing is confined: of an ordinary user there is nothing to stop."""

_FOR_NO_CONTAINER: Final = """
by_handle changes_by_fanotify descriptor_by_pidfd messages_of_the_kernel same_files_by_kcmp terminal io_uring vsock
accounting advice_about_another another_personality clock_of_the_machine clone_into_a_namespace faster_than_others
faults_handled_here files_of_its_own hang_up_the_terminal key key_ring modules mount mount_by_descriptor
name_of_the_machine namespace_of_another network_of_its_own nicer_to_itself pages_of_another performance_of_others
ports_of_the_machine programs_in_the_kernel quota swap tree_of_mounts users_of_its_own
"""
FOR_NO_CONTAINER: Final = frozenset(_FOR_NO_CONTAINER.split())
"""What a container stops, whatever runs in it."""
