//! `examples/upload-pipeline`, applied once and exercised over HTTP and the AWS SDK.

mod arrivals;
mod bodies;
mod direct;
mod hostile;
mod observe;
mod permissions;
mod separation;
mod stream;
mod tokens;
mod uploads;

use std::process::ExitCode;

fn main() -> ExitCode {
    acceptance_tests::suite::run(
        "upload-pipeline",
        &[
            // First, while nothing was ever uploaded and no function was ever invoked.
            (
                "refused_tokens_invoke_nothing",
                tokens::refused_tokens_invoke_nothing,
            ),
            ("both_tokens_upload", uploads::both_tokens_upload),
            (
                "text_of_the_largest_size_is_processed",
                uploads::text_of_the_largest_size_is_processed,
            ),
            (
                "an_upload_is_seen_by_its_owner_alone",
                uploads::an_upload_is_seen_by_its_owner_alone,
            ),
            (
                "a_signed_put_takes_what_was_announced_alone",
                direct::a_signed_put_takes_what_was_announced_alone,
            ),
            (
                "an_upload_in_parts_is_resumed_and_joined",
                direct::an_upload_in_parts_is_resumed_and_joined,
            ),
            (
                "a_deleted_upload_leaves_no_version",
                direct::a_deleted_upload_leaves_no_version,
            ),
            (
                "users_are_strangers_to_each_other",
                separation::users_are_strangers_to_each_other,
            ),
            (
                "a_signed_url_opens_what_it_was_signed_for",
                separation::a_signed_url_opens_what_it_was_signed_for,
            ),
            (
                "refused_bodies_store_nothing",
                bodies::refused_bodies_store_nothing,
            ),
            (
                "refused_methods_and_paths",
                bodies::refused_methods_and_paths,
            ),
            (
                "an_upload_whose_client_dies_after_its_put_is_processed",
                arrivals::an_upload_whose_client_dies_after_its_put_is_processed,
            ),
            (
                "bad_records_do_not_block_the_stream",
                stream::bad_records_do_not_block_the_stream,
            ),
            (
                "a_record_delivered_twice_has_one_effect",
                stream::a_record_delivered_twice_has_one_effect,
            ),
            (
                "without_put_object_the_upload_fails",
                permissions::without_put_object_the_upload_fails,
            ),
            (
                "no_hostile_body_kills_a_function",
                hostile::no_hostile_body_kills_a_function,
            ),
            (
                "hostile_requests_are_answered_as_the_document_says",
                hostile::hostile_requests_are_answered_as_the_document_says,
            ),
            (
                "random_requests_stay_in_their_place",
                hostile::random_requests_stay_in_their_place,
            ),
        ],
    )
}
