//! Which requests may command the embedded AWS.
//!
//! It verifies neither `Host` nor `Origin` nor the signature of its root key, so without this guard
//! any web page that the developer opens could create a role and a function and run code with it:
//! a form or a `fetch` without preflight reaches every loopback port. Browsers add `Origin` and
//! `Sec-Fetch-Site` to such requests, and no script can remove them (Fetch, "Forbidden request-header";
//! W3C, "Fetch Metadata Request Headers"). DNS rebinding shows in `Host`.

use std::net::IpAddr;

use hyper::{HeaderMap, Uri, header};
use percent_encoding::percent_decode_str;

/// Hosts whose services authenticate each request themselves, so that pages of any origin may call
/// them, as they may on AWS. One label stands before each.
const PUBLIC: [&str; 2] = ["execute-api.localhost", "cloudfront.localhost"];

/// What only the holder of AWS credentials sends. The embedded AWS looks for it before it looks at
/// the host, and accepts the root key without its signature.
const CREDENTIALS: [&str; 3] = ["x-amz-", "awsaccesskeyid", "action="];

/// Decides about a request; the error says what is wrong with it.
pub fn check(uri: &Uri, headers: &HeaderMap) -> Result<(), String> {
    // RFC 9112, section 3.2.2: the authority of an absolute target would outrank `Host`.
    if !uri.path().starts_with('/') || uri.authority().is_some() {
        return Err("the request's target must begin with a slash".to_owned());
    }
    let host = only_host(headers)?;
    let name = host_name(host);
    if !is_loopback(name) {
        return Err(format!(
            "Host is {host:?}; only localhost, its subdomains and loopback addresses are served"
        ));
    }
    match foreign_page(headers) {
        Some(page) if !is_public(name) => Err(format!("{page} may not command this AWS")),
        Some(page) if is_command(uri, headers) => {
            Err(format!("{page} may call deployed APIs, and nothing else"))
        }
        _ => Ok(()),
    }
}

/// The host that the request names; a server that read another of several would be deceived.
fn only_host(headers: &HeaderMap) -> Result<&str, String> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().map_err(|_| "Host is not text".to_owned()),
        (None, _) => Err("Host is missing".to_owned()),
        (Some(_), Some(_)) => Err("Host occurs twice".to_owned()),
    }
}

/// The web page of another site that the request comes from, if any.
///
/// `same-site` is another port or subdomain of localhost, and `none` the user's own address bar.
fn foreign_page(headers: &HeaderMap) -> Option<String> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    // What is not text is nobody's origin.
    let foreign = origins.find_map(|origin| match origin.to_str() {
        Ok(origin) if is_loopback_origin(origin) => None,
        other => Some(other.unwrap_or("an origin that is not text")),
    });
    if let Some(origin) = foreign {
        return Some(format!("a web page of {origin}"));
    }
    let mut sites = headers.get_all("sec-fetch-site").iter();
    let cross_site = sites.any(|site| site == "cross-site");
    cross_site.then(|| "a web page of another site".to_owned())
}

/// Whether a host is that of a deployed API or distribution, spelled as the embedded AWS spells it:
/// what it does not recognize, it takes for a call of a service.
fn is_public(name: &str) -> bool {
    let id = name
        .split_once('.')
        .filter(|(_, rest)| PUBLIC.contains(rest));
    id.is_some_and(|(id, _)| {
        let part_of_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !id.is_empty() && id.bytes().all(part_of_id)
    })
}

/// Whether a request is meant for a service or for the embedded AWS itself, whatever its host.
fn is_command(uri: &Uri, headers: &HeaderMap) -> bool {
    let path = decoded(uri.path());
    let query = decoded(uri.query().unwrap_or_default()).to_ascii_lowercase();
    // `/_ministack`, `/_aws` and their like; also behind an empty or a dotted segment.
    let own = path.split('/').any(|segment| segment.starts_with('_'));
    let signed = headers.get_all(header::AUTHORIZATION).iter().any(|value| {
        let scheme = value.as_bytes().get(..3).unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"AWS")
    });
    let targeted = headers.contains_key("x-amz-target");
    let parameters = CREDENTIALS.iter().any(|name| query.contains(name));
    own || signed || targeted || parameters
}

/// Text without percent-encoding, however often it was encoded.
fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    loop {
        let once = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if once == text {
            return text;
        }
        text = once;
    }
}

/// The host without its port, or nothing when what follows it is no port.
fn host_name(host: &str) -> &str {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').unwrap_or_default(),
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(digits);
    if is_port { name } else { "" }
}

/// Whether a name always leads to this machine: RFC 6761, section 6.3, reserves `localhost.` and
/// all below it.
fn is_loopback(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name
            .parse::<IpAddr>()
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

    const API: &str = "a1b2c3d4.execute-api.localhost:4566";
    const FOREIGN: (&str, &str) = ("origin", "https://photos.example.com");

    fn check_with(target: &str, headers: &[(&'static str, &str)]) -> Result<(), String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).expect("a header"));
        }
        check(&target.parse().expect("a target"), &map)
    }

    #[test]
    fn serves_clients_on_this_machine() {
        for host in [
            "127.0.0.1:4566",
            "localhost:4566",
            "LOCALHOST",
            "[::1]:4566",
            API,
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
            "localhost.",
            "localhost@evil.example",
            "[::1].evil.example",
            "localhost:1@evil.example",
            "::1",
            "[::ffff:127.0.0.1]",
            "10.0.0.1",
            "0.0.0.0",
            "127.1",
        ] {
            let refused = check_with("/", &[("host", host)]).expect_err(host);
            assert!(refused.contains("Host"), "{refused}");
        }
        let local = ("host", "127.0.0.1");
        assert!(check_with("/", &[]).is_err());
        assert!(check_with("/", &[local, ("host", "evil.example")]).is_err());
        assert!(check_with("/", &[("host", "evil.example"), local]).is_err());
    }

    #[test]
    fn refuses_a_target_that_names_a_host() {
        for target in [
            "http://evil.example/",
            "http://127.0.0.1/",
            "evil.example:1",
            "*",
        ] {
            let refused = check_with(target, &[("host", "127.0.0.1")]).expect_err(target);
            assert!(refused.contains("target"), "{refused}");
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
            let own = ("origin", "http://localhost:3000");
            assert!(check_with("/", &[host, own, attack]).is_err(), "{attack:?}");
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
        let page = [("host", API), FOREIGN, ("sec-fetch-site", "cross-site")];
        for target in ["/v1/items", "/uploads?next=a_b", "/"] {
            assert_eq!(check_with(target, &page), Ok(()), "{target}");
        }
    }

    #[test]
    fn a_page_commands_nothing_through_the_host_of_an_api() {
        let page = [("host", API), FOREIGN];
        for target in [
            "/_ministack/reset",
            "//_ministack/reset",
            "/v1/../_ministack/reset",
            "/%5fministack/reset",
            "/%255Fministack/reset",
            "/%2f_ministack/reset",
            "/_aws/execute-api/x",
            "/?Action=CreateRole&X-Amz-Credential=test/20260101/us-east-1/iam/aws4_request",
            "/?x%2Damz-credential=test",
            "/bucket/key?AWSAccessKeyId=test",
        ] {
            assert!(check_with(target, &page).is_err(), "{target}");
        }
        for header in [
            ("authorization", "AWS4-HMAC-SHA256 Credential=test/…"),
            ("authorization", "aws test:…"),
            ("x-amz-target", "DynamoDB_20120810.DeleteTable"),
        ] {
            let ascii = (header.0, header.1.trim_end_matches('…'));
            assert!(
                check_with("/", &[page[0], page[1], ascii]).is_err(),
                "{header:?}"
            );
        }
        // The embedded AWS takes these for calls of a service, since no API has such an id.
        for host in [
            "evil!.execute-api.localhost",
            "A1B2C3D4.execute-api.localhost",
            "x.a1b2c3d4.execute-api.localhost",
            ".execute-api.localhost",
            "a1b2c3d4.execute-api.localhost.",
        ] {
            assert!(
                check_with("/", &[("host", host), FOREIGN]).is_err(),
                "{host}"
            );
        }
    }
}
