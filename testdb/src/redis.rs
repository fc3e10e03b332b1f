//! A Redis of one's own, that can be killed, frozen and started again in the middle of a test.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::eventually;

/// The shell outlives nobody: when our end of its input is closed, however that comes, it takes the server with it.
const WITH_US: &str = r#""$@" >/dev/null & echo $!; read -r _; kill -9 $! 2>/dev/null"#;

/// Keeps nothing on disk. Ends with this value.
pub struct TestRedis {
    folder: TempDir,
    running: Option<Running>,
}

struct Running {
    server: Pid,
    shell: Child,
}

impl TestRedis {
    pub fn start() -> Self {
        let mut redis = Self { folder: tempfile::tempdir().expect("a folder"), running: None };
        redis.start_again();
        redis
    }

    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// As when its machine is gone: everything it knew is lost.
    pub fn kill(&mut self) {
        let Some(Running { server, mut shell }) = self.running.take() else { return };
        kill(server, Signal::SIGKILL).expect("a process of ours");
        // It waits for its input's end, and that is it.
        drop(shell.stdin.take());
        shell.wait().expect("a shell that ends");
    }

    /// Empty, at the same address.
    pub fn start_again(&mut self) {
        // What a killed one left there.
        let _ = std::fs::remove_file(self.socket());
        let mut shell = Command::new("sh")
            .args(["-c", WITH_US, "redis", "redis-server", "--port", "0", "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(self.folder.path())
            .arg("--unixsocket")
            .arg(self.socket())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut line = String::new();
        let said = shell.stdout.take().expect("it is piped");
        BufReader::new(said).read_line(&mut line).expect("the server's number");
        let server = Pid::from_raw(line.trim().parse().expect("a number"));
        self.running = Some(Running { server, shell });
        eventually("an answer of redis-server (scripts/install-peers.sh installs it)", || self.answers().then_some(()));
    }

    /// It takes what it is sent, and says nothing.
    pub fn freeze(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub fn thaw(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// What it answers to one command, as it says it.
    pub fn say(&self, command: &str) -> String {
        let mut stream = UnixStream::connect(self.socket()).expect("a connection");
        stream.write_all(format!("{command}\r\nQUIT\r\n").as_bytes()).expect("it is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn signal(&self, signal: Signal) {
        let running = self.running.as_ref().expect("it runs");
        kill(running.server, signal).expect("a process of ours");
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    fn answers(&self) -> bool {
        let ping = || -> std::io::Result<bool> {
            let mut stream = UnixStream::connect(self.socket())?;
            stream.write_all(b"PING\r\n")?;
            let mut answer = [0; 5];
            stream.read_exact(&mut answer)?;
            Ok(&answer == b"+PONG")
        };
        ping().unwrap_or(false)
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        self.kill();
    }
}
