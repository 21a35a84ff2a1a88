//! Which requests may command the embedded AWS.
//!
//! It verifies neither `Host` nor `Origin` nor the signature of its root key, so without this guard
//! any web page that the developer opens could create a role and a function and run code with it:
//! a form or a `fetch` without preflight reaches every loopback port. Browsers add `Origin` and
//! `Sec-Fetch-Site` to such requests, and no script can remove them (Fetch, "Forbidden request-header";
//! W3C, "Fetch Metadata Request Headers"). DNS rebinding shows in `Host`.

use hyper::{HeaderMap, Uri, header};

/// Hosts whose services authenticate each request themselves, so that pages of any origin may call
/// them, as they may on AWS.
const PUBLIC: [&str; 2] = [".execute-api.localhost", ".cloudfront.localhost"];

/// The embedded AWS's own interface, which needs no credentials: it empties the account.
const ADMINISTRATION: &str = "/_ministack";

/// Decides about a request; the error says what is wrong with it.
pub fn check(uri: &Uri, headers: &HeaderMap) -> Result<(), String> {
    let host = text(headers, header::HOST).unwrap_or_default();
    let name = host_name(host);
    if !is_loopback(name) {
        return Err(format!(
            "Host is {host:?}; only localhost, its subdomains and loopback addresses are served"
        ));
    }
    let public = PUBLIC.iter().any(|suffix| name.ends_with(suffix))
        && !uri.path().starts_with(ADMINISTRATION);
    if public {
        return Ok(());
    }
    if let Some(origin) = text(headers, header::ORIGIN)
        && !is_loopback_origin(origin)
    {
        return Err(format!("a web page of {origin} may not command this AWS"));
    }
    // `same-site` is another port or subdomain of localhost, and `none` the user's own address bar.
    match text(headers, "sec-fetch-site") {
        Some("cross-site") => Err("a web page of another site may not command this AWS".to_owned()),
        _ => Ok(()),
    }
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    // What is not text is nobody's host or origin.
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or("(not text)"))
}

/// The host without its port.
fn host_name(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or(host),
    }
}

/// Whether a name always leads to this machine: RFC 6761, section 6.3, reserves `localhost.` and
/// all below it.
fn is_loopback(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn is_loopback_origin(origin: &str) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some_and(|authority| is_loopback(host_name(authority)))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn check_with(path: &str, headers: &[(&'static str, &str)]) -> Result<(), String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).expect("a header"));
        }
        check(&path.parse().expect("a path"), &map)
    }

    #[test]
    fn serves_clients_on_this_machine() {
        for host in [
            "127.0.0.1:4566",
            "localhost:4566",
            "LOCALHOST",
            "[::1]:4566",
            "a1b2c3.execute-api.localhost:4566",
            "bucket.s3.localhost:4566",
        ] {
            assert_eq!(check_with("/", &[("host", host)]), Ok(()), "{host}");
        }
    }

    #[test]
    fn refuses_a_name_that_another_dns_zone_points_here() {
        for host in [
            "",
            "evil.example:4566",
            "127.0.0.1.nip.io",
            "localhost.evil.example",
            "10.0.0.1",
        ] {
            let refused = check_with("/", &[("host", host)]).expect_err(host);
            assert!(refused.contains("Host"), "{refused}");
        }
    }

    #[test]
    fn refuses_web_pages_of_other_sites() {
        let host = ("host", "127.0.0.1:4566");
        for attack in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://localhost.evil.example"),
            ("sec-fetch-site", "cross-site"),
        ] {
            assert!(check_with("/", &[host, attack]).is_err(), "{attack:?}");
        }
        for own in [
            ("origin", "http://localhost:3000"),
            ("origin", "https://d1.cloudfront.localhost:4566"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
        ] {
            assert_eq!(check_with("/", &[host, own]), Ok(()), "{own:?}");
        }
    }

    #[test]
    fn leaves_deployed_apis_open_to_pages_of_any_origin() {
        let page = [
            ("host", "a1b2c3.execute-api.localhost:4566"),
            ("origin", "https://photos.example.com"),
            ("sec-fetch-site", "cross-site"),
        ];
        assert_eq!(check_with("/v1/items", &page), Ok(()));
        assert!(check_with("/_ministack/reset", &page).is_err());
    }
}
