//! A shop of its own for each test: a port, a clock that stands still, a client with a method per call.

use std::path::Path;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;

use chrono::DateTime;
use engine::clock::{Clock, CountedIds, ManualClock};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::oneshot;
use web::settings::{Environment, Settings};
use web::startup::{Application, Parts};
use web::telemetry;

use crate::client::{Answer, Client};

pub(crate) const ADMIN_KEY: &str = "the-key-of-the-tests";

pub(crate) struct TestApp {
    pub(crate) client: Client,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

impl TestApp {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub(crate) fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let clock = Arc::new(ManualClock::at(DateTime::from_timestamp(1_800_000_000, 0).expect("a time")));
        let parts = parts(clock);
        let (stop, stopped) = oneshot::channel();
        let (bound, address) = mpsc::channel();
        let server = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let application = Application::build(&settings, parts).expect("an application");
                bound.send(application.address()).expect("the test is waiting");
                let stopped = async move {
                    // The test ended without a word.
                    let _ = stopped.await;
                };
                application.run_until(stopped).await.expect("a server that ends well");
            });
        });
        let address = address.recv().expect("the server has started");
        Self { client: Client { address }, stop: Some(stop), server: Some(server) }
    }

    /// A new guest's token.
    pub(crate) async fn guest(&self) -> String {
        let session = self.begin_session().await.expect(201);
        session["token"].as_str().expect("a token").to_owned()
    }

    pub(crate) async fn begin_session(&self) -> Answer {
        self.client.post("/api/v1/session").send().await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(server) = self.server.take() {
            let ended = server.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server ended badly");
        }
    }
}

pub(crate) fn settings() -> Settings {
    let variables = [
        ("DOORBUSTER__SECURITY__ADMIN_KEY", ADMIN_KEY),
        ("DOORBUSTER__SECURITY__TOKEN_SECRET", "a secret of the tests, long enough"),
    ];
    let variables = variables.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    Settings::read(Path::new("../config"), Environment::Test, variables).expect("settings")
}

pub(crate) fn parts(clock: Arc<dyn Clock>) -> Parts {
    Parts { clock, ids: Arc::new(CountedIds::lane(7)), metrics: metrics() }
}

fn metrics() -> PrometheusHandle {
    static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();
    METRICS.get_or_init(|| telemetry::metrics().expect("once per process")).clone()
}
