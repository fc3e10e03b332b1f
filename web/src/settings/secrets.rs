//! Keys that nobody gave: made once for the embedded default and kept beside its data, readable by its user alone.

use std::convert::Infallible;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::access::KeyKind;
use rand::TryCryptoRng;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::Settings;

/// One of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(SecretString);

impl Secret {
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.into()))
    }
}

impl Settings {
    /// Where the admin key of the embedded default is written down.
    pub fn admin_key_file(&self) -> PathBuf {
        self.database.data_dir.join("admin_key")
    }

    /// Where the operator's key of the embedded default is written down: a secret key with every scope of the staff, for
    /// load tests and the command line.
    pub fn operator_key_file(&self) -> PathBuf {
        self.database.data_dir.join("operator_key")
    }

    /// The operator's key of the embedded default, made at its first start. With a database of one's own there is none:
    /// `doorbuster key create` makes the first.
    pub fn operator_key(&self, random: &mut impl TryCryptoRng) -> anyhow::Result<Option<SecretString>> {
        if !self.is_embedded() {
            return Ok(None);
        }
        kept(&self.operator_key_file(), KeyKind::Secret.prefix(), 32, random).map(Some)
    }

    /// Fills in the secrets that were not given. With a database of one's own they must be: a key that only this
    /// machine knows would lock the other servers out.
    pub fn complete_secrets(&mut self, random: &mut impl TryCryptoRng) -> anyhow::Result<()> {
        let (admin_key_file, token_secret_file) = (self.admin_key_file(), self.database.data_dir.join("token_secret"));
        let embedded = self.is_embedded();
        for (key, secret, file, bytes) in [
            ("security.admin_key", &mut self.security.admin_key, admin_key_file, 24),
            ("security.token_secret", &mut self.security.token_secret, token_secret_file, 48),
        ] {
            if !secret.expose_secret().is_empty() {
                continue;
            }
            // Without an admin key the command line makes the first admin.
            if !embedded && key == "security.admin_key" {
                continue;
            }
            if !embedded {
                bail!("the setting `{key}` is empty; it is needed when database.url is set");
            }
            *secret = kept(&file, "", bytes, random)?;
        }
        Ok(())
    }
}

/// What the file says; if there is none, something new that it will say from now on.
fn kept(file: &Path, prefix: &str, bytes: usize, random: &mut impl TryCryptoRng) -> anyhow::Result<SecretString> {
    let mut fresh = vec![0; bytes];
    random.try_fill_bytes(&mut fresh).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let fresh = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(fresh));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(mut new) => {
            new.write_all(fresh.as_bytes())
                .and_then(|()| new.sync_all())
                .with_context(|| format!("writing {}", file.display()))?;
            Ok(fresh.into())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let old = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
            let old = old.trim();
            if old.is_empty() {
                bail!("{} is empty; remove it and a new one is made", file.display());
            }
            Ok(old.into())
        }
        Err(error) => Err(error).with_context(|| format!("making {}", file.display())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::os::unix::fs::PermissionsExt;

    use rand::rngs::SysRng;

    use super::super::Environment;
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Settings {
        let variables: HashMap<String, String> =
            variables.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        Settings::read(Path::new("/nowhere"), Environment::Local, variables).expect("settings")
    }

    #[test]
    fn made_once_and_kept_to_oneself() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let start = || {
            let mut settings = settings(&[("DOORBUSTER__DATABASE__DATA_DIR", data.to_str().unwrap())]);
            settings.complete_secrets(&mut SysRng).unwrap();
            settings
        };
        let (first, second) = (start(), start());
        assert_eq!(first.security.admin_key.expose_secret(), second.security.admin_key.expose_secret());
        assert_ne!(first.security.admin_key.expose_secret(), first.security.token_secret.expose_secret());
        assert!(first.security.token_secret.expose_secret().len() >= 32);
        let key = first.operator_key(&mut SysRng).unwrap().expect("it is embedded");
        assert!(key.expose_secret().starts_with("sk_"));
        assert_eq!(second.operator_key(&mut SysRng).unwrap().unwrap().expose_secret(), key.expose_secret());
        for name in ["admin_key", "token_secret", "operator_key"] {
            let mode = fs::metadata(data.join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn with_a_database_of_ones_own_they_must_be_given() {
        let mut none = settings(&[("DOORBUSTER__DATABASE__URL", "postgres://db/shop")]);
        let refused = none.complete_secrets(&mut SysRng).unwrap_err().to_string();
        assert!(refused.contains("security.token_secret"), "{refused}");
    }
}
