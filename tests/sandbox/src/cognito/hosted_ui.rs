//! Sign-in at the hosted UI by authorization code with PKCE, as a browser and its application do
//! it together. Only tokens of this way have the scopes of an API.

use anyhow::{Context, Result, ensure};

use super::Tokens;
use crate::{
    embedded_aws::Address,
    http::{Client, form},
};

/// A code verifier and its challenge (RFC 7636, appendix B). Applications make a new pair for
/// each sign-in; this one is known to the whole world.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What the application gives its sign-in to tell the answer from another's.
const STATE: &str = "a-state";

/// The hosted UI as an application reaches it.
#[derive(Debug)]
pub struct HostedUi<'a> {
    /// Where it is.
    pub aws: &'a Address,
    /// The application's client.
    pub client_id: &'a str,
    /// Where the application takes the code, one of the client's callback URLs.
    pub redirect_uri: &'a str,
}

impl HostedUi<'_> {
    /// Signs a confirmed user in, for `scopes` with a space between them. `openid` must be one,
    /// or there is no id token.
    pub fn sign_in(&self, scopes: &str, email: &str, password: &str) -> Result<Tokens> {
        let client = Client::of(self.aws)?;
        let asked = self.asked(scopes);
        self.see_login_page(&client, &asked)?;
        let code = self.log_in(&client, &asked, email, password)?;
        self.redeem(&client, &code)
    }

    /// The parameters of the authorization request (RFC 6749, section 4.1.1).
    fn asked<'a>(&'a self, scopes: &'a str) -> [(&'static str, &'a str); 7] {
        [
            ("response_type", "code"),
            ("client_id", self.client_id),
            ("redirect_uri", self.redirect_uri),
            ("scope", scopes),
            ("state", STATE),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]
    }

    fn see_login_page(&self, client: &Client, asked: &[(&str, &str)]) -> Result<()> {
        let url = format!("{}/oauth2/authorize?{}", self.aws.endpoint(), form(asked));
        client.get(&url)?.success("the hosted UI's login page")?;
        Ok(())
    }

    /// Gives the authorization code.
    fn log_in(
        &self,
        client: &Client,
        asked: &[(&str, &str)],
        email: &str,
        password: &str,
    ) -> Result<String> {
        let credentials = [("username", email), ("password", password)];
        let fields = [asked, &credentials].concat();
        let answer = client.post_form(&format!("{}/login", self.aws.endpoint()), &fields)?;
        let place = answer.header("location");
        let rest = place
            .strip_prefix(self.redirect_uri)
            .with_context(|| format!("/login leads elsewhere: {place}"))?;
        let parameter = |name: &str| {
            let mut pairs = rest.trim_start_matches('?').split('&');
            pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        ensure!(parameter("state") == Some(STATE), "another state: {place}");
        let code = parameter("code").with_context(|| format!("no code in {place}"))?;
        Ok(code.to_owned())
    }

    fn redeem(&self, client: &Client, code: &str) -> Result<Tokens> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client_id),
            ("redirect_uri", self.redirect_uri),
            ("code", code),
            ("code_verifier", VERIFIER),
        ];
        let url = format!("{}/oauth2/token", self.aws.endpoint());
        let body = client.post_form(&url, &fields)?.json()?;
        let token = |name: &str| {
            let token = body[name].as_str().map(str::to_owned);
            token.with_context(|| format!("/oauth2/token gave no {name}: {body}"))
        };
        Ok(Tokens {
            access: token("access_token")?,
            id: token("id_token")?,
        })
    }
}
