//! Which shop, with which key, and where the report goes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;

use crate::http::{Client, Connection, Request, Target};
use crate::shop::Admin;
use crate::span;

#[derive(Args)]
pub(crate) struct ShopFlags {
    /// The shop
    #[arg(long, env = "LOADTEST_URL", default_value = "http://127.0.0.1:8080")]
    pub(crate) url: String,
    /// A secret key of it with all scopes: to make goods before the sale and to ask for the books after it
    #[arg(long, env = "LOADTEST_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
    /// Where the key is, when it is not given: a shop with an embedded database keeps it here
    #[arg(long, default_value = ".data/operator_key")]
    pub(crate) key_file: PathBuf,
    /// Wait this long for the shop to be ready
    #[arg(long, value_parser = span::parse, default_value = "0s")]
    pub(crate) wait: Duration,
    /// A TOML file with a workload; flags come before it
    #[arg(long)]
    pub(crate) workload: Option<PathBuf>,
    /// Folder for the report
    #[arg(long, default_value = "target/loadtest")]
    pub(crate) out: PathBuf,
}

impl ShopFlags {
    pub(crate) fn target(&self) -> anyhow::Result<Arc<Target>> {
        Ok(Arc::new(Target::parse(&self.url)?))
    }

    /// The shop, once it is ready. Better one clear word at the beginning than many repeats later.
    pub(crate) async fn reach(&self) -> anyhow::Result<Arc<Target>> {
        let target = self.target()?;
        let mut connection = Connection::new(target.clone(), Duration::from_secs(5));
        let ready = Request::get(&target, "/readyz").empty();
        let begun = Instant::now();
        loop {
            let answer = connection.exchange(&ready).await;
            if matches!(answer, Ok(head) if head.status < 500) {
                return Ok(target);
            }
            if begun.elapsed() >= self.wait {
                let said =
                    answer.map_or_else(|fault| fault.name().to_owned(), |head| format!("status {}", head.status));
                bail!("the shop at {} is not ready: {said}", target.authority);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub(crate) fn admin(&self) -> anyhow::Result<Admin> {
        let key = match (&self.key, std::fs::read_to_string(&self.key_file)) {
            (Some(key), _) => key.clone(),
            (None, Ok(text)) => text.trim().to_owned(),
            (None, Err(_)) => bail!(
                "a sale makes goods and asks for the books: give --key, LOADTEST_KEY, or the key in {}",
                self.key_file.display()
            ),
        };
        Ok(Admin::new(Client::new(self.target()?), key))
    }
}
