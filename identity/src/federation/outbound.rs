//! HTTP to providers: no redirects, bounded in time and size, on the I/O runtime alone.
//!
//! The configuration names them, so they are asked wherever they are, inside our own network too. Servers that people
//! name are another matter: `crate::outbound`.

use std::time::Duration;

use futures_util::future::BoxFuture;
use openidconnect::http::{self, header::CONTENT_TYPE};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// Discovery documents and key sets have some kilobytes.
const BODY_MAX: usize = 1 << 20;
const CONNECTED_WITHIN: Duration = Duration::from_secs(3);
const ANSWERED_WITHIN: Duration = Duration::from_secs(8);

#[derive(Clone)]
pub(super) struct Outbound(reqwest::Client);

#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("{0}")]
    Transport(#[from] reqwest::Error),
    #[error("an answer that is too long")]
    TooLong,
    #[error("not a request or an answer: {0}")]
    Malformed(#[from] http::Error),
}

impl Outbound {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            // Who follows where a stranger points asks what the stranger cannot reach.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECTED_WITHIN)
            .timeout(ANSWERED_WITHIN)
            .build()?;
        Ok(Self(client))
    }

    pub(super) async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
        let mut response = self.0.execute(request.try_into()?).await.map_err(reqwest::Error::without_url)?;
        let mut answer = http::Response::builder().status(response.status());
        if let Some(media_type) = response.headers().get(CONTENT_TYPE) {
            answer = answer.header(CONTENT_TYPE, media_type);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(reqwest::Error::without_url)? {
            if body.len() + chunk.len() > BODY_MAX {
                return Err(Unanswered::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(answer.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = Unanswered;
    type Future = BoxFuture<'c, Result<HttpResponse, Unanswered>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
