//! Somebody of each kind to try the demo shop with. Their passwords are made at its first start and kept beside its data,
//! readable by its user alone: no two installations have the same.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use engine::audit::Actor;
use engine::id::StoreId;
use identity::Identity;
use identity::access::Role;
use identity::reach::Email;
use identity::staff::{Invitation, StaffError};
use rand::TryRng;
use rand::rngs::SysRng;
use web::settings::Settings;

/// One to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DemoAccount {
    pub(super) role: Role,
    pub(super) email: String,
    pub(super) password: String,
}

const WHO: [(Role, &str); 3] = [
    (Role::Customer, "customer@demo.example"),
    (Role::Seller, "seller@demo.example"),
    (Role::Admin, "admin@demo.example"),
];
const PASSWORD_BYTES: usize = 15;

pub(super) fn file(settings: &Settings) -> PathBuf {
    settings.database.data_dir.join("demo_accounts")
}

/// Those that the file names, made where they are not there yet.
pub(super) async fn make(identity: &Identity, settings: &Settings) -> anyhow::Result<Vec<DemoAccount>> {
    let accounts = kept(&file(settings))?;
    for account in &accounts {
        let email = Email::parse(&account.email).context("an address of the demo")?;
        let name = Some(format!("Demo {}", account.role));
        let invitation = Invitation { email, name, role: account.role };
        let password = account.password.clone().into();
        match identity.staff().make_with_password(StoreId::MAIN, invitation, password, Actor::OPERATOR).await {
            Ok(_) | Err(StaffError::Account(identity::account::Error::Taken)) => {}
            Err(error) => return Err(error).context("making the demo's accounts"),
        }
    }
    Ok(accounts)
}

fn kept(file: &Path) -> anyhow::Result<Vec<DemoAccount>> {
    let mut fresh = Vec::with_capacity(WHO.len());
    for (role, email) in WHO {
        fresh.push(DemoAccount { role, email: email.to_owned(), password: password()? });
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(mut new) => {
            for DemoAccount { role, email, password } in &fresh {
                writeln!(new, "{role} {email} {password}").with_context(|| format!("writing {}", file.display()))?;
            }
            new.sync_all().with_context(|| format!("writing {}", file.display()))?;
            Ok(fresh)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
            text.lines().map(|line| read(line).with_context(|| format!("{}: {line:?}", file.display()))).collect()
        }
        Err(error) => Err(error).with_context(|| format!("making {}", file.display())),
    }
}

fn read(line: &str) -> anyhow::Result<DemoAccount> {
    let parts: Vec<&str> = line.split(' ').collect();
    let [role, email, password] = parts.as_slice() else { bail!("a role, an address and a password") };
    Ok(DemoAccount { role: role.parse()?, email: (*email).to_owned(), password: (*password).to_owned() })
}

fn password() -> anyhow::Result<String> {
    let mut random = [0; PASSWORD_BYTES];
    SysRng.try_fill_bytes(&mut random).context("no random numbers")?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn passwords_are_made_once_and_kept_to_oneself() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        let first = kept(&one).expect("made");
        assert_eq!(kept(&one).expect("read"), first);
        assert_ne!(kept(&other).expect("made"), first);
        assert_eq!(first.len(), WHO.len());
        assert_eq!(fs::metadata(&one).expect("a file").permissions().mode() & 0o777, 0o600);
        fs::write(&other, "nonsense\n").expect("written");
        assert!(kept(&other).is_err());
    }
}
