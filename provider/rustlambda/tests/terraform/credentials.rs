//! Each source of credentials reaches the store, by the provider's own configuration.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use sandbox::embedded_aws::ROOT_KEY;

use crate::aws::Aws;
use crate::driver::{Answer, Root};

/// A package without sources, in a store.
const PACKAGE: &str = r#"
terraform {
  required_providers {
    rustlambda = {
      source = "rustlambda/rustlambda"
    }
  }
}

resource "rustlambda_package" "api" {
  binary_path = "${path.module}/api.sh"
  store       = { bucket = "artifacts", prefix = var.prefix }
}

variable "prefix" {
  type = string
}
"#;

/// The role that the embedded AWS lets root and the CI service assume.
const ROLE: &str = "arn:aws:iam::000000000000:role/publisher";

/// `{"alg":"none"}`, and `{"iss":"https://ci.example.com","aud":"sts.amazonaws.com"}`.
const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2NpLmV4YW1wbGUuY29tIiwiYXVkIjoic3RzLmFtYXpvbmF3cy5jb20ifQ.c2ln";

/// SHA-1 of `corp`, the name of the SSO session, by which the AWS command line names its cache.
const SSO_CACHE: &str = "home/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

struct Case {
    name: &'static str,
    /// What the provider's block holds.
    provider: String,
    /// The shared configuration file.
    config: String,
    /// Variables of the environment.
    environment: Vec<(&'static str, String)>,
}

/// Applies a case where nothing else gives credentials, region or endpoint.
fn apply(aws: &Aws, case: &Case) -> Answer {
    let root = Root::empty();
    let provider = format!("provider \"rustlambda\" {{\n{}\n}}\n", case.provider);
    root.write("main.tf", &format!("{provider}{PACKAGE}"));
    root.write("api.sh", "#!/bin/sh\n");
    root.write("config", &case.config);
    root.write("token", TOKEN);
    let expires = "2999-01-01T00:00:00Z";
    root.write(
        SSO_CACHE,
        &format!(r#"{{"accessToken":"cached","expiresAt":"{expires}","region":"us-east-1","startUrl":"https://corp.example.com"}}"#),
    );
    root.init();
    let mut command = aws.command(&root, &["apply", "-auto-approve", "-no-color"]);
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
    ] {
        command.env_remove(name);
    }
    command
        .env_remove("AWS_ENDPOINT_URL")
        .env("HOME", root.path("home"))
        .env("AWS_CONFIG_FILE", root.path("config"))
        .env("TF_VAR_prefix", case.name);
    for (name, value) in &case.environment {
        command.env(name, value.replace("ROOT", root.path("").to_str().unwrap()));
    }
    Answer::of(&mut command)
}

/// Answers GetRoleCredentials for the cached token, as IAM Identity Center's portal does.
fn portal() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let lines = lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty());
            let head = lines.collect::<Vec<_>>().join("\n");
            let known = head.contains("GET /federation/credentials?")
                && head.contains("x-amz-sso_bearer_token: cached");
            let body = format!(
                r#"{{"roleCredentials":{{"accessKeyId":"{ROOT_KEY}","secretAccessKey":"{ROOT_KEY}","sessionToken":"","expiration":32472144000000}}}}"#
            );
            let status = if known { "200 OK" } else { "401 Unauthorized" };
            let answer = format!(
                "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url
}

fn cases(endpoint: &str) -> Vec<Case> {
    let keys = format!("aws_access_key_id = {ROOT_KEY}\naws_secret_access_key = {ROOT_KEY}\n");
    let endpoints = format!("endpoints {{\n  s3 = \"{endpoint}\"\n  sts = \"{endpoint}\"\n}}");
    let region = "region = \"us-east-1\"";
    let case = |name, provider: &str, config: &str| Case {
        name,
        provider: format!("{provider}\n{endpoints}"),
        config: config.to_owned(),
        environment: Vec::new(),
    };
    let process = format!(
        r#"[profile process]
credential_process = printf '%s' '{{"Version":1,"AccessKeyId":"{ROOT_KEY}","SecretAccessKey":"{ROOT_KEY}"}}'
"#
    );
    let role = format!(
        "[profile base]\n{keys}[profile role]\nregion = us-east-1\nrole_arn = {ROLE}\nsource_profile = base\nexternal_id = of-the-team\n"
    );
    let sso = "[profile sso]\nsso_session = corp\nsso_account_id = 000000000000\nsso_role_name = publisher\n[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.example.com\n";
    let web = format!(
        "{region}\nassume_role_with_web_identity {{\n  role_arn = \"{ROLE}\"\n  web_identity_token_file = \"token\"\n  duration = \"15m\"\n}}"
    );
    let assume = format!(
        "{region}\nprofile = \"base\"\nassume_role {{\n  role_arn = \"{ROLE}\"\n  external_id = \"of-the-team\"\n  session_name = \"ci\"\n}}"
    );
    let mut sso = case("sso", &format!("{region}\nprofile = \"sso\""), sso);
    let both = format!("s3 = \"{endpoint}\"\n  sso = \"{}\"", portal());
    sso.provider = sso.provider.replace(&format!("s3 = \"{endpoint}\""), &both);
    let mut web_environment = case("web-identity-environment", region, "");
    web_environment.environment = vec![
        ("AWS_ROLE_ARN", ROLE.to_owned()),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "ROOT/token".to_owned()),
        ("AWS_ENDPOINT_URL_STS", endpoint.to_owned()),
    ];
    let mut keys_of_environment = case("environment", region, "");
    keys_of_environment.environment = vec![
        ("AWS_ACCESS_KEY_ID", ROOT_KEY.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", ROOT_KEY.to_owned()),
    ];
    vec![
        case(
            "process",
            &format!("{region}\nprofile = \"process\""),
            &process,
        ),
        case("profile-with-role", "profile = \"role\"", &role),
        case("assume-role", &assume, &format!("[profile base]\n{keys}")),
        case("web-identity", &web, ""),
        web_environment,
        sso,
        keys_of_environment,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_source_of_credentials_reaches_the_store() {
    let aws = Aws::start().await;
    aws.create_role(ROLE, "of-the-team", "ci.example.com");
    for case in cases(&aws.endpoint()) {
        let answer = apply(&aws, &case);
        assert_eq!(answer.code, Some(0), "{}: {}", case.name, answer.text);
        let prefix = format!("{}/api/", case.name);
        let keys = aws.keys().await;
        let zip = |key: &&String| key.starts_with(&prefix) && key.ends_with(".zip");
        assert_eq!(
            keys.iter().filter(zip).count(),
            1,
            "{}: {keys:?}",
            case.name
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_said_with_its_cure() {
    let aws = Aws::start().await;
    let case = |name, profile: Option<&str>| {
        let profile = profile.map(|profile| ("AWS_PROFILE", profile.to_owned()));
        let keys = [
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        let keys = keys.map(|(name, value)| (name, value.to_owned()));
        Case {
            name,
            provider: String::new(),
            config: "[profile team]\n".to_owned(),
            environment: profile.into_iter().chain(keys).collect(),
        }
    };
    for (case, texts) in [
        (
            case("no-region", None),
            ["no region is set", "provider \"aws\" does not count"],
        ),
        (
            case("no-profile", Some("nope")),
            ["no profile `nope`", "Choose one of: team"],
        ),
    ] {
        let answer = apply(&aws, &case);
        assert_eq!(answer.code, Some(1), "{}: {}", case.name, answer.text);
        for text in texts {
            assert!(answer.flat().contains(text), "{text}: {}", answer.text);
        }
    }
}
