//! An HTTP client that trusts an embedded AWS. Every status is an answer and none an error, and
//! no redirect is followed.

use std::{sync::Arc, thread, time::Duration};

use anyhow::{Context, Result, anyhow};
use http_body_util::{BodyExt, Full};
pub use hyper::Request;
use hyper::{
    HeaderMap, Uri,
    body::Bytes,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    runtime::Builder,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::embedded_aws::Address;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client of one embedded AWS.
#[derive(Clone)]
pub struct Client {
    port: u16,
    tls: TlsConnector,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as it came.
    pub body: String,
    headers: HeaderMap,
}

impl Answer {
    /// A header's value, or an empty string.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body)
            .with_context(|| format!("not JSON (status {}): {}", self.status, self.body))
    }

    /// The answer, or an error when its status is not one of success.
    pub fn success(self, what: &str) -> Result<Self> {
        match self.status {
            200..300 => Ok(self),
            status => Err(anyhow!("{what} answered {status}: {}", self.body)),
        }
    }
}

impl Client {
    /// A client that trusts the authorities of `aws`.
    pub fn of(aws: &Address) -> Result<Self> {
        let file = &aws.authorities;
        let unreadable = || format!("cannot read the authorities in {}", file.display());
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(file).with_context(unreadable)? {
            roots.add(certificate.with_context(unreadable)?)?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            port: aws.port,
            tls: TlsConnector::from(Arc::new(config)),
        })
    }

    /// `GET url`.
    pub fn get(&self, url: &str) -> Result<Answer> {
        self.send(Request::get(url).body(Vec::new())?)
    }

    /// `POST url` with a form, as browsers send it.
    pub fn post_form(&self, url: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let request = Request::post(url).header(CONTENT_TYPE, FORM);
        self.send(request.body(form(fields).into_bytes())?)
    }

    /// Sends a request to the port of the embedded AWS, whatever host its URL names.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        let what = format!("{} {}", request.method(), request.uri());
        // A thread of its own, since the caller may be inside a runtime already.
        let answered = thread::scope(|scope| {
            let exchange = scope.spawn(|| {
                let runtime = Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(async { timeout(PATIENCE, self.exchange(request)).await? })
            });
            exchange.join()
        });
        answered
            .unwrap_or_else(|_| Err(anyhow!("the client panicked")))
            .with_context(|| format!("{what} got no answer"))
    }

    async fn exchange(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.set_nodelay(true)?;
        if request.uri().scheme_str() == Some("https") {
            let host = request.uri().host().context("the URL names no host")?;
            let name = ServerName::try_from(host.to_owned())?;
            converse(self.tls.connect(name, stream).await?, request).await
        } else {
            converse(stream, request).await
        }
    }
}

/// The media type of [`form`].
pub const FORM: &str = "application/x-www-form-urlencoded";

/// Writes fields as a query or a form has them.
pub fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let fields = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    fields.collect::<Vec<_>>().join("&")
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Vec<u8>>,
) -> Result<Answer> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (mut head, body) = request.into_parts();
    let authority = head.uri.authority().context("the URL names no host")?;
    let host = HeaderValue::from_str(authority.as_str())?;
    head.headers.entry(HOST).or_insert(host);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = path.parse::<Uri>()?;
    let request = Request::from_parts(head, Full::<Bytes>::from(body));
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes().to_vec();
    Ok(Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: String::from_utf8(body).context("the answer is not text")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_forms_as_browsers_do() {
        let fields = [("scope", "openid a/b"), ("e-mail", "ada@example.com")];
        let text = form(&fields);
        assert_eq!(text, "scope=openid%20a%2Fb&e%2Dmail=ada%40example%2Ecom");
    }
}
