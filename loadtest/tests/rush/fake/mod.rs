//! A shop in memory that speaks as much of the API as a load test hears, and can be wrong in one way.

mod books;
mod routes;

use std::net::SocketAddr;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};

use books::Books;

/// How the shop is wrong. Each happens as often as it takes to be noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    /// Now and then busy, still in flight, or silent; never wrong.
    Stumbles,
    /// Right, and once silent for `STALL`.
    Stalls,
    Oversells,
    LosesAnOrder,
    DoublesAnOrder,
    ChargesMore,
    RefusesButPlaces,
    RefusesTooSoon,
    ForgetsALedgerEntry,
    MiscountsALedgerEntry,
    ShowsAnotherLevel,
    AnswersAnotherNumber,
    ListsAnOrderTwice,
    ForgetsAHold,
    SendsAnother,
}

/// How long a stalling shop answers nobody.
pub(crate) const STALL: Duration = Duration::from_millis(600);

pub(crate) struct FakeShop {
    address: SocketAddr,
    handle: ServerHandle,
}

impl FakeShop {
    pub(crate) fn open(flaw: Flaw) -> Self {
        let (tell, told) = channel();
        thread::spawn(move || {
            let books = web::Data::from(Arc::new(Mutex::new(Books::new(flaw))));
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || App::new().app_data(books.clone()).configure(routes::routes))
                    .workers(1)
                    .disable_signals()
                    .bind(("127.0.0.1", 0))
                    .unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                tell.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = told.recv().unwrap();
        Self { address, handle }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for FakeShop {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}
