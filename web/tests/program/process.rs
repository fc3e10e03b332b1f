//! A running `doorbuster` and the folder that it keeps its things in.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// Removed with whatever a failed test left running in it.
pub(crate) struct DataDir {
    folder: TempDir,
}

pub(crate) struct Shop {
    child: Option<Child>,
    address: String,
}

/// A request of which half is sent.
pub(crate) struct Dawdler {
    stream: TcpStream,
    rest: String,
}

pub(crate) fn doorbuster(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorbuster"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DOORBUSTER")) {
        command.env_remove(name);
    }
    command.env("DOORBUSTER_ENV", "test").env("DOORBUSTER_CONFIG_DIR", "/nowhere");
    command
}

pub(crate) fn is_alive(process: Pid) -> bool {
    kill(process, None).is_ok()
}

impl DataDir {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // Whoever runs PostgreSQL can get into it.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("open to all");
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = doorbuster(arguments);
        command.env("DOORBUSTER__DATABASE__DATA_DIR", self.path());
        command
    }

    /// Starts it and waits until it says where it is.
    pub(crate) fn serve(&self) -> Shop {
        Self::started(self.command(&["serve"]), Stdio::piped())
    }

    /// The same with the demo shop, and the file in which it says whatever `filter` lets it say.
    pub(crate) fn serve_telling_all(&self, filter: &str) -> (Shop, PathBuf) {
        let log = self.path().join("log");
        let mut command = self.command(&["serve"]);
        command.env("DOORBUSTER__LOG__FILTER", filter).env("DOORBUSTER__SALE__DEMO", "true");
        (Self::started(command, fs::File::create(&log).expect("a file").into()), log)
    }

    /// The same, on a database of another's.
    pub(crate) fn serve_on(&self, database: &str) -> Shop {
        let mut command = self.command(&["serve"]);
        command
            .env("DOORBUSTER__DATABASE__URL", database)
            // Whoever dawdles is waited for until the test is done with them.
            .env("DOORBUSTER__SERVER__SHUTDOWN_S", "60")
            .env("DOORBUSTER__SERVER__BODY_TIMEOUT_MS", "60000")
            .env("DOORBUSTER__SECURITY__ADMIN_KEY", "the key of the first admin")
            .env("DOORBUSTER__SECURITY__TOKEN_SECRET", "a secret of the tests, long enough");
        Self::started(command, Stdio::piped())
    }

    /// A key with every scope of the staff, on a database of another's.
    pub(crate) fn key_on(&self, database: &str) -> String {
        let mut command = self.command(&["key", "create", "--name", "tests"]);
        let made = command.env("DOORBUSTER__DATABASE__URL", database).output().expect("it runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).expect("text").trim().to_owned()
    }

    fn started(mut command: Command, log: Stdio) -> Shop {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
        let mut said = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let address = said.find_map(|line| line.strip_prefix("Doorbuster is open: http://").map(str::to_owned));
        let Some(address) = address else {
            let output = child.wait_with_output().expect("it ended");
            panic!("it did not come up: {}", String::from_utf8_lossy(&output.stderr));
        };
        // What it says later is read so that it never waits for a reader.
        std::thread::spawn(move || said.for_each(drop));
        Shop { child: Some(child), address }
    }

    /// The process of its PostgreSQL.
    pub(crate) fn postgres(&self) -> Pid {
        self.running_postgres().expect("it runs")
    }

    fn running_postgres(&self) -> Option<Pid> {
        let file = fs::read_to_string(self.path().join("pg/postmaster.pid")).ok()?;
        file.lines().next()?.parse().ok().map(Pid::from_raw)
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        if let Some(left) = self.running_postgres() {
            // Gone already is as well.
            let _ = kill(left, Signal::SIGQUIT);
        }
    }
}

impl Shop {
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The whole answer, head and body.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n").expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// What it answers to a `POST` of JSON: status and body.
    pub(crate) fn post(&self, path: &str, bearer: &str, key: &str, body: &str) -> (u16, String) {
        self.dawdle(path, bearer, key, body).finish()
    }

    /// Begins a `POST` of JSON, and does not get on with it.
    pub(crate) fn dawdle(&self, path: &str, bearer: &str, key: &str, body: &str) -> Dawdler {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let (sent, rest) = body.split_at(body.len() / 2);
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nAuthorization: Bearer {bearer}\r\n\
             Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{sent}"
        )
        .expect("half a request");
        Dawdler { stream, rest: rest.to_owned() }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.id()).expect("a process number")), signal).expect("it runs");
    }

    /// Sends the signal and waits for the end.
    pub(crate) fn end(self, signal: Signal) -> Output {
        self.signal(signal);
        self.ended()
    }

    /// Waits for its end.
    pub(crate) fn ended(mut self) -> Output {
        self.child.take().expect("it runs").wait_with_output().expect("it ends")
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.as_mut().expect("it is waited for once").try_wait().expect("its own child").is_some()
    }
}

impl Dawdler {
    /// Sends the rest, and hears the answer: status and body.
    pub(crate) fn finish(mut self) -> (u16, String) {
        self.stream.write_all(self.rest.as_bytes()).expect("the rest of a request");
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, body.to_owned())
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The test failed: the folder's own drop stops PostgreSQL.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
