//! Which user of the operating system runs PostgreSQL: it refuses to run as root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use nix::unistd::{Uid, User};

/// In the order of preference, when we are root.
const UNPRIVILEGED: [&str; 3] = ["postgres", "doorbuster", "nobody"];

/// The user to run PostgreSQL as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// We are not root: the user we are.
    Own,
    Other {
        name: String,
        uid: u32,
        gid: u32,
    },
}

impl Account {
    pub fn choose() -> anyhow::Result<Self> {
        if !Uid::effective().is_root() {
            return Ok(Self::Own);
        }
        for name in UNPRIVILEGED {
            if let Some(user) = User::from_name(name).with_context(|| format!("looking for the user {name}"))? {
                return Ok(Self::Other { name: name.to_owned(), uid: user.uid.as_raw(), gid: user.gid.as_raw() });
            }
        }
        anyhow::bail!(
            "PostgreSQL does not run as root, and there is no user `postgres`, `doorbuster` or `nobody` to run it as; \
             add one: useradd --system --no-create-home doorbuster"
        )
    }

    /// For the cluster in `data`: whoever owns it, for PostgreSQL runs as nobody else.
    pub(super) fn for_cluster(data: &Path) -> anyhow::Result<Self> {
        let own = Uid::effective();
        let Some(owner) = fs::metadata(data).ok().map(|meta| Uid::from_raw(meta.uid())) else { return Self::choose() };
        if owner == own && !own.is_root() {
            return Ok(Self::Own);
        }
        let user = User::from_uid(owner).context("looking for the owner of the database's files")?;
        let name = user.as_ref().map_or_else(|| owner.to_string(), |user| user.name.clone());
        match user {
            Some(user) if own.is_root() && !owner.is_root() => {
                Ok(Self::Other { name, uid: owner.as_raw(), gid: user.gid.as_raw() })
            }
            _ => anyhow::bail!("the database in {} belongs to the user {name}, who must run it", data.display()),
        }
    }

    pub(super) fn uid(&self) -> u32 {
        match self {
            Self::Own => Uid::effective().as_raw(),
            Self::Other { uid, .. } => *uid,
        }
    }

    /// A command that will run as this user, in a process group of its own: a Ctrl-C in the terminal is for us, and we
    /// stop what we started in our own order.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.process_group(0);
        if let Self::Other { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Gives `path` to this user.
    pub fn own(&self, path: &Path) -> anyhow::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { name, uid, gid } => {
                chown(path, Some(*uid), Some(*gid)).with_context(|| format!("giving {} to {name}", path.display()))
            }
        }
    }

    /// Whether this user may walk down to `folder`, which exists.
    pub(super) fn reaches(&self, folder: &Path) -> bool {
        match self {
            Self::Own => true,
            Self::Other { uid, gid, .. } => folder.ancestors().all(|step| {
                fs::metadata(step).is_ok_and(|meta| {
                    let execute = if meta.uid() == *uid {
                        0o100
                    } else if meta.gid() == *gid {
                        0o010
                    } else {
                        0o001
                    };
                    meta.mode() & execute != 0
                })
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_closed_folder_on_the_way_is_out_of_reach() {
        let root = tempfile::tempdir().expect("a folder");
        let (home, data) = (root.path().join("home"), root.path().join("home/data"));
        fs::create_dir_all(&data).unwrap();
        let stranger = Account::Other { name: "stranger".to_owned(), uid: 4_000_000, gid: 4_000_000 };
        let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();

        open(root.path(), 0o755);
        open(&home, 0o755);
        open(&data, 0o755);
        assert!(stranger.reaches(&data));
        open(&home, 0o700);
        assert!(!stranger.reaches(&data));
        assert!(Account::Own.reaches(&data));
    }
}
