//! Connection URLs for a Unix socket.

use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::cluster::SUPERUSER;

/// For the server whose socket is in `folder`, as its superuser.
pub fn socket_url(folder: &Path, database: &str) -> String {
    // The folder in the place of the host: given beside a host, drivers would try that host first.
    format!("postgres://{SUPERUSER}@{}:5432/{database}", percent_encoded(folder))
}

fn percent_encoded(path: &Path) -> String {
    let mut encoded = String::new();
    for &byte in path.as_os_str().as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' => encoded.push(char::from(byte)),
            other => write!(encoded, "%{other:02X}").expect("a string takes everything"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_any_name_is_found_again() {
        for folder in ["/run/plain", "/home/José/my shop & more/%7E?", "/a#b"] {
            let url = socket_url(Path::new(folder), "shop");
            let config: tokio_postgres::Config = url.parse().expect("a URL that the driver reads");
            assert_eq!(config.get_hosts(), [tokio_postgres::config::Host::Unix(folder.into())], "{url}");
            assert_eq!((config.get_user(), config.get_dbname()), (Some(SUPERUSER), Some("shop")));
        }
    }
}
