//! What to type on this system when the PostgreSQL programs are missing.

use std::fs;

pub(super) fn missing() -> String {
    let system = if cfg!(target_os = "macos") {
        "ID=macos".to_owned()
    } else {
        fs::read_to_string("/etc/os-release").unwrap_or_default()
    };
    format!(
        "the PostgreSQL server programs (initdb and postgres, version {} or newer) were not found on this machine\n\
         install them:      {}\n\
         or say where:      PG_BIN=/folder/of/the/programs\n\
         or use a server:   DOORBUSTER__DATABASE__URL=postgres://user:password@host/database",
        super::programs::OLDEST_VERSION,
        command(&system)
    )
}

/// `system` is the text of `/etc/os-release`.
fn command(system: &str) -> &'static str {
    let field = |name: &str| {
        system.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim_matches('"').to_owned()
    };
    let family = format!("{} {}", field("ID="), field("ID_LIKE="));
    let is = |name: &str| family.split_whitespace().any(|word| word == name);
    if is("macos") {
        "brew install postgresql@17"
    } else if is("debian") || is("ubuntu") {
        // The package would otherwise start a cluster of its own on port 5432.
        "make install-postgres, or: sudo mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' | \
         sudo tee -a /etc/postgresql-common/createcluster.conf && sudo apt-get install -y postgresql"
    } else if is("fedora") || is("rhel") || is("centos") {
        "sudo dnf install -y postgresql-server"
    } else if is("arch") {
        "sudo pacman -S postgresql"
    } else if is("alpine") {
        "sudo apk add postgresql"
    } else if is("suse") || is("opensuse") {
        "sudo zypper install -y postgresql-server"
    } else {
        "with your system's package manager; the package is called postgresql or postgresql-server"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_is_told_its_own_command() {
        for (system, word) in [
            ("ID=macos", "brew"),
            ("NAME=\"Debian GNU/Linux\"\nID=debian", "apt-get"),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"", "apt-get"),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", "dnf"),
            ("ID=arch", "pacman"),
            ("ID=alpine", "apk"),
            ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"", "zypper"),
            ("", "package manager"),
        ] {
            assert!(command(system).contains(word), "{system}: {}", command(system));
        }
    }
}
