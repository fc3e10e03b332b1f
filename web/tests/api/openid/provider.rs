//! A provider of OpenID Connect that somebody else wrote, in a process of its own: one for all tests of this program. It ends
//! with it, however that ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

pub(super) const CLIENT_ID: &str = "doorbuster";
pub(super) const CLIENT_SECRET: &str = "a secret that only the two of them know";

/// Where the providers of these tests send a browser back to: what the shop is called here.
const REDIRECT_URIS: [&str; 2] =
    ["http://shop.test/api/v1/auth/oidc/peer/callback", "http://shop.test/api/v1/auth/oidc/twin/callback"];

pub(super) struct Provider {
    pub(super) issuer: String,
    _process: Child,
    /// It ends when this is closed.
    _stdin: ChildStdin,
}

impl Provider {
    pub(super) fn running() -> &'static Self {
        static RUNNING: OnceLock<Provider> = OnceLock::new();
        RUNNING.get_or_init(Self::start)
    }

    fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/openid/provider.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .arg(folder())
            .args(REDIRECT_URIS)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts; `make install-peers` installs it");
        let stdin = process.stdin.take().expect("it is piped");
        let mut said = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut said).expect("it speaks");
        let issuer = said.trim().to_owned();
        assert!(issuer.starts_with("http://"), "the provider did not start: {issuer:?}");
        Self { issuer, _process: process, _stdin: stdin }
    }
}

/// Where `scripts/install-peers.sh` put it.
fn folder() -> PathBuf {
    let beside_the_target = || Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a target").join("peers");
    let folder = std::env::var_os("DOORBUSTER_TEST_PEERS").map_or_else(beside_the_target, PathBuf::from);
    let package = folder.join("node_modules/oidc-provider");
    assert!(package.exists(), "{} is not there: `make install-peers` installs it", package.display());
    folder
}
