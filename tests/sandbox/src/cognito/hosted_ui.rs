//! Sign-in at the hosted UI by authorization code with PKCE, as a browser and its application do
//! it together. Only tokens of this way have the scopes of an API.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use ureq::Agent;

use super::Tokens;
use crate::{api, embedded_aws::Address};

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
        // Its redirect leads to the application, which is this one.
        let agent: Agent = api::config()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        let asked = self.asked(scopes);
        self.see_login_page(&agent, &asked)?;
        let code = self.log_in(&agent, &asked, email, password)?;
        self.redeem(&agent, &code)
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

    fn see_login_page(&self, agent: &Agent, asked: &[(&str, &str)]) -> Result<()> {
        let page = agent
            .get(format!("{}/oauth2/authorize", self.aws.endpoint()))
            .query_pairs(asked.iter().copied())
            .call()?;
        ensure!(
            page.status() == 200,
            "the hosted UI shows no login page but {}: {:?}",
            page.status(),
            page.headers()
        );
        Ok(())
    }

    /// Gives the authorization code.
    fn log_in(
        &self,
        agent: &Agent,
        asked: &[(&str, &str)],
        email: &str,
        password: &str,
    ) -> Result<String> {
        let credentials = [("username", email), ("password", password)];
        let form = asked.iter().chain(&credentials).copied();
        let answer = agent
            .post(format!("{}/login", self.aws.endpoint()))
            .send_form(form)?;
        let place = answer.headers().get("location");
        let place = place.and_then(|place| place.to_str().ok());
        let place = place.with_context(|| format!("no redirect from /login: {answer:?}"))?;
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

    fn redeem(&self, agent: &Agent, code: &str) -> Result<Tokens> {
        let mut answer = agent
            .post(format!("{}/oauth2/token", self.aws.endpoint()))
            .send_form([
                ("grant_type", "authorization_code"),
                ("client_id", self.client_id),
                ("redirect_uri", self.redirect_uri),
                ("code", code),
                ("code_verifier", VERIFIER),
            ])?;
        let body: Value = answer.body_mut().read_json()?;
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
