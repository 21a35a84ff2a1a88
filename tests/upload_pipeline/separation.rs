//! What one user has opens nothing to another, and what was signed is good for exactly that.

use std::{thread, time::Duration};

use acceptance_tests::{
    answers::ensure_problem,
    deployment::Deployment,
    uploader::{Signed, Ticket, Uploader, Way, sha256},
};
use anyhow::{Context, Result, bail, ensure};
use aws_sdk_s3::{config::Credentials, presigning::PresigningConfig};
use sandbox::{cancel, http::Client};
use serde_json::{Value, json};

use crate::observe::PATIENCE;

/// More than the example's limit for a single PUT, in bytes.
const LARGE: u64 = 17 << 20;

struct User {
    uploader: Uploader,
}

impl User {
    fn new(deployment: &Deployment, name: &str) -> Result<Self> {
        let token = deployment.new_user(&format!("{name}@example.com"))?.access;
        let endpoint = deployment.output("api_endpoint")?;
        let uploader = Uploader::new(deployment.address(), endpoint, &token)?;
        Ok(Self { uploader })
    }

    fn listed(&self, query: &str) -> Result<Value> {
        let path = format!("/uploads{query}");
        let answer = self.uploader.once("GET", &path, None, None)?;
        ensure!(answer.status == 200, "{}: {}", answer.status, answer.body);
        answer.json()
    }
}

/// No route, id, cursor, key or idempotency key of one user shows or changes anything of another's.
pub fn users_are_strangers_to_each_other(deployment: &Deployment) -> Result<()> {
    let (alice, bob) = (
        User::new(deployment, "alice")?,
        User::new(deployment, "robert")?,
    );
    let (finished, _) = alice.uploader.inline("mine", "mine.txt", "mine")?;
    alice.uploader.inline("mine-too", "mine-too.txt", "mine")?;
    let large = alice.uploader.announce("large", "large.txt", LARGE, None)?;
    let small = announce(&alice, "small", b"small")?;
    processed(&alice, &finished)?;

    for id in [&finished, &large.id, &small.0.id] {
        strange(&bob, "GET", &format!("/uploads/{id}"), None)?;
        strange(&bob, "GET", &format!("/uploads/{id}/parts"), None)?;
        let part = json!({"parts": [{"number": 1, "sha256": sha256(b"x")}]});
        strange(&bob, "POST", &format!("/uploads/{id}/parts"), Some(&part))?;
        strange(&bob, "POST", &format!("/uploads/{id}/complete"), None)?;
        strange(&bob, "POST", &format!("/uploads/{id}/retry"), None)?;
        strange(&bob, "DELETE", &format!("/uploads/{id}"), None)?;
    }
    let seen = alice.uploader.look(&finished)?;
    ensure!(
        seen["status"] == "PROCESSED",
        "a stranger has changed it: {seen}"
    );
    let seen = alice.uploader.look(&large.id)?;
    ensure!(
        seen["status"] == "PENDING",
        "a stranger has changed it: {seen}"
    );

    // Alice's cursor is no place in Bob's list.
    let page = alice.listed("?limit=1")?;
    let cursor = page["next_cursor"].as_str().context("no cursor")?;
    let answer = bob
        .uploader
        .once("GET", &format!("/uploads?cursor={cursor}"), None, None)?;
    ensure!(matches!(answer.status, 200 | 400), "{}", answer.status);
    for listed in [answer.body, bob.listed("")?.to_string()] {
        for id in [&finished, &large.id, &small.0.id] {
            ensure!(
                !listed.contains(id.as_str()),
                "listed to a stranger: {listed}"
            );
        }
    }

    // The same idempotency key of another user makes another upload.
    let (own, key) = bob.uploader.inline("mine", "mine.txt", "mine")?;
    ensure!(own != finished, "a stranger's key has answered with {own}");
    ensure!(!key.contains(&finished), "{key}");
    alice.uploader.delete(&large.id)?;
    alice.uploader.delete(&small.0.id)
}

fn strange(user: &User, method: &str, path: &str, body: Option<&Value>) -> Result<()> {
    let answer = user.uploader.once(method, path, None, body)?;
    let problem = ensure_problem(&answer, 404).with_context(|| format!("{method} {path}"))?;
    ensure!(
        problem["type"] == "urn:rustlambda:problem:not-found",
        "{problem}"
    );
    Ok(())
}

/// Returns an announced upload and its signed PUT.
fn announce(user: &User, key: &str, content: &[u8]) -> Result<(Ticket, Signed)> {
    let size = content.len() as u64;
    let ticket = user
        .uploader
        .announce(key, "file.txt", size, Some(&sha256(content)))?;
    match &ticket.way {
        Way::Put(signed) => Ok((ticket.clone(), signed.clone())),
        way => bail!("not a PUT: {way:?}"),
    }
}

fn processed(user: &User, id: &str) -> Result<Value> {
    let seen = cancel::poll(PATIENCE, || {
        let seen = user.uploader.look(id)?;
        Ok((seen["status"] == "PROCESSED").then_some(seen))
    })?;
    seen.with_context(|| format!("{id} is not processed"))
}

/// S3 refuses a signed URL for other bytes, another length, type, key, part or time than it was
/// signed for, and takes it for those.
pub fn a_signed_url_opens_what_it_was_signed_for(deployment: &Deployment) -> Result<()> {
    let user = User::new(deployment, "signer")?;
    let content = b"exactly these bytes";
    let (ticket, signed) = announce(&user, "bound", content)?;
    let (_, other) = announce(&user, "bound-too", b"some other bytes !!")?;
    let refused = |what: &str, signed: &Signed, bytes: &[u8]| -> Result<()> {
        let answer = user.uploader.put_once(signed, bytes)?;
        ensure!(
            matches!(answer.status, 400 | 403),
            "{what}: expected 400 or 403, got {}: {}",
            answer.status,
            answer.body
        );
        Ok(())
    };
    refused("other bytes", &signed, b"exactly those bytes")?;
    refused("another length", &signed, b"exactly these bytes, and more")?;
    refused(
        "another type",
        &with_header(&signed, "content-type", "text/html"),
        content,
    )?;
    let digest = header(&other, "x-amz-checksum-sha256")?;
    refused(
        "another checksum",
        &with_header(&signed, "x-amz-checksum-sha256", &digest),
        content,
    )?;
    refused(
        "no headers",
        &Signed {
            headers: Vec::new(),
            ..signed.clone()
        },
        content,
    )?;
    let elsewhere = signed
        .url
        .replacen(&ticket.id, "01890a5d-ac96-774b-bcce-b302099a8057", 1);
    ensure!(
        elsewhere != signed.url,
        "the URL does not name the upload: {elsewhere}"
    );
    refused(
        "another key",
        &Signed {
            url: elsewhere,
            ..signed.clone()
        },
        content,
    )?;
    refused("a longer time", &prolonged(&signed)?, content)?;

    let seen = user.uploader.look(&ticket.id)?;
    ensure!(
        seen["status"] == "PENDING",
        "a refused request was stored: {seen}"
    );
    let answer = user.uploader.put_once(&signed, content)?;
    ensure!(answer.status == 200, "{}: {}", answer.status, answer.body);
    let seen = processed(&user, &ticket.id)?;
    a_download_is_of_one_object(deployment, &seen)?;
    a_url_expires(
        deployment,
        deployment.output("uploads_bucket")?,
        &ticket.file_key,
    )?;
    parts_are_bound(&user)
}

/// Changes or adds a header.
fn with_header(signed: &Signed, name: &str, value: &str) -> Signed {
    let mut signed = signed.clone();
    signed.headers.retain(|(other, _)| other != name);
    signed.headers.push((name.to_owned(), value.to_owned()));
    signed
}

fn header(signed: &Signed, name: &str) -> Result<String> {
    let found = signed.headers.iter().find(|(other, _)| other == name);
    found
        .map(|(_, value)| value.clone())
        .with_context(|| format!("no {name} in {signed:?}"))
}

/// The same URL as if it were good for longer: it says for how long, at most 15 minutes, and nobody
/// who holds it can change that.
fn prolonged(signed: &Signed) -> Result<Signed> {
    let (before, rest) = signed
        .url
        .split_once("X-Amz-Expires=")
        .context("no expiry")?;
    let (seconds, rest) = rest.split_once('&').unwrap_or((rest, ""));
    ensure!(seconds.parse::<u32>()? <= 900, "good for {seconds} s");
    let url = format!("{before}X-Amz-Expires=604800&{rest}");
    Ok(Signed {
        url,
        ..signed.clone()
    })
}

/// S3 takes a URL of the same kind for as long as it says and refuses it then.
fn a_url_expires(deployment: &Deployment, bucket: &str, key: &str) -> Result<()> {
    let clients = deployment.clients();
    let name = "signs-for-two-seconds";
    clients.wait(clients.iam.create_user().user_name(name).send())?;
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "s3:GetObject*", "Resource": format!("arn:aws:s3:::{bucket}/*"),
    }]});
    let put = clients
        .iam
        .put_user_policy()
        .user_name(name)
        .policy_name("read");
    clients.wait(put.policy_document(policy.to_string()).send())?;
    let created = clients.wait(clients.iam.create_access_key().user_name(name).send())?;
    let key_of_user = created.access_key.context("no access key")?;
    let credentials = Credentials::new(
        key_of_user.access_key_id(),
        key_of_user.secret_access_key(),
        None,
        None,
        name,
    );
    let config = clients
        .s3
        .config()
        .to_builder()
        .credentials_provider(credentials)
        .build();
    let s3 = aws_sdk_s3::Client::from_conf(config);
    let get = s3.get_object().bucket(bucket).key(key);
    let signed =
        clients.wait(get.presigned(PresigningConfig::expires_in(Duration::from_secs(2))?))?;
    let http = Client::of(deployment.address())?;
    let at_once = http.get(signed.uri())?.status;
    thread::sleep(Duration::from_secs(4));
    let expired = http.get(signed.uri())?.status;
    let delete = clients.iam.delete_access_key().user_name(name);
    clients.wait(delete.access_key_id(key_of_user.access_key_id()).send())?;
    let delete = clients.iam.delete_user_policy().user_name(name);
    clients.wait(delete.policy_name("read").send())?;
    clients.wait(clients.iam.delete_user().user_name(name).send())?;
    ensure!(
        (at_once, expired) == (200, 403),
        "{at_once} at once, {expired} when it has expired"
    );
    Ok(())
}

/// A download opens its object, and no other by a change of its URL.
fn a_download_is_of_one_object(deployment: &Deployment, seen: &Value) -> Result<()> {
    let http = Client::of(deployment.address())?;
    for name in ["original", "result"] {
        let url = seen["download"][name].as_str();
        let url = url.with_context(|| format!("no download of the {name}: {seen}"))?;
        let answer = http.get(url)?;
        ensure!(answer.status == 200, "{}: {}", answer.status, answer.body);
        let elsewhere = url.replacen("file.txt", "another.txt", 1);
        ensure!(elsewhere != url, "the URL does not name the file: {url}");
        let answer = http.get(&elsewhere)?;
        ensure!(answer.status == 403, "{}: {}", answer.status, answer.body);
    }
    Ok(())
}

/// The URL of a part takes the bytes of that part alone.
fn parts_are_bound(user: &User) -> Result<()> {
    let ticket = user.uploader.announce("parts", "parts.txt", LARGE, None)?;
    let Way::Parts { part_size, .. } = ticket.way else {
        bail!("not a multipart upload: {ticket:?}")
    };
    let bytes = vec![b'a'; usize::try_from(part_size)?];
    let mut other = bytes.clone();
    other[0] = b'b';
    let signed = user
        .uploader
        .sign_parts(&ticket.id, &[(1, sha256(&bytes))])?;
    let signed = signed.first().context("no URL for the part")?;
    let second = signed.url.replacen("partNumber=1", "partNumber=2", 1);
    ensure!(
        second != signed.url,
        "the URL does not name its part: {second}"
    );
    let second = Signed {
        url: second,
        ..signed.clone()
    };
    for (what, signed, bytes) in [
        ("other bytes", signed, &other[..]),
        ("fewer bytes", signed, &bytes[1..]),
        ("another part", &second, &bytes[..]),
    ] {
        let status = user.uploader.put_once(signed, bytes)?.status;
        ensure!(
            matches!(status, 400 | 403),
            "{what}: expected 400 or 403, got {status}"
        );
    }
    ensure!(
        user.uploader.arrived(&ticket.id)?.is_empty(),
        "a refused part has arrived"
    );
    let status = user.uploader.put_once(signed, &bytes)?.status;
    ensure!(status == 200, "the part itself: {status}");
    user.uploader.delete(&ticket.id)
}
