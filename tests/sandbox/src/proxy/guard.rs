//! Which requests may command the embedded AWS.
//!
//! It verifies neither `Host` nor `Origin` nor the signature of its root key, so without this guard
//! any web page that the developer opens could create a role and a function and run code with it:
//! a form or a `fetch` without preflight reaches every loopback port. Browsers add `Origin` and
//! `Sec-Fetch-Site` to such requests, and no script can remove them (Fetch, "Forbidden request-header";
//! W3C, "Fetch Metadata Request Headers"). DNS rebinding shows in `Host`.
//!
//! A deployed site is a page of loopback too. To the browser its host, `<label>.cloudfront.localhost`,
//! is another site than `127.0.0.1`, so `Sec-Fetch-Site` decides only where there is no `Origin`:
//! for links and images, which may lead to what [`is_link`] says.

use std::net::IpAddr;

use hyper::{HeaderMap, Method, Uri, header};
use percent_encoding::percent_decode_str;

/// Hosts whose services authenticate each request themselves, so that pages of any origin may call
/// them, as they may on AWS. One label stands before each.
const PUBLIC: [&str; 2] = ["execute-api.localhost", "cloudfront.localhost"];

/// What only the holder of AWS credentials sends. The embedded AWS looks for it before it looks at
/// the host, and accepts the root key without its signature.
const CREDENTIALS: [&str; 3] = ["x-amz-", "awsaccesskeyid", "action="];

/// Pages of the hosted UI to which an application sends its users ("User pool endpoints and managed
/// login reference", Amazon Cognito Developer Guide).
const SIGN_IN_PAGES: [&str; 2] = ["/oauth2/authorize", "/logout"];

/// Decides about a request; the error says what is wrong with it.
pub fn check(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), String> {
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
        Some(_) if is_link(method, uri, headers) => Ok(()),
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
/// Without an origin, `same-site` is another port of localhost, and `none` the user's own address bar.
fn foreign_page(headers: &HeaderMap) -> Option<String> {
    let mut origins = headers.get_all(header::ORIGIN).iter().peekable();
    let has_origin = origins.peek().is_some();
    // What is not text is nobody's origin.
    let foreign = origins.find_map(|origin| match origin.to_str() {
        Ok(origin) if is_loopback_origin(origin) => None,
        other => Some(other.unwrap_or("an origin that is not text")),
    });
    if let Some(origin) = foreign {
        return Some(format!("a web page of {origin}"));
    }
    // After a redirect by another origin it would be `null` (Fetch, "HTTP-redirect fetch").
    if has_origin {
        return None;
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

/// Whether any page may lead there: a request without effect, whose answer the page cannot read
/// because without an origin there is no CORS. It asks for a page of the hosted UI, or for an object
/// of S3 by a presigned URL.
fn is_link(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    if method != Method::GET || headers.contains_key(header::ORIGIN) {
        return false;
    }
    if SIGN_IN_PAGES.contains(&uri.path()) {
        return !is_command(uri, headers);
    }
    // Plainly written, as the SDKs write it: what is decoded twice might be read as something else.
    let parameters: Vec<_> = uri.query().unwrap_or_default().split('&').collect();
    let values = |name: &str| {
        let of_name = parameters.iter().filter_map(|it| it.split_once('='));
        let of_name = of_name.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        of_name.map(|(_, value)| value).collect::<Vec<_>>()
    };
    let credential = values("X-Amz-Credential");
    let of_s3 = |it: &str| decoded(it).ends_with("/s3/aws4_request");
    let signed = values("X-Amz-Signature").len() == 1;
    let presigned = signed && credential.len() == 1 && of_s3(credential[0]);
    let action = decoded(uri.query().unwrap_or_default()).to_ascii_lowercase();
    presigned
        && !action.contains("action=")
        && !has_own_segment(uri)
        && !headers.contains_key("x-amz-target")
        && !headers.contains_key(header::AUTHORIZATION)
}

/// Whether a path is the embedded AWS's own: `/_ministack`, `/_aws` and their like; also behind an
/// empty or a dotted segment.
fn has_own_segment(uri: &Uri) -> bool {
    let path = decoded(uri.path());
    path.split('/').any(|segment| segment.starts_with('_'))
}

/// Whether a request is meant for a service or for the embedded AWS itself, whatever its host.
fn is_command(uri: &Uri, headers: &HeaderMap) -> bool {
    let query = decoded(uri.query().unwrap_or_default()).to_ascii_lowercase();
    let own = has_own_segment(uri);
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
        check_method(&Method::GET, target, headers)
    }

    const CROSS_SITE: (&str, &str) = ("sec-fetch-site", "cross-site");

    const HOST: (&str, &str) = ("host", "127.0.0.1:4566");

    #[test]
    fn a_deployed_site_calls_the_services_as_on_aws() {
        let site = ("origin", "https://d1.cloudfront.localhost:4566");
        for method in [Method::OPTIONS, Method::POST, Method::PUT] {
            let checked = check_method(&method, "/", &[HOST, site, CROSS_SITE]);
            assert_eq!(checked, Ok(()), "{method}");
        }
    }

    const PRESIGNED: &str = "/bucket/uploads/a%20b.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&\
        X-Amz-Credential=ASIA%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0";

    #[test]
    fn any_page_leads_to_a_sign_in_page_and_to_a_presigned_object() {
        for target in [
            "/oauth2/authorize?client_id=1&state=a_b",
            "/logout?client_id=1",
            PRESIGNED,
        ] {
            assert_eq!(check_with(target, &[HOST, CROSS_SITE]), Ok(()), "{target}");
            for method in [Method::POST, Method::PUT, Method::DELETE] {
                let checked = check_method(&method, target, &[HOST, CROSS_SITE]);
                assert!(checked.is_err(), "{method} {target}");
            }
            let targeted = ("x-amz-target", "DynamoDB_20120810.DeleteTable");
            for more in [FOREIGN, targeted, ("authorization", "AWS4-HMAC-SHA256 x")] {
                let checked = check_with(target, &[HOST, CROSS_SITE, more]);
                assert!(checked.is_err(), "{more:?} {target}");
            }
        }
    }

    #[test]
    fn a_link_commands_nothing() {
        for target in [
            "/oauth2/authorize?Action=CreateRole",
            "/oauth2/authorize?X-Amz-Credential=a%2Fb%2Fc%2Fiam%2Faws4_request",
            "/oauth2/idpresponse",
            "/login",
            "/bucket/key",
            "/bucket/key?X-Amz-Signature=0",
            &PRESIGNED.replace("%2Fs3%2F", "%2Fiam%2F"),
            &format!("{PRESIGNED}&Action=CreateRole"),
            &format!("{PRESIGNED}&%41ction=CreateRole"),
            &format!("{PRESIGNED}&x-amz-credential=a%2Fb%2Fc%2Fiam%2Faws4_request"),
            &PRESIGNED.replace("/bucket", "/_ministack"),
            &PRESIGNED.replace("/bucket", "/%5fministack"),
        ] {
            let checked = check_with(target, &[HOST, CROSS_SITE]);
            assert!(checked.is_err(), "{target}");
        }
    }

    fn check_method(
        method: &Method,
        target: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<(), String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).expect("a header"));
        }
        check(method, &target.parse().expect("a target"), &map)
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
        ] {
            assert!(check_with("/", &[host, attack]).is_err(), "{attack:?}");
            let own = ("origin", "http://localhost:3000");
            assert!(check_with("/", &[host, own, attack]).is_err(), "{attack:?}");
        }
        assert!(check_with("/", &[host, CROSS_SITE]).is_err());
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
