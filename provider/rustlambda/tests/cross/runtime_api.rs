//! As much of the Lambda Runtime API as one invocation needs.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use sandbox::process::Group;

/// How long a function may take to answer: emulated processors are slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a function, hands it one event, and gives what it answers.
pub fn invoke(function: &mut Command, event: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    function
        .stdin(Stdio::null())
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", &address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "greeter")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/greeter")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "test");
    let (answer, answered) = mpsc::channel();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            serve(connection.unwrap(), event, &answer);
        }
    });
    let mut running = Group::spawn(function).unwrap();
    let mut waited = Duration::ZERO;
    let moment = Duration::from_millis(100);
    loop {
        match answered.recv_timeout(moment) {
            Ok(answer) => return answer,
            Err(RecvTimeoutError::Timeout) => waited += moment,
            Err(RecvTimeoutError::Disconnected) => panic!("the runtime API ended"),
        }
        if let Some(status) = running.try_wait().unwrap() {
            panic!("the function ended before it answered: {status}");
        }
        assert!(
            waited < PATIENCE,
            "the function did not answer in {PATIENCE:?}"
        );
    }
}

/// Serves one connection until the event is answered.
fn serve(mut connection: TcpStream, event: &str, answer: &Sender<String>) {
    let mut requests = BufReader::new(connection.try_clone().unwrap());
    while let Some((target, body)) = read_request(&mut requests) {
        if target == "POST /2018-06-01/runtime/invocation/42/response" {
            let _ = answer.send(body);
            return;
        }
        assert_eq!(target, "GET /2018-06-01/runtime/invocation/next");
        let length = event.len();
        write!(
            connection,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
             Lambda-Runtime-Aws-Request-Id: 42\r\nLambda-Runtime-Deadline-Ms: 4102444800000\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:greeter\r\n\
             \r\n{event}"
        )
        .unwrap();
    }
}

/// Reads method and path, and the body; nothing where the connection has ended.
fn read_request(from: &mut impl BufRead) -> Option<(String, String)> {
    let (mut first, mut length) = (String::new(), 0);
    if from.read_line(&mut first).ok()? == 0 {
        return None;
    }
    loop {
        let mut header = String::new();
        from.read_line(&mut header).ok()?;
        let Some((name, value)) = header.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    let target = first.trim_end().strip_suffix(" HTTP/1.1")?;
    Some((target.to_owned(), String::from_utf8(body).unwrap()))
}
