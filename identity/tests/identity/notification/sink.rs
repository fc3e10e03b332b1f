//! A real mail server (aiosmtpd) in a process of its own, on any free port.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde::Deserialize;
use std::collections::HashMap;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/identity/notification/sink.py");

/// Ends when it is dropped.
pub(crate) struct Sink {
    process: Child,
    /// Closed with this program, however it ends; then the server ends too.
    _stdin: Option<ChildStdin>,
    port: u16,
    heard: Arc<Mutex<Vec<Attempt>>>,
}

/// What it was sent, and what it answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) said: String,
    pub(crate) sender: String,
    pub(crate) recipients: Vec<String>,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

#[derive(Deserialize)]
struct Listening {
    port: u16,
}

impl Sink {
    pub(crate) fn start() -> Self {
        Self::at(0)
    }

    pub(crate) fn at(port: u16) -> Self {
        let mut process = Command::new(python())
            .args([PROGRAM, &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let stdin = process.stdin.take();
        let mut lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let first = lines.next().expect("it says where it listens").expect("a line");
        let Listening { port } = serde_json::from_str(&first).expect("a port");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&heard);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let attempt = serde_json::from_str(&line).expect("an attempt");
                keep.lock().unwrap_or_else(PoisonError::into_inner).push(attempt);
            }
        });
        Self { process, _stdin: stdin, port, heard }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// In the order they came.
    pub(crate) fn attempts(&self) -> Vec<Attempt> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn wait_for(&self, attempts: usize) -> Vec<Attempt> {
        testdb::eventually("mail", || Some(self.attempts()).filter(|heard| heard.len() >= attempts))
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One that has aiosmtpd: see scripts/install-peers.sh.
fn python() -> &'static str {
    let has_it = |python: &&str| {
        let tried = Command::new(python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    };
    ["/usr/bin/python3", "python3"].into_iter().find(has_it).expect("`make install-peers` installs aiosmtpd")
}
