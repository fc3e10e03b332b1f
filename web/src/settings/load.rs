//! Reads the layers, refuses what it does not know, and names it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{env, fmt};

use config::{Config, File, FileFormat, Value, ValueKind};
use identity::proof::{LIFETIME_MAX_S, Task};
use secrecy::ExposeSecret;
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use super::Settings;

const PREFIX: &str = "DOORBUSTER";
/// The binary works without a folder of settings beside it.
const BUILT_IN: [(&str, &str); 4] = [
    ("base", include_str!("../../../config/base.toml")),
    ("local", include_str!("../../../config/local.toml")),
    ("test", include_str!("../../../config/test.toml")),
    ("production", include_str!("../../../config/production.toml")),
];

/// Which file lies over `base.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    Local,
    Test,
    Production,
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the setting `{key}` (from {origin}) does not exist; config/base.toml lists all")]
    Unknown { key: String, origin: String },
    #[error("the setting `{key}` {reason}")]
    Bad { key: &'static str, reason: String },
    #[error("DOORBUSTER_ENV is `{0}`; it can be local, test or production")]
    UnknownEnvironment(String),
    #[error("bad setting: {0}")]
    Unreadable(#[from] config::ConfigError),
}

impl Settings {
    /// Reads `folder` (the built-in files where it has none) and this process's environment.
    pub fn load(folder: &Path) -> Result<Self, SettingsError> {
        let environment = match env::var("DOORBUSTER_ENV") {
            Ok(name) if !name.is_empty() => name.parse()?,
            _ => Environment::Local,
        };
        Self::read(folder, environment, env::vars().collect())
    }

    /// As `load`, with everything given.
    pub fn read(
        folder: &Path,
        environment: Environment,
        variables: HashMap<String, String>,
    ) -> Result<Self, SettingsError> {
        let variables = config::Environment::with_prefix(PREFIX)
            .prefix_separator("__")
            .separator("__")
            .source(Some(variables.into_iter().collect()));
        let known = Config::builder().add_source(built_in("base")).build()?;
        let merged = Config::builder()
            .add_source(layer(folder, "base"))
            .add_source(layer(folder, environment.name()))
            .add_source(variables)
            .build()?;
        refuse_unknown(&known, &merged)?;
        let settings: Self = merged.try_deserialize()?;
        settings.check()?;
        Ok(settings)
    }

    /// What no type can say.
    fn check(&self) -> Result<(), SettingsError> {
        at_least("server.requests_max", self.server.requests_max as u64, 4)?;
        at_least("server.checkout_wait_ms", self.server.checkout_wait_ms, 1)?;
        at_least("server.connections_max", self.server.connections_max as u64, 1)?;
        at_least("server.body_max_bytes", self.server.body_max_bytes as u64, 1024)?;
        at_least("server.head_timeout_ms", self.server.head_timeout_ms, 1)?;
        at_least("server.body_timeout_ms", self.server.body_timeout_ms, 1)?;
        at_least("server.request_timeout_ms", self.server.request_timeout_ms, 1)?;
        at_least("database.pool_size", self.database.pool_size as u64, 2)?;
        at_least("database.shared_buffers_mb", self.database.shared_buffers_mb.into(), 16)?;
        at_least("engine.seats_per_actor", self.engine.seats_per_actor as u64, 1)?;
        at_least("engine.batch_bundles_max", self.engine.batch_bundles_max as u64, 1)?;
        at_least("engine.batch_bytes_max", self.engine.batch_bytes_max as u64, 65_536)?;
        at_least("engine.bundles_waiting_max", self.engine.bundles_waiting_max as u64, 1)?;
        at_least("engine.cart_edits_max", self.engine.cart_edits_max as u64, 1)?;
        at_least("engine.awake_max", self.engine.awake_max as u64, 1)?;
        at_least("engine.known_keys_max", self.engine.known_keys_max as u64, 1)?;
        at_least("engine.keys_keep_hours", self.engine.keys_keep_hours.into(), 24)?;
        at_least("engine.batches_keep_days", self.engine.batches_keep_days.into(), 1)?;
        at_least("cart.keep_days", self.cart.keep_days.into(), 1)?;
        // Further back there is no date.
        for (key, value) in [
            ("engine.keys_keep_hours", self.engine.keys_keep_hours / 24),
            ("engine.batches_keep_days", self.engine.batches_keep_days),
            ("cart.keep_days", self.cart.keep_days),
            ("identity.order_addresses_keep_days", self.identity.order_addresses_keep_days),
        ] {
            if value > 36_500 {
                return Err(SettingsError::Bad { key, reason: "is more than a hundred years".to_owned() });
            }
        }
        at_least("sale.hold_ttl_s", self.sale.hold_ttl_s.into(), 1)?;
        at_least("sale.hold_ttl_max_s", self.sale.hold_ttl_max_s.into(), self.sale.hold_ttl_s.into())?;
        at_least("sale.deadline_ms", self.sale.deadline_ms, 1)?;
        at_least("sale.patience_ms", self.sale.patience_ms, 1)?;
        at_least("mail.at_once", self.mail.at_once as u64, 1)?;
        // An attempt that takes a minute is given up in any case.
        for (key, timeout_ms) in [("mail.timeout_ms", self.mail.timeout_ms), ("sms.timeout_ms", self.sms.timeout_ms)] {
            at_least(key, timeout_ms, 100)?;
            if timeout_ms > 60_000 {
                return Err(SettingsError::Bad { key, reason: "is more than a minute".to_owned() });
            }
        }
        at_least("security.session_ttl_s", self.security.session_ttl_s, 60)?;
        at_least("security.password_memory_kib", self.security.password_memory_kib.into(), 8)?;
        at_least("security.password_passes", self.security.password_passes.into(), 1)?;
        at_least("security.password_lanes", self.security.password_lanes.into(), 1)?;
        at_least("identity.access_ttl_s", self.identity.access_ttl_s.into(), 60)?;
        at_least("identity.refresh_ttl_s", self.identity.refresh_ttl_s.into(), self.identity.access_ttl_s.into())?;
        at_least("identity.session_max_s", self.identity.session_max_s.into(), self.identity.refresh_ttl_s.into())?;
        at_least("identity.confirmation_ttl_s", self.identity.confirmation_ttl_s.into(), 60)?;
        at_least("identity.reset_ttl_s", self.identity.reset_ttl_s.into(), 60)?;
        if self.identity.issuer.is_empty() {
            return Err(SettingsError::Bad { key: "identity.issuer", reason: "is empty".to_owned() });
        }
        for (key, rate) in [
            ("limits.sessions_per_minute", self.limits.sessions_per_minute),
            ("limits.sessions_burst", self.limits.sessions_burst),
            ("limits.requests_per_second", self.limits.requests_per_second),
            ("limits.requests_burst", self.limits.requests_burst),
            ("limits.sign_ins_per_minute", self.limits.sign_ins_per_minute),
            ("limits.sign_ins_burst", self.limits.sign_ins_burst),
            ("limits.carts_per_second", self.limits.carts_per_second),
            ("limits.carts_burst", self.limits.carts_burst),
            ("limits.checkouts_per_second", self.limits.checkouts_per_second),
            ("limits.checkouts_burst", self.limits.checkouts_burst),
            ("limits.admin_per_second", self.limits.admin_per_second),
            ("limits.admin_burst", self.limits.admin_burst),
        ] {
            at_least(key, rate.into(), 1)?;
        }
        at_least("proof_of_work.lifetime_s", self.proof_of_work.lifetime_s.into(), 1)?;
        let bad = |key, reason: String| Err(SettingsError::Bad { key, reason });
        if let Some(unknown) = self.proof_of_work.required_for.iter().find(|name| name.parse::<Task>().is_err()) {
            return bad("proof_of_work.required_for", format!("names {unknown:?}; it can name registration and cart"));
        }
        if self.proof_of_work.difficulty > 32 {
            return bad("proof_of_work.difficulty", "is more than anybody can wait for; at most 32".to_owned());
        }
        if self.proof_of_work.lifetime_s > LIFETIME_MAX_S {
            return bad("proof_of_work.lifetime_s", format!("is more than {LIFETIME_MAX_S}"));
        }
        at_least("redis.timeout_ms", self.redis.timeout_ms, 1)?;
        at_least("limits.listeners_max", self.limits.listeners_max as u64, 1)?;
        at_least("limits.listeners_per_address", self.limits.listeners_per_address as u64, 1)?;
        self.search.check()?;
        if self.freshness().is_none() {
            let reason = "is less than a change needs to reach a listing: search.commit_interval_ms and 700".to_owned();
            return Err(SettingsError::Bad { key: "sale.band_max_age_ms", reason });
        }
        if self.database.commit_delay_us > 100_000 {
            let reason = "is more than PostgreSQL's 100000".to_owned();
            return Err(SettingsError::Bad { key: "database.commit_delay_us", reason });
        }
        let secret = self.security.token_secret.expose_secret();
        if !secret.is_empty() && secret.len() < 32 {
            let reason = "is shorter than 32 characters".to_owned();
            return Err(SettingsError::Bad { key: "security.token_secret", reason });
        }
        if self.security.token_secrets_previous.iter().any(|secret| secret.expose().len() < 32) {
            let reason = "has one shorter than 32 characters".to_owned();
            return Err(SettingsError::Bad { key: "security.token_secrets_previous", reason });
        }
        Ok(())
    }
}

pub(super) fn at_least(key: &'static str, value: u64, least: u64) -> Result<(), SettingsError> {
    if value >= least {
        Ok(())
    } else {
        Err(SettingsError::Bad { key, reason: format!("is {value}; at least {least} is needed") })
    }
}

impl Environment {
    const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Test => "test",
            Self::Production => "production",
        }
    }
}

impl FromStr for Environment {
    type Err = SettingsError;

    fn from_str(name: &str) -> Result<Self, SettingsError> {
        [Self::Local, Self::Test, Self::Production]
            .into_iter()
            .find(|environment| environment.name() == name)
            .ok_or_else(|| SettingsError::UnknownEnvironment(name.to_owned()))
    }
}

fn built_in(name: &str) -> File<config::FileSourceString, FileFormat> {
    let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name).expect("all four are built in");
    File::from_str(text, FileFormat::Toml)
}

/// The file in `folder` over the built-in one, so that a copy of an older version still has every key.
fn layer(folder: &Path, name: &str) -> Vec<Box<dyn config::Source + Send + Sync>> {
    let path: PathBuf = folder.join(format!("{name}.toml"));
    let mut layers: Vec<Box<dyn config::Source + Send + Sync>> = vec![Box::new(built_in(name))];
    if path.is_file() {
        layers.push(Box::new(File::from(path).format(FileFormat::Toml)));
    }
    layers
}

/// `base.toml` is the list of what there is.
fn refuse_unknown(known: &Config, merged: &Config) -> Result<(), SettingsError> {
    unknown_in(&known.cache, &merged.cache, "")
        .map_or(Ok(()), |(key, origin)| Err(SettingsError::Unknown { key, origin }))
}

fn unknown_in(known: &Value, given: &Value, path: &str) -> Option<(String, String)> {
    let (ValueKind::Table(known), ValueKind::Table(given)) = (&known.kind, &given.kind) else { return None };
    given.iter().find_map(|(key, value)| {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match known.get(key) {
            // What is named by whoever fills it in: what each of them may have, its type says.
            Some(Value { kind: ValueKind::Table(known), .. }) if known.is_empty() => None,
            Some(known) => unknown_in(known, value, &path),
            None => Some((path, value.origin().unwrap_or("the environment").to_owned())),
        }
    })
}

/// A list as it stands in a file, or separated by commas as it stands in the environment.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr<Err: fmt::Display>,
{
    struct List<T>(std::marker::PhantomData<T>);

    impl<'de, T: Deserialize<'de> + FromStr<Err: fmt::Display>> Visitor<'de> for List<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| part.parse().map_err(E::custom)).collect()
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Vec<T>, A::Error> {
            let mut all = Vec::new();
            while let Some(part) = parts.next_element()? {
                all.push(part);
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(List(std::marker::PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let variables = variables.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        Settings::read(Path::new("/nowhere"), Environment::Local, variables)
    }

    fn refusal(variables: &[(&str, &str)]) -> String {
        with(variables).expect_err("it should be refused").to_string()
    }

    #[test]
    fn later_layers_win() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("base.toml"), "[server]\nport = 1111\nworkers = 3\n").unwrap();
        std::fs::write(folder.path().join("test.toml"), "[server]\nport = 2222\n").unwrap();
        let port = |environment, variables: &[(&str, &str)]| {
            let variables = variables.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
            let server = Settings::read(folder.path(), environment, variables).unwrap().server;
            (server.port, server.workers)
        };
        assert_eq!(port(Environment::Local, &[]), (1111, 3));
        assert_eq!(port(Environment::Test, &[]), (2222, 2));
        assert_eq!(port(Environment::Test, &[("DOORBUSTER__SERVER__PORT", "3333")]), (3333, 2));
    }

    #[test]
    fn an_unknown_key_is_named() {
        let refused = refusal(&[("DOORBUSTER__SERVER__PROT", "1")]);
        assert!(refused.contains("`server.prot`") && refused.contains("environment"), "{refused}");
        assert!(refusal(&[("DOORBUSTER__SERVR__PORT", "1")]).contains("`servr"));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("local.toml"), "[log]\ncolour = true\n").unwrap();
        let refused = Settings::read(folder.path(), Environment::Local, HashMap::new()).unwrap_err().to_string();
        assert!(refused.contains("`log.colour`") && refused.contains("local.toml"), "{refused}");
    }

    #[test]
    fn a_bad_value_is_named() {
        for (variable, value, key) in [
            ("DOORBUSTER__SERVER__PORT", "eighty", "server.port"),
            ("DOORBUSTER__SERVER__PORT", "70000", "server.port"),
            ("DOORBUSTER__SERVER__HOST", "localhost", "server.host"),
            ("DOORBUSTER__LOG__FORMAT", "xml", "log.format"),
            ("DOORBUSTER__STORES__HEADER_FROM", "true", "stores.header_from"),
            ("DOORBUSTER__LIMITS__EXEMPT", "10.0.0.0/99", "limits.exempt"),
            ("DOORBUSTER__SALE__DEMO", "perhaps", "sale.demo"),
            ("DOORBUSTER__DATABASE__POOL_SIZE", "0", "database.pool_size"),
            ("DOORBUSTER__SALE__HOLD_TTL_MAX_S", "1", "sale.hold_ttl_max_s"),
            ("DOORBUSTER__SALE__BAND_MAX_AGE_MS", "900", "sale.band_max_age_ms"),
            ("DOORBUSTER__SEARCH__COMMIT_INTERVAL_MS", "1500", "sale.band_max_age_ms"),
            ("DOORBUSTER__SEARCH__EMBEDDINGS_URL", "ftp://model", "search.embeddings_url"),
            ("DOORBUSTER__SEARCH__EMBEDDINGS_TIMEOUT_MS", "30001", "search.embeddings_timeout_ms"),
            ("DOORBUSTER__SEARCH__EMBEDDINGS_URL", "http://model", "search.embeddings_model"),
            ("DOORBUSTER__SECURITY__TOKEN_SECRET", "short", "security.token_secret"),
            ("DOORBUSTER__SECURITY__TOKEN_SECRETS_PREVIOUS", "short", "security.token_secrets_previous"),
            ("DOORBUSTER__SECURITY__PASSWORD_PASSES", "0", "security.password_passes"),
            ("DOORBUSTER__IDENTITY__REFRESH_TTL_S", "60", "identity.refresh_ttl_s"),
            ("DOORBUSTER__PROOF_OF_WORK__REQUIRED_FOR", "cart,carts", "proof_of_work.required_for"),
            ("DOORBUSTER__PROOF_OF_WORK__DIFFICULTY", "33", "proof_of_work.difficulty"),
            ("DOORBUSTER__PROOF_OF_WORK__LIFETIME_S", "3601", "proof_of_work.lifetime_s"),
        ] {
            let refused = refusal(&[(variable, value)]);
            assert!(refused.contains(key), "{variable}={value}: {refused}");
        }
    }

    #[test]
    fn lists_and_numbers_come_from_the_environment_too() {
        let settings = with(&[
            ("DOORBUSTER__LIMITS__EXEMPT", "10.0.0.0/8, ::1"),
            ("DOORBUSTER__CORS__ORIGINS", "https://a.example,https://b.example"),
            ("DOORBUSTER__LOG__FORMAT", "json"),
            ("DOORBUSTER__STORES__HEADER_FROM", "proxies"),
            ("DOORBUSTER__SECURITY__ADMIN_KEY", "0123"),
        ])
        .unwrap();
        assert_eq!(settings.limits.exempt, ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()]);
        assert_eq!(settings.cors.origins, ["https://a.example", "https://b.example"]);
        assert_eq!(settings.log.format, super::super::LogFormat::Json);
        assert_eq!(settings.stores.header_from, super::super::HeaderFrom::Proxies);
        assert_eq!(settings.security.admin_key.expose_secret(), "0123");
    }

    #[test]
    fn secrets_are_not_shown() {
        let settings = with(&[
            ("DOORBUSTER__SECURITY__ADMIN_KEY", "swordfish"),
            ("DOORBUSTER__SECURITY__TOKEN_SECRET", "swordfish-swordfish-swordfish-swordfish"),
            ("DOORBUSTER__SECURITY__TOKEN_SECRETS_PREVIOUS", "swordfish.swordfish.swordfish.swordfish"),
            ("DOORBUSTER__DATABASE__URL", "postgres://shop:swordfish@db/shop"),
            ("DOORBUSTER__REDIS__URL", "redis://:swordfish@redis/0"),
            ("DOORBUSTER__SEARCH__EMBEDDINGS_TOKEN", "swordfish"),
        ])
        .unwrap();
        let shown = format!("{settings:?}");
        assert!(!shown.contains("swordfish"), "{shown}");
    }

    #[test]
    fn every_file_reads() {
        for environment in [Environment::Local, Environment::Test, Environment::Production] {
            Settings::read(Path::new("/nowhere"), environment, HashMap::new()).expect("the built-in settings");
        }
    }
}
