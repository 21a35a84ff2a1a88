//! The proxy in front of a server of the test's own.

use std::{
    fs,
    io::{Read, Write},
    net,
    os::unix::{fs::PermissionsExt, net::UnixListener},
    sync::atomic::{AtomicUsize, Ordering},
};

use tempfile::TempDir;

use super::*;
use crate::{
    embedded_aws::Address,
    http::{Answer, Client},
};

/// A server that answers one connection with `answer`, and the proxy in front of it.
fn proxied(answer: &'static [u8]) -> (Proxy, JoinHandle<String>, TempDir) {
    let (folder, server) = home();
    let served = thread::spawn(move || {
        let (mut client, _) = server.accept().expect("a client");
        let mut request = Vec::new();
        let mut part = [0; 1024];
        while !request.windows(8).any(|word| word == b"question") {
            let length = client.read(&mut part).expect("a request");
            request.extend_from_slice(&part[..length]);
        }
        // In two packets, as the embedded AWS does.
        let (head, body) = answer.split_at(answer.len() - 6);
        client.write_all(head).expect("sent");
        client.flush().expect("sent");
        thread::sleep(Duration::from_millis(20));
        client.write_all(body).expect("sent");
        String::from_utf8(request).expect("text")
    });
    (start(&folder), served, folder)
}

/// A folder with a certificate, and the embedded AWS's side of its socket.
fn home() -> (TempDir, UnixListener) {
    let folder = tempfile::tempdir().expect("a folder");
    certificate::issue(folder.path()).expect("a certificate");
    let server = UnixListener::bind(socket(folder.path())).expect("a socket");
    (folder, server)
}

fn start(folder: &TempDir) -> Proxy {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    Proxy::start(listener, folder.path()).expect("a proxy")
}

fn ask(proxy: &Proxy, host: &str) -> net::TcpStream {
    let at = (Ipv4Addr::LOCALHOST, proxy.port());
    let mut client = net::TcpStream::connect(at).expect("a connection");
    let request = format!(
        "POST /path HTTP/1.1\r\nHost: {host}\r\nX-Amz-Target: T\r\nContent-Length: 8\r\n\r\nquestion"
    );
    client.write_all(request.as_bytes()).expect("sent");
    client
}

#[test]
fn passes_a_request_on_and_its_answer_in_one_piece() {
    let (proxy, served, _folder) =
        proxied(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Amz-Id: 7\r\n\r\nanswer");
    let mut client = ask(&proxy, "a1.execute-api.localhost:1");
    let mut packet = [0; 4096];
    let length = client.read(&mut packet).expect("an answer");
    let answer = String::from_utf8_lossy(&packet[..length]);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("X-Amz-Id: 7\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nanswer"), "{answer}");
    let request = served.join().expect("served");
    assert!(request.starts_with("POST /path HTTP/1.1\r\n"), "{request}");
    assert!(
        request.contains("Host: a1.execute-api.localhost:1\r\n"),
        "{request}"
    );
    assert!(request.contains("X-Amz-Target: T\r\n"), "{request}");
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer";

/// The server's answer to a request that came by `url` and says that it came by `said`, and what
/// the server saw of it.
fn seen(url: &str, said: &str) -> (Answer, String) {
    let (proxy, served, folder) = proxied(ANSWER);
    let client = Client::of(&Address::new(&proxy, folder.path())).expect("a client");
    let request = Request::post(format!("{url}:{}/path", proxy.port()))
        .header("x-forwarded-proto", said)
        .body(b"question".to_vec());
    let answer = client.send(request.expect("a request")).expect("an answer");
    (answer, served.join().expect("served").to_lowercase())
}

#[test]
fn serves_tls_and_says_so_to_the_server() {
    for host in ["127.0.0.1", "localhost", "a1.execute-api.localhost"] {
        let (answer, request) = seen(&format!("https://{host}"), "http");
        assert_eq!((answer.status, answer.body.as_str()), (200, "answer"));
        assert_eq!(request.matches("x-forwarded-proto:").count(), 1);
        assert!(
            request.contains("x-forwarded-proto: https\r\n"),
            "{request}"
        );
    }
}

#[test]
fn a_client_cannot_pass_plain_http_off_as_tls() {
    let (_, request) = seen("http://127.0.0.1", "https");
    assert!(request.contains("x-forwarded-proto: http\r\n"), "{request}");
    assert!(!request.contains("https"), "{request}");
}

#[test]
fn each_proxy_has_an_authority_of_its_own_and_a_key_that_others_cannot_read() {
    let (folder, _server) = home();
    let proxy = start(&folder);
    let other = tempfile::tempdir().expect("a folder");
    certificate::issue(other.path()).expect("a certificate");
    let stranger = Client::of(&Address::new(&proxy, other.path())).expect("a client");
    let refused = stranger.get(&format!("https://127.0.0.1:{}/", proxy.port()));
    let refused = format!("{:#}", refused.expect_err("another authority"));
    assert!(refused.contains("invalid peer certificate"), "{refused}");

    let key = fs::metadata(folder.path().join("proxy.key")).expect("a key");
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
}

#[test]
fn refuses_without_asking_the_server() {
    let (folder, nobody) = home();
    nobody.set_nonblocking(true).expect("it can");
    let proxy = start(&folder);
    let mut answer = [0; 4096];
    let length = ask(&proxy, "evil.example")
        .read(&mut answer)
        .expect("an answer");
    assert!(answer[..length].starts_with(b"HTTP/1.1 403 "));
    assert!(nobody.accept().is_err(), "the server was asked");
}

#[test]
fn dropped_it_frees_its_port() {
    let (folder, _server) = home();
    let proxy = start(&folder);
    let at = (Ipv4Addr::LOCALHOST, proxy.port());
    drop(proxy);
    assert!(net::TcpStream::connect(at).is_err(), "it still listens");
}

/// A server that answers every connection, and counts them.
fn busy() -> (Proxy, Client, Arc<AtomicUsize>, TempDir) {
    let (folder, server) = home();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        for client in server.incoming() {
            let mut client = client.expect("a client");
            let _ = client.read(&mut [0; 4096]).expect("a request");
            count.fetch_add(1, Ordering::SeqCst);
            client.write_all(ANSWER).expect("sent");
        }
    });
    let proxy = start(&folder);
    let client = Client::of(&Address::new(&proxy, folder.path())).expect("a client");
    (proxy, client, asked, folder)
}

fn signed(proxy: &Proxy, service: &str, path: &str) -> hyper::http::request::Builder {
    let scope = format!("test/20260101/us-east-1/{service}/aws4_request");
    Request::put(format!("https://127.0.0.1:{}{path}", proxy.port())).header(
        "authorization",
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
    )
}

fn put_item(proxy: &Proxy) -> Request<Vec<u8>> {
    let request = signed(proxy, "dynamodb", "/");
    let request = request.header("x-amz-target", "DynamoDB_20120810.PutItem");
    request.body(b"{}".to_vec()).expect("a request")
}

#[test]
fn an_injected_error_answers_in_the_services_own_form_as_often_as_asked() {
    let (proxy, client, asked, _folder) = busy();
    let throttled = Fault::Error(StatusCode::BAD_REQUEST, "ThrottlingException");
    proxy.faults().inject("dynamodb", "PutItem", throttled, 2);
    let slow = Fault::Error(StatusCode::SERVICE_UNAVAILABLE, "SlowDown");
    proxy.faults().inject("s3", "PutObject", slow, 1);
    for _ in 0..2 {
        let answer = client.send(put_item(&proxy)).expect("an answer");
        let error = answer.json().expect("JSON");
        assert_eq!(
            (answer.status, &error["__type"]),
            (400, &"ThrottlingException".into())
        );
    }
    let object = signed(&proxy, "s3", "/bucket/key?x-id=PutObject").body(Vec::new());
    let answer = client.send(object.expect("a request")).expect("an answer");
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("<Code>SlowDown</Code>"), "{answer:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the server was asked");
    assert_eq!(proxy.faults().left(), 0);
    assert_eq!(
        client.send(put_item(&proxy)).expect("an answer").status,
        200
    );
}

#[test]
fn a_connection_ends_before_the_request_or_after_it() {
    let (proxy, client, asked, _folder) = busy();
    proxy
        .faults()
        .inject("dynamodb", "PutItem", Fault::Reset, 1);
    proxy
        .faults()
        .inject("dynamodb", "PutItem", Fault::LostAnswer, 1);
    client.send(put_item(&proxy)).expect_err("reset");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the server was asked");
    client.send(put_item(&proxy)).expect_err("lost");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the server was not asked");
    assert_eq!(
        client.send(put_item(&proxy)).expect("an answer").status,
        200
    );
}

#[test]
fn a_delayed_request_is_answered_and_others_are_not_delayed() {
    let (proxy, client, asked, _folder) = busy();
    let late = Fault::Delay(Duration::from_millis(10));
    proxy.faults().inject("dynamodb", "PutItem", late, 1);
    let other = signed(&proxy, "dynamodb", "/").header("x-amz-target", "DynamoDB_20120810.GetItem");
    let other = other.body(Vec::new()).expect("a request");
    assert_eq!(client.send(other).expect("an answer").status, 200);
    assert_eq!(proxy.faults().left(), 1);
    assert_eq!(
        client.send(put_item(&proxy)).expect("an answer").status,
        200
    );
    assert_eq!(proxy.faults().left(), 0);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[test]
fn an_outage_refuses_every_call_of_one_service_but_those_of_one_key() {
    let (proxy, client, asked, _folder) = busy();
    let call = |key: &str, service: &str| {
        let scope = format!("{key}/20260101/us-east-1/{service}/aws4_request");
        let request = Request::put(format!("https://127.0.0.1:{}/", proxy.port()))
            .header(
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential={scope}"),
            )
            .header("x-amz-target", "T.Any");
        let request = request.body(Vec::new()).expect("a request");
        client.send(request).expect("an answer").status
    };
    let fault = Fault::Error(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable");
    proxy.faults().outage("dynamodb", "test", fault);
    assert_eq!(
        [call("function", "dynamodb"), call("other", "dynamodb")],
        [503, 503]
    );
    assert_eq!(
        [call("test", "dynamodb"), call("function", "kinesis")],
        [200, 200]
    );
    assert_eq!(proxy.faults().end_of_outage(), 2);
    assert_eq!(call("function", "dynamodb"), 200);
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[test]
fn faults_by_chance_hit_functions_and_spare_the_root_key() {
    let (proxy, client, _asked, _folder) = busy();
    let always = [fault::Likelihood::of_dynamodb(1.0)];
    proxy
        .faults()
        .at_random(fault::Chance::new(1, "test", &always));
    for _ in 0..5 {
        let answer = client.send(put_item(&proxy)).expect("an answer");
        assert_eq!(answer.status, 200, "the root key was not spared");
    }
    assert!(proxy.faults().end_of_chance().is_empty());
    proxy
        .faults()
        .at_random(fault::Chance::new(1, "root", &always));
    for _ in 0..5 {
        // An answer or none.
        let _ = client.send(put_item(&proxy));
    }
    assert_eq!(proxy.faults().end_of_chance().values().sum::<usize>(), 5);
    assert_eq!(
        client.send(put_item(&proxy)).expect("an answer").status,
        200
    );
}

/// Sends bytes as they are, and gives what comes back until the proxy closes the connection.
fn raw(proxy: &Proxy, request: &str) -> String {
    let at = (Ipv4Addr::LOCALHOST, proxy.port());
    let mut client = net::TcpStream::connect(at).expect("a connection");
    client.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn a_head_request_has_no_body_and_chunks_arrive_whole() {
    let (proxy, _client, asked, _folder) = busy();
    let end = "Host: localhost\r\nConnection: close\r\n";
    let head = raw(&proxy, &format!("HEAD / HTTP/1.1\r\n{end}\r\n"));
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    let (proxy, served, _folder) = proxied(ANSWER);
    let body = "Transfer-Encoding: chunked\r\n\r\n3\r\na, \r\n8\r\nquestion";
    let chunked = thread::spawn(move || {
        let request = format!("POST / HTTP/1.1\r\n{end}{body}\r\n0\r\n\r\n");
        raw(&proxy, &request)
    });
    let request = served.join().expect("served");
    assert!(
        request.contains("a, ") && request.contains("question"),
        "{request}"
    );
    assert!(chunked.join().expect("sent").ends_with("answer"));
}

#[test]
fn a_client_that_expects_to_continue_is_told_to() {
    let (proxy, served, _folder) = proxied(ANSWER);
    let at = (Ipv4Addr::LOCALHOST, proxy.port());
    let mut client = net::TcpStream::connect(at).expect("a connection");
    client
        .write_all(b"PUT /key HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 8\r\n\r\n")
        .expect("sent");
    let mut part = [0; 64];
    let length = client.read(&mut part).expect("to be told");
    assert!(part[..length].starts_with(b"HTTP/1.1 100 "), "{part:?}");
    client.write_all(b"question").expect("sent");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("an answer");
    assert!(answer.ends_with("answer"), "{answer}");
    served.join().expect("served");
}

#[test]
fn targets_that_name_a_host_are_refused() {
    let (proxy, _client, asked, _folder) = busy();
    let end = "Host: localhost\r\nConnection: close\r\n\r\n";
    for line in [
        "GET http://evil.example/ HTTP/1.1",
        "GET http://localhost/ HTTP/1.1",
        "CONNECT localhost:1 HTTP/1.1",
        "OPTIONS * HTTP/1.1",
    ] {
        let answer = raw(&proxy, &format!("{line}\r\n{end}"));
        assert!(answer.starts_with("HTTP/1.1 403 "), "{line}: {answer}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the server was asked");
}
