//! Listens: the HTTP server around the application, with limits on what a connection may cost.
//!
//! Put together of the framework's parts rather than by its `HttpServer`, which takes connections as they are.

mod connection;
mod pace;
mod patience;

use std::future::ready;
use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive};
use actix_rt::net::TcpStream;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, Server};
use actix_web::web::Data;

use crate::middleware::Door;
use crate::routes;
use crate::settings;
use crate::state::State;
pub(crate) use connection::Connection;
use patience::{Patience, Patient};

/// How long a connection that we end may take to read our last word.
const LINGER: Duration = Duration::from_secs(1);

pub(crate) fn serve(listener: TcpListener, settings: &settings::Server, state: Data<State>) -> io::Result<Server> {
    let address = listener.local_addr()?;
    let keep_alive = Duration::from_secs(settings.keep_alive_s);
    let head_timeout = settings.head_timeout();
    let patience = Patience {
        // Longer than the framework's own, which says goodbye properly.
        idle: keep_alive + head_timeout,
        head: head_timeout,
        answer: settings.body_timeout() + settings.request_timeout() + LINGER,
    };
    let mut server = Server::build()
        .max_concurrent_connections(settings.connections_max)
        .shutdown_timeout(settings.shutdown_s)
        // The program stops itself: the server first, then the engine behind it.
        .disable_signals();
    if settings.workers > 0 {
        server = server.workers(settings.workers);
    }
    let stopping = server.graceful_shutdown_signal();
    let connections = move || {
        let stopping = stopping.clone();
        let application = App::new()
            .app_data(state.clone())
            .configure(|config| routes::all().mount(config))
            .wrap(Door::new(state.clone()));
        let application = application.into_factory().map_err(|error: actix_web::Error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KeepAlive::Timeout(keep_alive))
            .client_request_timeout(head_timeout)
            .client_disconnect_timeout(LINGER)
            .local_addr(address)
            .on_connect_ext(|stream: &Patient<TcpStream>, data| {
                data.insert(stream.connection());
            })
            .h1(map_config(application, |()| AppConfig::default()));
        fn_service(move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            // An answer is written whole: waiting for more to send with it would only be late. A connection that has gone
            // already says so when it is read.
            let _ = stream.set_nodelay(true);
            ready(Ok::<_, DispatchError>((Patient::new(stream, patience), peer)))
        })
        .and_then(http)
    };
    Ok(server.listen("doorbuster", listener, connections)?.run())
}
