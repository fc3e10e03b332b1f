//! argon2id, with the parameters of the configuration. What was hashed with others is still believed, and hashed anew when
//! its owner comes.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// How much work a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashing {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
    /// Passwords that are worked on at once.
    pub at_once: usize,
    /// And that wait for it.
    pub waiting: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("argon2: {0}")]
pub struct Unhashable(String);

impl Unhashable {
    pub(super) fn of(why: &str) -> Self {
        Self(why.to_owned())
    }
}

pub(super) struct Hasher {
    argon2: Argon2<'static>,
    /// Of nobody's password: it is compared where there is none, so that this takes as long.
    nobodys: String,
}

impl Hasher {
    pub(super) fn new(hashing: &Hashing) -> Result<Self, Unhashable> {
        let params = Params::new(hashing.memory_kib, hashing.passes, hashing.lanes, None).map_err(broken)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobodys = hash(&argon2, "nobody has this one")?;
        Ok(Self { argon2, nobodys })
    }

    pub(super) fn hash(&self, password: &str) -> Result<String, Unhashable> {
        hash(&self.argon2, password)
    }

    /// Whether it is the password of which `kept` was made. Without one it is not, and that takes as long to find out.
    pub(super) fn is_of(&self, password: &str, kept: Option<&str>) -> Result<bool, Unhashable> {
        let hash = PasswordHash::new(kept.unwrap_or(&self.nobodys)).map_err(broken)?;
        let matches = self.argon2.verify_password(password.as_bytes(), &hash).is_ok();
        Ok(matches && kept.is_some())
    }

    /// Made with other parameters than one would be now.
    pub(super) fn is_outdated(&self, kept: &str) -> bool {
        let Ok(hash) = PasswordHash::new(kept) else { return true };
        let (made, wanted) = (Params::try_from(&hash), self.argon2.params());
        hash.algorithm.as_str() != "argon2id"
            || made.is_err()
            || made.is_ok_and(|made| {
                (made.m_cost(), made.t_cost(), made.p_cost()) != (wanted.m_cost(), wanted.t_cost(), wanted.p_cost())
            })
    }
}

fn hash(argon2: &Argon2<'static>, password: &str) -> Result<String, Unhashable> {
    Ok(argon2.hash_password(password.as_bytes()).map_err(broken)?.to_string())
}

fn broken(error: impl std::fmt::Display) -> Unhashable {
    Unhashable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(memory_kib: u32) -> Hasher {
        Hasher::new(&Hashing { memory_kib, passes: 1, lanes: 1, at_once: 1, waiting: 0 }).expect("parameters")
    }

    #[test]
    fn a_password_is_known_again_and_nobodys_is_nobodys() {
        let hasher = hasher(64);
        let kept = hasher.hash("open sesame").expect("a hash");
        assert!(kept.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{kept}");
        assert_ne!(kept, hasher.hash("open sesame").expect("a hash"), "each has a salt of its own");
        assert!(hasher.is_of("open sesame", Some(&kept)).expect("an answer"));
        assert!(!hasher.is_of("open says me", Some(&kept)).expect("an answer"));
        assert!(!hasher.is_of("nobody has this one", None).expect("an answer"));
        assert!(hasher.is_of("open sesame", Some("not a hash")).is_err());
    }

    #[test]
    fn what_was_made_with_less_work_is_known_again_and_known_to_be_old() {
        let (old, new) = (hasher(64), hasher(128));
        let kept = old.hash("open sesame").expect("a hash");
        assert!(new.is_of("open sesame", Some(&kept)).expect("an answer"));
        assert!(new.is_outdated(&kept) && !old.is_outdated(&kept));
        assert!(new.is_outdated("not a hash"));
    }

    #[test]
    fn parameters_that_do_not_exist_are_told() {
        assert!(Hasher::new(&Hashing { memory_kib: 1, passes: 1, lanes: 1, at_once: 1, waiting: 0 }).is_err());
    }
}
