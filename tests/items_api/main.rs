//! `examples/items-api`, applied once and exercised over HTTP and the AWS SDK, and once more with
//! other choices.

mod choices;
mod client;
mod hostile;
mod items;
mod limits;
mod pages;
mod permissions;
mod refused;
mod tokens;

use std::process::ExitCode;

fn main() -> ExitCode {
    acceptance_tests::suite::run(
        "items-api",
        &[
            // First, while nothing was ever kept and the function was never invoked.
            (
                "refused_tokens_invoke_nothing",
                tokens::refused_tokens_invoke_nothing,
            ),
            (
                "a_scope_allows_its_own_methods_only",
                tokens::a_scope_allows_its_own_methods_only,
            ),
            (
                "an_item_is_created_read_replaced_and_deleted",
                items::an_item_is_created_read_replaced_and_deleted,
            ),
            (
                "numbers_come_back_with_all_their_digits",
                items::numbers_come_back_with_all_their_digits,
            ),
            (
                "an_item_is_seen_by_its_owner_alone",
                items::an_item_is_seen_by_its_owner_alone,
            ),
            (
                "pages_hold_each_item_once",
                pages::pages_hold_each_item_once,
            ),
            (
                "refused_bodies_keep_nothing",
                refused::refused_bodies_keep_nothing,
            ),
            (
                "other_methods_and_paths_are_refused",
                refused::other_methods_and_paths_are_refused,
            ),
            (
                "without_a_permission_nothing_is_done",
                permissions::without_a_permission_nothing_is_done,
            ),
            (
                "the_stage_is_throttled_and_logged",
                limits::the_stage_is_throttled_and_logged,
            ),
            (
                "what_is_throttled_is_told_when_to_try_again",
                limits::what_is_throttled_is_told_when_to_try_again,
            ),
            (
                "no_hostile_body_kills_a_function",
                hostile::no_hostile_body_kills_a_function,
            ),
            (
                "id_tokens_open_it_where_they_are_chosen",
                choices::id_tokens_open_it_where_they_are_chosen,
            ),
        ],
    )
}
