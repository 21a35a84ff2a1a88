//! Random requests to the upload API: some as they should be, most with something wrong.

use proptest::{prelude::*, sample::Index, string::string_regex};

use super::json;

/// Most characters of a random segment, parameter or header, so that all fit into the 10,240 bytes
/// that API Gateway takes for the request line and all headers ("Quotas for HTTP APIs").
const LONG: usize = 300;

/// A request that is wrong in some ways, or in none.
#[derive(Debug, Clone)]
pub struct Hostile {
    /// The method.
    pub method: &'static str,
    /// What follows `/uploads`.
    place: Place,
    /// The query string, percent-encoded.
    query: String,
    /// The headers besides `Host` and `Authorization`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Which resource a request is to.
#[derive(Debug, Clone)]
enum Place {
    /// The collection.
    All,
    /// One of the ids that the caller knows, and what follows it.
    Known(Index, &'static str),
    /// Any segment, percent-encoded, and what follows it.
    Any(String, &'static str),
}

impl Hostile {
    /// Returns the path and the query, with one of the `ids` that the caller knows.
    pub fn target(&self, ids: &[String]) -> String {
        let path = match &self.place {
            Place::All => "/uploads".to_owned(),
            Place::Known(index, rest) => format!("/uploads/{}{rest}", index.get(ids)),
            Place::Any(segment, rest) => format!("/uploads/{segment}{rest}"),
        };
        match self.query.as_str() {
            "" => path,
            query => format!("{path}?{query}"),
        }
    }
}

/// Makes requests.
pub fn requests() -> impl Strategy<Value = Hostile> {
    let operations = prop_oneof![
        6 => create(),
        2 => request("GET", Just(Place::All).boxed()),
        2 => request("GET", place("")),
        1 => request("DELETE", place("")),
        3 => sign(),
        2 => request("GET", place("/parts")),
        2 => request("POST", place("/complete")),
        1 => request("POST", place("/retry")),
        1 => astray(),
    ];
    (operations, query(), headers()).prop_map(|(request, query, headers)| Hostile {
        query,
        headers,
        ..request
    })
}

fn request(method: &'static str, place: BoxedStrategy<Place>) -> BoxedStrategy<Hostile> {
    with_body(
        method,
        place,
        prop_oneof![8 => Just(Vec::new()), 1 => json::any()].boxed(),
    )
}

fn with_body(
    method: &'static str,
    place: BoxedStrategy<Place>,
    body: BoxedStrategy<Vec<u8>>,
) -> BoxedStrategy<Hostile> {
    let request = (place, body).prop_map(move |(place, body)| Hostile {
        method,
        place,
        query: String::new(),
        headers: Vec::new(),
        body,
    });
    request.boxed()
}

fn create() -> BoxedStrategy<Hostile> {
    let body = prop_oneof![9 => json::upload(), 1 => json::any()];
    with_body("POST", Just(Place::All).boxed(), body.boxed())
}

fn sign() -> BoxedStrategy<Hostile> {
    let body = prop_oneof![9 => json::parts(), 1 => json::any()];
    with_body("POST", place("/parts"), body.boxed())
}

/// Methods and paths that no route has. OPTIONS is not among them: API Gateway answers it itself.
fn astray() -> BoxedStrategy<Hostile> {
    let methods = ["PUT", "PATCH", "DELETE", "GET", "POST", "HEAD"];
    let places = prop_oneof![
        Just(Place::All),
        (
            any::<Index>(),
            prop::sample::select(vec!["/", "//", "/parts/1", "/complete/", "/../x"])
        )
            .prop_map(|(index, rest)| Place::Known(index, rest)),
        segment().prop_map(|segment| Place::Any(segment, "/nothing")),
    ];
    let requests = (prop::sample::select(methods.to_vec()), places, json::any());
    let request = requests.prop_map(|(method, place, body)| Hostile {
        method,
        place,
        query: String::new(),
        headers: Vec::new(),
        body: if matches!(method, "PUT" | "PATCH" | "POST") {
            body
        } else {
            Vec::new()
        },
    });
    request.boxed()
}

fn place(rest: &'static str) -> BoxedStrategy<Place> {
    let known = any::<Index>().prop_map(move |index| Place::Known(index, rest));
    let other = segment().prop_map(move |segment| Place::Any(segment, rest));
    prop_oneof![6 => known, 1 => other].boxed()
}

/// Segments of a path: ids of nothing, ids in another spelling, and what climbs out of a folder.
fn segment() -> BoxedStrategy<String> {
    let fixed = [
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "01890A5D-AC96-774B-BCCE-B302099A8057",
        "01890a5dac96774bbcceb302099a8057",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
        "quota",
        "request%23k1",
        "..",
        "%2e%2e",
        "..%2f..%2fquota",
        "%2f",
        "%00",
        "%0d%0ax:y",
        "%c0%af",
        "%ff%fe",
        "%E2%80%AE",
        "null",
        "*",
        "-1",
    ];
    let fixed = prop::sample::select(fixed.map(str::to_owned).to_vec());
    prop_oneof![3 => fixed, 1 => encoded(LONG).prop_filter("a segment", |it| !it.is_empty())]
        .boxed()
}

/// Text that is percent-encoded.
fn encoded(longest: usize) -> impl Strategy<Value = String> {
    let bytes = prop::collection::vec(any::<u8>(), 0..longest / 3);
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    bytes.prop_map(move |bytes| bytes.into_iter().map(encode).collect())
}

fn query() -> impl Strategy<Value = String> {
    let names = [
        "limit",
        "cursor",
        "status",
        "upload_id",
        "owner",
        "limit%00",
    ];
    let values = [
        "1",
        "100",
        "0",
        "101",
        "-1",
        "1e9",
        "99999999999999999999",
        "PENDING",
        "DELETED",
        "processed",
        "AYkKXayWd0u8zrMCCZqAVw",
        "AAAAAAAAAAAAAAAAAAAAAA",
        "_____________________w",
        "====",
        "",
    ];
    let value = prop_oneof![
        4 => prop::sample::select(values.map(str::to_owned).to_vec()),
        1 => encoded(LONG),
    ];
    let pair = (prop::sample::select(names.to_vec()), value);
    let pair = pair.prop_map(|(name, value)| format!("{name}={value}"));
    let pairs = prop::collection::vec(pair, 1..4).prop_map(|pairs| pairs.join("&"));
    prop_oneof![3 => Just(String::new()), 2 => pairs]
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let types = [
        "application/json; charset=utf-8",
        "application/vnd.api+json",
        "application/octet-stream",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/json, text/html",
        ";",
    ];
    let media_type = prop_oneof![
        9 => Just("application/json".to_owned()),
        1 => prop::sample::select(types.map(str::to_owned).to_vec()),
        1 => visible(),
    ];
    // Few keys, so that they come again: with the same body, and with others.
    let key = prop_oneof![
        6 => Just(None),
        2 => (0..5_u8).prop_map(|key| Some(format!("\"k{key}\""))),
        1 => visible().prop_map(Some),
    ];
    let others = [
        "range",
        "if-none-match",
        "if-match",
        "content-encoding",
        "x-forwarded-for",
    ];
    let other = (prop::sample::select(others.to_vec()), visible());
    let others = prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(other, 1..4)];
    (media_type, key, others).prop_map(|(media_type, key, mut headers)| {
        headers.push(("content-type", media_type));
        headers.extend(key.map(|key| ("idempotency-key", key)));
        headers
    })
}

/// What a header may hold: visible characters of ASCII and blanks.
#[expect(clippy::unwrap_used, reason = "the expression is a constant")]
fn visible() -> impl Strategy<Value = String> {
    string_regex("[!-~]([ -~]{0,300}[!-~])?").unwrap()
}
