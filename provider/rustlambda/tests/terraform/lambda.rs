//! Packages that name their functions, with a Lambda that only says which functions it has.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use serde_json::json;

use crate::driver::{Answer, CONFIGURATION, Root};

/// Answers every request to Lambda with one status and error code, and keeps the requests' heads.
struct Lambda {
    endpoint: String,
    requests: Receiver<String>,
}

impl Lambda {
    fn answering(status: &'static str, code: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                // Whoever ends the test ends the conversation.
                let _ = sender.send(answer(&mut stream, status, code).unwrap_or_default());
            }
        });
        Self { endpoint, requests }
    }

    /// Plans, and gives `-detailed-exitcode`: 0 for nothing to change, 2 for changes.
    fn plan(&self, root: &Root) -> Answer {
        let mut plan = root.command(&["plan", "-detailed-exitcode", "-no-color", "-out=plan"]);
        let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
        plan.envs(keys.map(|key| (key, "test")));
        Answer::of(plan.env("AWS_ENDPOINT_URL_LAMBDA", &self.endpoint))
    }
}

fn answer(stream: &mut TcpStream, status: &str, code: &str) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    write!(
        stream,
        "HTTP/1.1 {status}\r\nx-amzn-errortype: {code}\r\ncontent-type: application/json\r\n\
         content-length: 2\r\nconnection: close\r\n\r\n{{}}"
    )?;
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// A configuration whose package is for the function of this name.
fn configuration(function: &str) -> String {
    let arns = format!(
        "binary        = \"api\"\n  function_arns = [\"arn:aws:lambda:eu-west-3:123456789012:function:{function}\"]"
    );
    CONFIGURATION.replace("binary        = \"api\"", &arns)
}

/// An applied configuration, and a fresh checkout with its state.
fn applied() -> (Root, Root) {
    let checkout = || {
        let root = Root::new();
        root.write("main.tf", &configuration("api"));
        root.init();
        root
    };
    let (first, second) = (checkout(), checkout());
    first.apply();
    second.copy_from(&first, "terraform.tfstate");
    (first, second)
}

#[test]
fn a_function_that_is_gone_gets_its_zip_in_the_same_apply() {
    let (first, second) = applied();
    let lambda = Lambda::answering("404 Not Found", "ResourceNotFoundException");
    let text = lambda.plan(&second).exits_with(2);
    assert!(text.contains("will be updated in-place"), "{text}");
    let request = lambda.requests.try_recv().unwrap();
    assert!(
        request.contains("/eu-west-3/lambda/aws4_request"),
        "asks in the region of the ARN: {request}"
    );
    second
        .terraform(&["apply", "-no-color", "plan"])
        .exits_with(0);
    assert_eq!(second.output(), first.output());
    assert!(
        second
            .path(second.output()["filename"].as_str().unwrap())
            .exists()
    );
}

#[test]
fn nothing_is_planned_where_the_function_is_there_or_nobody_may_look() {
    let (_, second) = applied();
    for (status, code) in [
        ("200 OK", ""),
        ("403 Forbidden", "AccessDeniedException"),
        ("400 Bad Request", "ExpiredTokenException"),
    ] {
        let lambda = Lambda::answering(status, code);
        lambda.plan(&second).exits_with(0);
        assert!(
            lambda.requests.try_recv().is_ok(),
            "{code}: Lambda is asked"
        );
    }
}

#[test]
fn lambda_is_not_asked_where_the_zip_is_here() {
    let (first, _) = applied();
    let lambda = Lambda::answering("404 Not Found", "ResourceNotFoundException");
    lambda.plan(&first).exits_with(0);
    assert!(lambda.requests.try_recv().is_err());
}

#[test]
fn a_renamed_function_gets_its_zip_in_the_same_apply() {
    let (_, second) = applied();
    second.write("main.tf", &configuration("renamed"));
    // Nobody answers: whether the new function exists makes no difference.
    let change = second.planned_change();
    assert_eq!(change["actions"], json!(["update"]));
    assert_eq!(change["after_unknown"]["filename"], json!(true));
    second
        .terraform(&["apply", "-no-color", "plan"])
        .exits_with(0);
    assert!(
        second
            .path(second.output()["filename"].as_str().unwrap())
            .exists()
    );
}

#[test]
fn what_is_not_the_arn_of_a_function_is_refused_by_name() {
    let root = Root::new();
    root.init();
    root.write("main.tf", &configuration("api:live"));
    let text = root.terraform(&["validate", "-no-color"]).flat();
    assert!(text.contains("function_arns"), "{text}");
    assert!(
        text.contains("arn:<partition>:lambda:<region>:<account>:function:<name>"),
        "{text}"
    );
}
