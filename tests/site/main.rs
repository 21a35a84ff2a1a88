//! `examples/site`, applied once and visited as CloudFront serves it.
//!
//! The embedded CloudFront has no cache, no certificates, no firewall and no origin at API Gateway;
//! what the module says of them is in its own tests.

mod builds;
mod pages;
mod pipeline;
mod visitor;

use std::process::ExitCode;

fn main() -> ExitCode {
    acceptance_tests::suite::run_with(
        "site",
        // The embedded Cognito keeps no rotation of refresh tokens, which the AWS provider takes for a fault.
        &[(
            "auth_flows",
            r#"["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]"#,
        )],
        &[
            (
                "the_page_comes_with_strict_headers",
                pages::the_page_comes_with_strict_headers,
            ),
            ("plain_http_is_redirected", pages::plain_http_is_redirected),
            (
                "addresses_of_the_application_are_its_page",
                pages::addresses_of_the_application_are_its_page,
            ),
            (
                "missing_files_are_not_the_page",
                pages::missing_files_are_not_the_page,
            ),
            (
                "the_bucket_answers_nobody_else",
                pages::the_bucket_answers_nobody_else,
            ),
            (
                "config_json_names_what_the_page_calls",
                pipeline::config_json_names_what_the_page_calls,
            ),
            (
                "paths_of_the_api_are_not_the_page",
                pipeline::paths_of_the_api_are_not_the_page,
            ),
            (
                "who_returns_from_the_sign_in_uploads",
                pipeline::who_returns_from_the_sign_in_uploads,
            ),
            (
                "the_site_alone_uses_signed_links",
                pipeline::the_site_alone_uses_signed_links,
            ),
            (
                "a_new_build_is_seen_at_once_and_an_open_page_keeps_its_scripts",
                builds::a_new_build_is_seen_at_once_and_an_open_page_keeps_its_scripts,
            ),
        ],
    )
}
