//! `examples/order-system`, applied once and exercised over HTTP, with a look into its tables,
//! executions and queues.

mod delivery;
mod events;
mod failures;
mod hostile;
mod orders;
mod shop;
mod tables;
mod users;

use std::process::ExitCode;

fn main() -> ExitCode {
    acceptance_tests::suite::run(
        "order-system",
        &[
            // First, while no function was ever invoked.
            ("no_token_invokes_nothing", users::no_token_invokes_nothing),
            (
                "a_user_is_registered_and_announced",
                users::a_user_is_registered_and_announced,
            ),
            (
                "refused_bodies_leave_nothing",
                users::refused_bodies_leave_nothing,
            ),
            ("an_order_is_confirmed", orders::an_order_is_confirmed),
            (
                "an_order_asked_for_twice_is_placed_once",
                orders::an_order_asked_for_twice_is_placed_once,
            ),
            ("a_payment_is_refused", orders::a_payment_is_refused),
            (
                "an_empty_stock_gives_the_payment_back",
                orders::an_empty_stock_gives_the_payment_back,
            ),
            (
                "the_stock_is_not_sold_twice",
                orders::the_stock_is_not_sold_twice,
            ),
            (
                "an_event_delivered_twice_has_one_effect",
                delivery::an_event_delivered_twice_has_one_effect,
            ),
            (
                "a_second_execution_changes_nothing",
                delivery::a_second_execution_changes_nothing,
            ),
            (
                "a_bad_row_does_not_block_the_stream",
                delivery::a_bad_row_does_not_block_the_stream,
            ),
            (
                "a_row_is_announced_when_the_bus_is_back",
                delivery::a_row_is_announced_when_the_bus_is_back,
            ),
            (
                "what_cannot_be_started_waits_in_a_queue",
                delivery::what_cannot_be_started_waits_in_a_queue,
            ),
            (
                "a_task_that_fails_for_a_while_is_tried_again",
                failures::a_task_that_fails_for_a_while_is_tried_again,
            ),
            (
                "a_function_that_dies_is_compensated",
                failures::a_function_that_dies_is_compensated,
            ),
            (
                "a_notification_that_fails_undoes_nothing",
                failures::a_notification_that_fails_undoes_nothing,
            ),
            (
                "what_could_not_be_done_is_kept",
                failures::what_could_not_be_done_is_kept,
            ),
            (
                "a_user_is_erased_as_the_readme_says",
                users::a_user_is_erased_as_the_readme_says,
            ),
            (
                "uploads_are_for_browsers_and_expire",
                tables::uploads_are_for_browsers_and_expire,
            ),
            (
                "no_hostile_body_kills_a_function",
                hostile::no_hostile_body_kills_a_function,
            ),
        ],
    )
}
