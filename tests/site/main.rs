//! `examples/site`, applied once and visited as CloudFront serves it.
//!
//! The embedded CloudFront has no cache, no certificates, no firewall and no origin at API Gateway;
//! what the module says of them is in its own tests.

mod browser;
mod builds;
mod pages;
mod pipeline;
mod visitor;

use std::process::ExitCode;

fn main() -> ExitCode {
    acceptance_tests::suite::run_prepared(
        "site",
        browser::build_site,
        &[("auth_flows", sandbox::site::AUTH_FLOWS)],
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
            (
                "browser_first_load_is_strict_and_light",
                browser::first_load_is_strict_and_light,
            ),
            (
                "browser_people_get_an_account_and_sign_in",
                browser::people_get_an_account_and_sign_in,
            ),
            (
                "browser_asks_for_a_code_of_an_authenticator_app",
                browser::asks_for_a_code_of_an_authenticator_app,
            ),
            (
                "browser_signs_in_at_the_hosted_ui",
                browser::signs_in_at_the_hosted_ui,
            ),
            (
                "browser_sign_out_ends_the_session",
                browser::sign_out_ends_the_session,
            ),
            (
                "the_api_returns_under_the_site",
                browser::the_api_returns_under_the_site,
            ),
        ],
    )
}
