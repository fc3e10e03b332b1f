//! The baseline's shop: one actix-web handler, a pool, and PostgreSQL.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use actix_web::dev::ServerHandle;
use actix_web::web::{Data, Json};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::{Context, anyhow};
use serde_json::json;

use super::pool::Pool;
use super::purchase::{Basket, in_a_transaction, in_one_statement};
use crate::http::Target;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Transaction,
    Statement,
}

impl Way {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Transaction => "one transaction per order",
            Self::Statement => "one statement per order",
        }
    }
}

/// A server on a free port, on threads of its own. Stops when told to.
pub(super) struct Running {
    pub(super) target: Arc<Target>,
    handle: ServerHandle,
    thread: thread::JoinHandle<std::io::Result<()>>,
}

/// Serves purchases until stopped.
pub(super) fn start(way: Way, pool: Pool) -> anyhow::Result<Running> {
    let state = Data::new((way, pool));
    start_app(move |config| {
        config.app_data(state.clone()).route("/checkout", web::post().to(buy));
    })
}

/// Serves whatever `configure` routes, with as many workers as there are cores, as a shop does.
pub(super) fn start_app(
    configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> anyhow::Result<Running> {
    let (tell, told) = mpsc::channel();
    let thread = thread::Builder::new().name("plain-shop".into()).spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().configure(configure.clone()))
                .disable_signals()
                .bind(("127.0.0.1", 0))?;
            let address = server.addrs()[0];
            let server = server.run();
            // Whoever asked has gone if this fails, and then nothing is to be served.
            if tell.send((address, server.handle())).is_ok() {
                server.await?;
            }
            Ok(())
        })
    })?;
    let (address, handle) = told.recv().map_err(|_| anyhow!("the plain shop did not start"))?;
    Ok(Running { target: Arc::new(Target::local(address)), handle, thread })
}

impl Running {
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.handle.stop(false).await;
        self.thread.join().map_err(|_| anyhow!("the plain shop panicked"))?.context("the plain shop failed")
    }
}

async fn buy(request: HttpRequest, state: Data<(Way, Pool)>, basket: Json<Basket>) -> actix_web::Result<HttpResponse> {
    let (way, pool) = state.get_ref();
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
    let Some(key) = key else {
        return Ok(HttpResponse::BadRequest().finish());
    };
    let mut session = pool.session().await.map_err(unavailable)?;
    let bought = match way {
        Way::Transaction => in_a_transaction(&mut session, key, &basket).await,
        Way::Statement => in_one_statement(&session, key, &basket).await,
    };
    drop(session);
    let Some(bought) = bought.map_err(unavailable)? else {
        return Ok(HttpResponse::Conflict().json(json!({ "code": "out_of_stock" })));
    };
    let item = &basket.items[0];
    Ok(HttpResponse::Created().json(json!({
        "order_no": bought.order,
        "status": "payment_pending",
        "totals": { "grand": { "amount": bought.unit_price * item.quantity, "currency": "INR" } },
        "lines": [{ "sku": item.sku, "quantity": item.quantity, "unit_price": bought.unit_price, "seq": bought.seq }],
    })))
}

fn unavailable(error: tokio_postgres::Error) -> actix_web::Error {
    actix_web::error::ErrorServiceUnavailable(error)
}
