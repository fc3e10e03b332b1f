//! An actix-web handler that does nothing: the ceiling that a product page is compared with.

use std::sync::Arc;

use actix_web::{HttpResponse, web};

use super::endpoint::{Running, start_app};
use crate::http::Target;

pub(crate) struct EmptyServer(Running);

impl EmptyServer {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let running = start_app(|config| {
            config.route("/", web::get().to(|| std::future::ready(HttpResponse::Ok().finish())));
        })?;
        Ok(Self(running))
    }

    pub(crate) fn target(&self) -> Arc<Target> {
        self.0.target.clone()
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.0.stop().await
    }
}
