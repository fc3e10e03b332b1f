//! Where the PostgreSQL server programs of this machine are.
//!
//! Looked for in `PG_BIN`, then `PATH`, then where packages put them; the newest usable version wins, except that a
//! cluster which exists already can only be run by the version that made it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::install;

/// The oldest version whose SQL the shop uses.
pub const OLDEST_VERSION: u32 = 15;

/// `initdb` and `postgres` of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    pub initdb: PathBuf,
    pub postgres: PathBuf,
    pub version: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum ProgramsError {
    #[error("{}", install::missing())]
    Missing,
    #[error("PG_BIN is {0:?}, but initdb and postgres are not in that folder")]
    WrongFolder(PathBuf),
    #[error(
        "only too old PostgreSQL programs are here ({found}); {OLDEST_VERSION} or newer is needed\n{}",
        install::missing()
    )]
    TooOld { found: String },
    #[error(
        "the database in {data} was made by PostgreSQL {wanted}, whose programs are not here (found: {found}); \
         install version {wanted}, or set PG_BIN to its folder"
    )]
    OtherVersion { data: PathBuf, wanted: u32, found: String },
}

impl Programs {
    /// The newest installation that will do.
    pub fn find() -> Result<Self, ProgramsError> {
        let found = installations()?;
        match newest(&found) {
            Some(programs) => Ok(programs),
            None if found.is_empty() => Err(ProgramsError::Missing),
            None => Err(ProgramsError::TooOld { found: listed(&found) }),
        }
    }

    /// The installation that can run the cluster in `data`, which says itself who made it; any, if it does not exist yet.
    pub(super) fn find_for(data: &Path) -> Result<Self, ProgramsError> {
        let Some(wanted) = fs::read_to_string(data.join("PG_VERSION")).ok().and_then(|text| text.trim().parse().ok())
        else {
            return Self::find();
        };
        let found = installations()?;
        if found.is_empty() {
            return Err(ProgramsError::Missing);
        }
        match found.iter().find(|programs| programs.version == wanted) {
            Some(programs) => Ok(programs.clone()),
            None => Err(ProgramsError::OtherVersion { data: data.to_owned(), wanted, found: listed(&found) }),
        }
    }
}

/// In the order of preference: what `PG_BIN` names counts alone.
fn installations() -> Result<Vec<Programs>, ProgramsError> {
    if let Some(chosen) = env::var_os("PG_BIN").filter(|value| !value.is_empty()) {
        let chosen = PathBuf::from(chosen);
        return Ok(vec![installation(&chosen).ok_or(ProgramsError::WrongFolder(chosen))?]);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<Programs> = Vec::new();
    for folder in env::split_paths(&path).chain(package_folders()) {
        if let Some(programs) = installation(&folder)
            && !found.contains(&programs)
        {
            found.push(programs);
        }
    }
    Ok(found)
}

fn package_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (root, inside) in [
        ("/usr/lib/postgresql", "bin"),
        ("/usr/pgsql", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "bin"),
    ] {
        let Ok(entries) = fs::read_dir(root) else { continue };
        folders.extend(entries.flatten().map(|entry| entry.path().join(inside)));
    }
    // RPM packages put the version into the name of the folder itself.
    if let Ok(entries) = fs::read_dir("/usr") {
        folders.extend(
            entries
                .flatten()
                .filter(|e| e.file_name().to_string_lossy().starts_with("pgsql-"))
                .map(|e| e.path().join("bin")),
        );
    }
    folders
}

fn installation(folder: &Path) -> Option<Programs> {
    let (initdb, postgres) = (folder.join("initdb"), folder.join("postgres"));
    if !initdb.is_file() || !postgres.is_file() {
        return None;
    }
    let said = Command::new(&postgres).arg("--version").output().ok()?;
    let version = major_version(&String::from_utf8_lossy(&said.stdout))?;
    Some(Programs { initdb, postgres, version })
}

/// From what `postgres --version` says.
fn major_version(said: &str) -> Option<u32> {
    let number = said.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn newest(found: &[Programs]) -> Option<Programs> {
    // `max_by_key` takes the last of equals; the first found is preferred.
    found
        .iter()
        .rev()
        .filter(|programs| programs.version >= OLDEST_VERSION)
        .max_by_key(|programs| programs.version)
        .cloned()
}

fn listed(found: &[Programs]) -> String {
    let all: Vec<String> = found.iter().map(|p| format!("{} in {}", p.version, p.postgres.display())).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_what_the_program_says() {
        for (said, version) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18beta2\n", Some(18)),
            ("postgres (PostgreSQL) 9.6.24\n", Some(9)),
            ("command not found", None),
        ] {
            assert_eq!(major_version(said), version, "{said}");
        }
    }

    #[test]
    fn the_newest_wins_and_the_too_old_never_does() {
        let at = |folder: &str, version| Programs {
            initdb: Path::new(folder).join("initdb"),
            postgres: Path::new(folder).join("postgres"),
            version,
        };
        let found = [at("/path", 16), at("/usr", 17), at("/again", 17), at("/old", 14)];
        assert_eq!(newest(&found), Some(at("/usr", 17)));
        assert_eq!(newest(&found[3..]), None);
    }
}
