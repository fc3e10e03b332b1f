//! Which shop, with which key, and where the report goes.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use crate::http::{Client, Target};
use crate::shop::Admin;

#[derive(Args)]
pub(crate) struct ShopFlags {
    /// The shop
    #[arg(long, env = "LOADTEST_URL", default_value = "http://127.0.0.1:8080")]
    pub(crate) url: String,
    /// Its admin key: to make goods before the sale and to ask for the books after it
    #[arg(long, env = "LOADTEST_ADMIN_KEY", hide_env_values = true)]
    pub(crate) admin_key: Option<String>,
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

    pub(crate) fn admin(&self) -> anyhow::Result<Admin> {
        let key = self
            .admin_key
            .clone()
            .context("a sale needs --admin-key (or LOADTEST_ADMIN_KEY): it makes goods and asks for the books")?;
        Ok(Admin::new(Client::new(self.target()?), key))
    }
}
