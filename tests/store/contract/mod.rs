//! What every store promises, one test for each law.
//!
//! `store_contract!` makes the tests for one kind of store. The laws say no more than the traits
//! do: they wait for each commit before they look, and they give a notification time to arrive.
//! Under a paused clock that time passes at once; a store whose clock cannot be paused takes part
//! with a plain `tokio::test` and the same laws.

pub(crate) mod append;
pub(crate) mod approval;
pub(crate) mod beside;
pub(crate) mod claim;
pub(crate) mod comment;
pub(crate) mod edit;
mod fixture;
pub(crate) mod hand_over;
pub(crate) mod lease;
pub(crate) mod notify;
pub(crate) mod query;
pub(crate) mod transition;

/// Makes one test for each law.
///
/// The first argument is the attribute of a test. The second makes an empty store, and a guard that
/// is kept for as long as the store is used; it may `await`.
macro_rules! store_contract {
    ($test:meta, $make:expr) => {
        $crate::contract::store_contract! { @laws $test, $make,
            append: [
                keys_are_unique_and_rise
                keys_are_unique_among_threads
                a_ticket_is_there_when_its_commit_resolves
                a_batch_is_stored_whole
                a_batch_whose_second_record_is_refused_leaves_no_ticket
                a_batch_whose_second_record_is_refused_adds_no_message
                a_record_is_held_against_those_before_it_in_the_batch
                a_key_is_taken_once
                a_change_of_an_unknown_ticket_is_refused
                a_dropped_commit_is_stored_all_the_same
            ]
            transition: [
                a_ticket_that_ended_takes_no_other_end
                a_ticket_that_ended_cannot_be_worked_on
                an_open_ticket_cannot_be_worked_on_or_given_back
                an_open_ticket_can_end_in_each_way
                a_claimed_ticket_can_end_in_each_way
            ]
            edit: [
                an_edited_ticket_is_for_whoever_serves_its_new_labels
                an_edit_leaves_what_it_does_not_name
                only_an_open_ticket_is_edited
            ]
            claim: [
                nothing_is_claimed_when_nothing_is_open
                the_oldest_ticket_is_claimed_first
                a_higher_priority_is_claimed_before_an_older_ticket
                a_ticket_that_was_given_back_keeps_its_priority
                a_ticket_that_was_given_back_keeps_its_age
                one_common_label_is_enough
                the_oldest_is_found_among_several_labels
                an_agent_with_labels_takes_no_unlabelled_ticket
                an_agent_without_labels_takes_unlabelled_tickets_only
                a_name_counts_as_a_label
                a_claim_records_the_agent_and_keeps_the_labels
                sixty_four_claimers_get_a_ticket_each
                sixty_four_claimers_share_few_tickets
            ]
            lease: [
                the_token_rises_with_each_claim
                a_lease_may_be_longer_than_a_clock_can_show
                a_stale_token_is_refused
                a_stale_token_cannot_extend_the_lease
                a_lease_is_no_right_to_the_ticket_of_another
                a_claim_is_no_record_to_append
                a_lease_that_ended_gives_the_ticket_back
                a_lease_that_ended_wakes_a_waiter
                an_extended_lease_does_not_end
                the_next_expiry_is_the_earliest
                nothing_expires_without_a_lease
                a_change_of_the_program_ends_the_lease
                a_lease_finishes_a_ticket_and_opens_another_in_one_step
            ]
            hand_over: [
                a_hand_over_ends_a_ticket_and_opens_another
                a_hand_over_to_a_key_that_is_taken_changes_nothing
                a_hand_over_under_a_stale_lease_opens_nothing
                a_ticket_is_handed_over_once
            ]
            approval: [
                a_request_has_the_ticket_wait
                an_answer_opens_the_ticket_again
                a_request_is_answered_once
                leave_for_other_arguments_is_refused
                the_calls_of_one_turn_ask_together
                answers_are_used_once
                a_ticket_that_waits_can_be_called_off
            ]
            comment: [
                a_comment_that_comes_while_others_are_read_is_unread
                a_comment_is_kept_and_changes_no_status
                a_comment_opens_a_ticket_that_waits_for_one
                a_comment_that_came_before_the_wait_ends_it
                a_ticket_that_waits_for_a_comment_is_claimed_by_nobody
                a_comment_opens_no_ticket_that_waits_for_leave
                a_comment_on_a_ticket_that_ended_is_kept
                a_comment_beside_an_end_that_is_being_stored_is_kept
                only_who_works_on_a_ticket_reads_its_comments_or_compacts_it
            ]
            beside: [
                a_ticket_that_is_answered_beside_an_end_can_be_claimed
                a_lease_that_was_used_beside_an_end_still_ends
                a_lease_holds_while_the_end_of_another_ticket_is_stored
                an_answer_counts_before_it_is_stored
            ]
            query: [
                tickets_come_in_the_order_of_submission
                done_tickets_come_in_the_order_of_their_end
                failed_and_cancelled_tickets_are_not_done
                the_backlog_counts_by_status
                the_backlog_knows_what_is_served
                a_snapshot_shows_the_submission
                a_snapshot_shows_the_work
                a_snapshot_does_not_change
            ]
            notify: [
                one_of_many_waiters_is_offered_a_ticket
                waiters_are_served_in_the_order_in_which_they_came
                only_those_that_serve_a_ticket_are_offered_it
                a_name_is_offered_what_it_names
                a_dropped_watch_passes_its_offer_on
                an_offer_that_was_not_told_is_passed_on
                a_ticket_that_was_taken_is_not_passed_on
                an_offer_is_passed_on_when_another_ticket_was_taken
                an_offer_that_came_meanwhile_is_passed_on
                a_dropped_watch_that_was_offered_nothing_is_skipped
                a_ticket_opened_between_watch_and_claim_is_not_missed
                a_ticket_opened_after_a_lost_claim_is_not_missed
                a_dropped_wait_loses_no_offer
                a_released_ticket_is_offered_again
                a_waiter_that_lost_goes_to_the_end_of_the_queue
                an_end_is_told_to_everybody_who_watches_for_ends
                an_end_before_the_wait_is_not_missed
            ]
        }
    };
    (@laws $test:meta, $make:expr, $($area:ident: [$($law:ident)*])*) => { $(
        mod $area {
            use super::*;

            $(
                #[$test]
                async fn $law() {
                    let (store, _guard) = $make;
                    $crate::contract::$area::$law(std::sync::Arc::new(store)).await;
                }
            )*
        }
    )* };
}

pub(crate) use store_contract;
