//! Somebody with an account.

use serde::Deserialize;
use serde_json::json;

use super::Buyer;
use crate::http::{Client, Request, Target};

/// An address and its password.
pub(crate) struct Account {
    email: String,
    password: String,
}

impl Account {
    /// A new one, of nobody.
    pub(crate) async fn register(client: &Client) -> anyhow::Result<Self> {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let account = Self { email: format!("lt{name}@example.com"), password: format!("password of {name}") };
        let body = json!({ "email": account.email, "password": account.password });
        let request = Request::post(&client.target, "/api/v1/auth/register").json_of(&body);
        client.ask(&request).await?.expect_success("a registration")?;
        Ok(account)
    }

    /// What its owner sends to be let in.
    pub(crate) fn login(&self, target: &Target) -> Request {
        let body = json!({ "email": self.email, "password": self.password });
        Request::post(target, "/api/v1/auth/login").json_of(&body)
    }

    /// A session of its own.
    pub(crate) async fn sign_in(&self, client: &Client) -> anyhow::Result<Buyer> {
        #[derive(Deserialize)]
        struct SignedIn {
            access_token: String,
        }
        let reply = client.ask(&self.login(&client.target)).await?.expect_success("a login")?;
        let SignedIn { access_token } = reply.read("a login")?;
        Ok(Buyer::with_token(access_token))
    }
}
