//! One contract for all journals and one for all view stores. The backends are strangers to each other and meet here:
//! what the traits promise is asked of each of them in the same words.

#[path = "../model/ask.rs"]
mod ask;
#[path = "../model/backends.rs"]
mod backends;
mod batches;
mod lived_in;
#[path = "../model/memory_views.rs"]
mod memory_views;
#[path = "../model/steps.rs"]
#[expect(dead_code, reason = "the histories are played here without the reference model")]
mod steps;

mod cqrs;

mod accepted;
mod append;
mod clocks;
mod evidence;
mod evidence_stores;
mod following;
mod foreign_views;
mod half_open;
mod loading;
mod old_journals;
mod opening_postgres;
mod opening_sqlite;
mod pool;
mod reading;
mod rebuild;
mod renamed_streams;
mod runner;
mod view_store;

/// Makes a test of each function for every journal.
macro_rules! on_every_journal {
    ($($module:ident: $($test:ident)*;)*) => {
        mod memory { $(mod $module { $(
            #[tokio::test]
            async fn $test() {
                crate::$module::$test(crate::backends::Backend::memory()).await;
            }
        )* })* }
        mod sqlite { $(mod $module { $(
            #[tokio::test]
            async fn $test() {
                crate::$module::$test(crate::backends::Backend::sqlite()).await;
            }
        )* })* }
        mod postgres { $(mod $module { $(
            #[tokio::test]
            async fn $test() {
                crate::$module::$test(crate::backends::Backend::postgres()).await;
            }
        )* })* }
    };
}

on_every_journal! {
    append:
        positions_follow_one_another_in_the_order_of_commits
        a_batch_that_does_not_follow_the_head_leaves_nothing
        a_key_or_a_stream_that_is_there_already_leaves_nothing
        an_append_given_up_changes_nothing
        a_begin_given_up_leaves_the_lock_free
        one_append_at_a_time
        whoever_waits_for_a_change_is_woken;
    reading:
        an_empty_journal_has_an_empty_head
        what_is_appended_is_read_back_byte_for_byte
        texts_of_every_script_come_back
        large_payloads_and_large_batches_come_back
        pages_of_any_size_give_the_same
        keys_are_found_in_the_order_asked
        events_come_with_the_numbers_of_their_streams
        the_hash_of_every_key_is_told
        commands_are_read_whole_or_called_damaged
        recorded_roots_come_in_order;
    loading:
        unknown_and_known_streams_load_in_the_order_asked
        a_stream_loads_alike_alone_and_among_many
        a_stream_is_whole_wherever_its_index_stands
        a_snapshot_spares_events
        a_snapshot_of_another_layout_is_ignored
        an_older_snapshot_loads_no_less
        a_snapshot_that_cannot_be_read_costs_only_time;
    clocks:
        a_clock_that_jumps_changes_no_decision_and_turns_no_recorded_time_back;
    evidence:
        a_copy_has_the_same_bytes_and_the_auditor_finds_nothing;
    old_journals:
        a_mistyped_year_is_not_counted_up_to
        what_lies_ahead_in_an_old_journal_is_valid_and_takes_commands;
    runner:
        any_page_size_gives_the_same_views
        a_batch_folded_twice_changes_nothing;
}

/// Makes a test of each function for every view store.
macro_rules! on_every_view_store {
    ($($test:ident)*) => {
        mod sqlite_views { $(
            #[tokio::test]
            async fn $test() {
                crate::view_store::$test(crate::view_store::sqlite()).await;
            }
        )* }
        mod postgres_views { $(
            #[tokio::test]
            async fn $test() {
                crate::view_store::$test(crate::view_store::postgres().await).await;
            }
        )* }
    };
}

on_every_view_store! {
    an_empty_store_stands_at_zero
    rows_are_written_over_deleted_and_found
    scans_are_those_of_ordered_bytes
    a_checkpoint_that_stands_elsewhere_writes_nothing
    a_store_begun_anew_is_as_an_empty_one
}

/// Makes a test of each function for views beside another journal.
macro_rules! on_every_store_of_foreign_views {
    ($($test:ident)*) => {
        mod sqlite_foreign { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::foreign_views::$test(crate::view_store::sqlite()).await;
            }
        )* }
        mod postgres_foreign { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::foreign_views::$test(crate::view_store::postgres().await).await;
            }
        )* }
    };
}

on_every_store_of_foreign_views! {
    views_newer_than_their_journal_are_folded_anew
    views_at_the_same_position_of_another_journal_are_folded_anew
    views_that_another_server_moved_along_another_journal_are_folded_anew
    foreign_views_are_not_read_as_they_are_stored
    views_of_the_same_journal_are_carried_on
}

/// Makes a test of each function for both databases.
macro_rules! on_every_database {
    ($($test:ident)*) => {
        mod sqlite_audited { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::renamed_streams::$test(crate::backends::Backend::sqlite()).await;
            }
        )* }
        mod postgres_audited { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::renamed_streams::$test(crate::backends::Backend::postgres()).await;
            }
        )* }
    };
}

on_every_database! {
    a_table_of_streams_that_disagrees_with_the_events_is_found
    a_journal_that_grows_meanwhile_is_valid
}

/// Makes a test of each function for what stands beside a journal on either database.
macro_rules! beside_every_database {
    ($($test:ident)*) => {
        mod sqlite_evidence { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::evidence_stores::$test(crate::backends::Backend::sqlite()).await;
            }
        )* }
        mod postgres_evidence { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::evidence_stores::$test(crate::backends::Backend::postgres()).await;
            }
        )* }
    };
}

beside_every_database! {
    leaf_hashes_come_alone_and_in_order
    tiles_grow_behind_the_journal_and_can_be_thrown_away
    the_mark_moves_only_from_where_it_stands
    signatures_of_several_servers_and_witnesses_gather_under_one_checkpoint
    keys_are_known_by_their_use_and_end
    what_was_cosigned_moves_in_one_step
    two_servers_that_sign_at_once_never_contradict_each_other
    a_journal_rolled_back_or_forked_is_signed_no_more
}
