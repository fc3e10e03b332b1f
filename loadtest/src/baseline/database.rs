//! The PostgreSQL of the baseline: where it is, and how to change how fast it commits.

use anyhow::{Context, bail};
use tokio_postgres::config::Host;
use tokio_postgres::{Config, NoTls};

pub(crate) struct Database {
    config: Config,
}

impl Database {
    /// `postgres://user@host/name`, or over a Unix socket `postgres://user@localhost/name?host=/run/postgresql`.
    pub(crate) fn parse(url: &str) -> anyhow::Result<Self> {
        let config: Config = url.parse().with_context(|| format!("{url} is not a PostgreSQL URL"))?;
        Ok(Self { config: socket_first(&config) })
    }

    /// With `schema` in front of the search path, if given.
    pub(super) fn config(&self, schema: Option<&str>) -> Config {
        let mut config = self.config.clone();
        if let Some(schema) = schema {
            config.options(format!("-c search_path={schema}"));
        }
        config
    }

    /// A connection for a few statements. Its driver runs on the current runtime.
    pub(crate) async fn connect(&self, schema: Option<&str>) -> anyhow::Result<tokio_postgres::Client> {
        let (client, connection) = self.config(schema).connect(NoTls).await.context("PostgreSQL cannot be reached")?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// What the numbers were measured on, in one line.
    pub(crate) async fn describe(&self) -> anyhow::Result<String> {
        let client = self.connect(None).await?;
        let mut words = Vec::new();
        for setting in
            ["server_version", "fsync", "synchronous_commit", "commit_delay", "commit_siblings", "shared_buffers"]
        {
            let value: String = client.query_one(&format!("show {setting}"), &[]).await?.get(0);
            words.push(format!("{setting}={value}"));
        }
        Ok(words.join(" "))
    }

    /// Makes every commit of this server wait `commit_delay_us` longer, as a slower disk or a synchronous
    /// standby would, or puts it back as it was with `None`. Needs a superuser.
    pub(crate) async fn slow_commits(&self, commit_delay_us: Option<u32>) -> anyhow::Result<()> {
        let client = self.connect(None).await?;
        // `alter system` refuses to run inside a transaction, which a joined statement would be.
        match commit_delay_us {
            Some(us) => {
                client.batch_execute(&format!("alter system set commit_delay = {us}")).await?;
                client.batch_execute("alter system set commit_siblings = 0").await?;
            }
            None => {
                client.batch_execute("alter system reset commit_delay").await?;
                client.batch_execute("alter system reset commit_siblings").await?;
            }
        }
        client.batch_execute("select pg_reload_conf()").await?;
        self.wait_for_delay(commit_delay_us.unwrap_or(0)).await
    }

    /// The reload is a signal: sessions hear of it a moment later.
    async fn wait_for_delay(&self, expected_us: u32) -> anyhow::Result<()> {
        for _ in 0..100 {
            let client = self.connect(None).await?;
            let shown: String =
                client.query_one("select setting from pg_settings where name = 'commit_delay'", &[]).await?.get(0);
            if shown == expected_us.to_string() {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        bail!("commit_delay did not become {expected_us}: is it set somewhere else?")
    }
}

/// In a URL a socket directory can only be given beside a host name. Who names a socket means the socket.
fn socket_first(config: &Config) -> Config {
    let sockets: Vec<_> = config
        .get_hosts()
        .iter()
        .filter_map(|host| match host {
            Host::Unix(path) => Some(path.clone()),
            Host::Tcp(_) => None,
        })
        .collect();
    let Some(socket) = sockets.first() else {
        return config.clone();
    };
    let mut only = Config::new();
    only.host_path(socket);
    if let Some(port) = config.get_ports().first() {
        only.port(*port);
    }
    if let Some(user) = config.get_user() {
        only.user(user);
    }
    if let Some(password) = config.get_password() {
        only.password(password);
    }
    if let Some(name) = config.get_dbname() {
        only.dbname(name);
    }
    only
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_names_a_socket_means_the_socket() {
        let database = Database::parse("postgres://ann@localhost/shop?host=/run/pg").unwrap();
        assert_eq!(database.config.get_hosts(), [Host::Unix("/run/pg".into())]);
        assert_eq!((database.config.get_user(), database.config.get_dbname()), (Some("ann"), Some("shop")));
    }
}
