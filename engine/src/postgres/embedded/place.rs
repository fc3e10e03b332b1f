//! Where the cluster, its socket and its log are.
//!
//! Below the data directory, if the user who runs PostgreSQL can get there; else below `/var/lib/doorbuster`, with a
//! link in the data directory that says so.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use super::account::Account;

const ELSEWHERE: &str = "/var/lib/doorbuster";
const SOCKET_NAME: &str = ".s.PGSQL.5432";
/// What fits into a socket's address on every system (108 bytes on Linux, 104 on macOS, with the final zero).
const SOCKET_PATH_MAX: usize = 103;

#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) cluster: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) log: PathBuf,
}

impl Place {
    /// `data_dir` exists and is absolute.
    pub(super) fn prepare(data_dir: &Path, account: &Account) -> anyhow::Result<Self> {
        Self::prepare_with(data_dir, account, Path::new(ELSEWHERE))
    }

    fn prepare_with(data_dir: &Path, account: &Account, elsewhere: &Path) -> anyhow::Result<Self> {
        let cluster = cluster(data_dir, account, elsewhere)?;
        let socket_dir = socket_dir(&cluster, account)?;
        Ok(Self { cluster, socket_dir, log: data_dir.join("postgres.log") })
    }
}

fn cluster(data_dir: &Path, account: &Account, elsewhere: &Path) -> anyhow::Result<PathBuf> {
    let here = data_dir.join("pg");
    if let Ok(linked) = fs::read_link(&here) {
        if let Some(parent) = linked.parent() {
            make_folder(parent, account)?;
        }
        return Ok(linked);
    }
    if account.reaches(data_dir) {
        return Ok(here);
    }
    if here.exists() {
        bail!(
            "{} is there, but the user who runs PostgreSQL cannot reach it; open the folders above it",
            here.display()
        );
    }
    let folder = unused(elsewhere, data_dir);
    fs::create_dir_all(elsewhere).with_context(|| format!("making {}", elsewhere.display()))?;
    make_folder(&folder, account)?;
    let there = folder.join("pg");
    symlink(&there, &here).with_context(|| format!("linking {} to {}", here.display(), there.display()))?;
    Ok(there)
}

/// A folder that belongs to this data directory and to no earlier one of the same name.
fn unused(elsewhere: &Path, data_dir: &Path) -> PathBuf {
    let name = short_hash(data_dir);
    let mut candidates = (0..).map(|number| elsewhere.join(format!("{name}-{number}")));
    candidates.find(|folder| !folder.exists()).expect("the numbers do not end")
}

fn socket_dir(cluster: &Path, account: &Account) -> anyhow::Result<PathBuf> {
    let beside = cluster.with_file_name("run");
    let folder =
        if fits(&beside) { beside } else { Path::new("/tmp").join(format!("doorbuster-{}", short_hash(cluster))) };
    make_folder(&folder, account)?;
    Ok(folder)
}

fn fits(folder: &Path) -> bool {
    // A comma or a quote would mean something in the setting that names the folder.
    let plain = !folder.as_os_str().as_bytes().iter().any(|byte| b",\"".contains(byte));
    plain && folder.join(SOCKET_NAME).as_os_str().len() <= SOCKET_PATH_MAX
}

/// A folder for the one user alone. One that somebody else made in our place is not used.
fn make_folder(folder: &Path, account: &Account) -> anyhow::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => account.own(folder),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let meta = fs::symlink_metadata(folder).with_context(|| format!("looking at {}", folder.display()))?;
            if !meta.is_dir() || meta.uid() != account.uid() || meta.mode() & 0o077 != 0 {
                bail!("{} was made by somebody else; remove it", folder.display());
            }
            Ok(())
        }
        Err(error) => Err(error).with_context(|| format!("making {}", folder.display())),
    }
}

fn short_hash(path: &Path) -> String {
    let name: &OsStr = path.as_os_str();
    Sha256::digest(name.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn open_folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        folder
    }

    #[test]
    fn beside_the_data_when_it_can_be_reached() {
        let data = open_folder();
        let place = Place::prepare(data.path(), &Account::Own).unwrap();
        assert_eq!(place.cluster, data.path().join("pg"));
        assert_eq!(place.socket_dir, data.path().join("run"));
        assert_eq!(fs::metadata(&place.socket_dir).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_long_way_down_the_socket_is_elsewhere() {
        let data = open_folder();
        let deep = data.path().join("d".repeat(60)).join("e".repeat(60));
        fs::create_dir_all(&deep).unwrap();
        let place = Place::prepare(&deep, &Account::Own).unwrap();
        assert!(place.socket_dir.join(SOCKET_NAME).as_os_str().len() <= SOCKET_PATH_MAX, "{:?}", place.socket_dir);
        assert_eq!(Place::prepare(&deep, &Account::Own).unwrap().socket_dir, place.socket_dir, "found again");
        fs::remove_dir(place.socket_dir).unwrap();
    }

    #[test]
    fn out_of_reach_it_goes_elsewhere_and_is_found_again() {
        let account = Account::choose().unwrap();
        if account == Account::Own {
            // Whoever can walk everywhere is never out of reach; only root runs it as somebody else.
            return;
        }
        let (closed, elsewhere) = (tempfile::tempdir().unwrap(), open_folder());
        fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let prepare = || Place::prepare_with(closed.path(), &account, elsewhere.path()).unwrap();
        let first = prepare();
        assert!(first.cluster.starts_with(elsewhere.path()), "{first:?}");
        assert_eq!(prepare().cluster, first.cluster);
        fs::remove_file(closed.path().join("pg")).unwrap();
        assert_ne!(prepare().cluster, first.cluster, "without the link it starts over");
    }

    #[test]
    fn a_folder_of_somebody_else_is_not_used() {
        let data = open_folder();
        fs::create_dir(data.path().join("run")).unwrap();
        fs::set_permissions(data.path().join("run"), fs::Permissions::from_mode(0o777)).unwrap();
        let refused = Place::prepare(data.path(), &Account::Own).unwrap_err().to_string();
        assert!(refused.contains("somebody else"), "{refused}");
    }
}
