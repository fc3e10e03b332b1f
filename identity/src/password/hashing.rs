//! argon2id, with the parameters of the configuration. What was hashed with others is still believed, and hashed anew when
//! its owner comes.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand::TryRng;
use rand::rngs::SysRng;

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
    /// How many times as long as it had to wait for a core a thread rests after a password.
    pub rest: u32,
}

#[derive(Debug, thiserror::Error)]
#[error("argon2: {0}")]
pub struct Unhashable(String);

impl Unhashable {
    pub(super) fn of(why: &str) -> Self {
        Self(why.to_owned())
    }
}

/// What argon2 fills, kept from one password to the next: 19 MiB would be mapped, touched page by page and unmapped for each.
/// The next password overwrites what the last one left.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

pub(super) struct Hasher {
    params: Params,
    /// Of nobody's password: it is compared where there is none, so that this takes as long.
    nobodys: String,
}

impl Hasher {
    pub(super) fn new(hashing: &Hashing) -> Result<Self, Unhashable> {
        let params = Params::new(hashing.memory_kib, hashing.passes, hashing.lanes, None).map_err(broken)?;
        let nobodys = hash(&params, "nobody has this one", &mut Memory::default())?;
        Ok(Self { params, nobodys })
    }

    pub(super) fn hash(&self, password: &str, memory: &mut Memory) -> Result<String, Unhashable> {
        hash(&self.params, password, memory)
    }

    /// Whether it is the password of which `kept` was made. Without one it is not, and that takes as long to find out.
    pub(super) fn is_of(&self, password: &str, kept: Option<&str>, memory: &mut Memory) -> Result<bool, Unhashable> {
        let hash = PasswordHash::new(kept.unwrap_or(&self.nobodys)).map_err(broken)?;
        let (Some(salt), Some(right)) = (&hash.salt, &hash.hash) else { return Err(Unhashable::of("it has no hash")) };
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).map_err(broken)?;
        let version = hash.version.map(Version::try_from).transpose().map_err(broken)?.unwrap_or_default();
        let argon2 = Argon2::new(algorithm, version, Params::try_from(&hash).map_err(broken)?);
        let shown = memory.fill(&argon2, password, salt, right.len())?;
        // Compares in constant time.
        Ok(shown == *right && kept.is_some())
    }

    /// Made with other parameters than one would be now.
    pub(super) fn is_outdated(&self, kept: &str) -> bool {
        let Ok(hash) = PasswordHash::new(kept) else { return true };
        let (made, wanted) = (Params::try_from(&hash), &self.params);
        hash.algorithm.as_str() != "argon2id"
            || made.is_err()
            || made.is_ok_and(|made| {
                (made.m_cost(), made.t_cost(), made.p_cost()) != (wanted.m_cost(), wanted.t_cost(), wanted.p_cost())
            })
    }
}

impl Memory {
    fn fill(&mut self, argon2: &Argon2<'_>, password: &str, salt: &Salt, length: usize) -> Result<Output, Unhashable> {
        let mut out = [0; Output::MAX_LENGTH];
        let out = out.get_mut(..length).ok_or_else(|| Unhashable::of("its hash is too long"))?;
        // One of a kibibyte for each of `m`.
        let blocks = usize::try_from(argon2.params().m_cost()).map_err(broken)?;
        self.0.resize(blocks, Block::default());
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut self.0).map_err(broken)?;
        Output::new(out).map_err(broken)
    }
}

fn hash(params: &Params, password: &str, memory: &mut Memory) -> Result<String, Unhashable> {
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    SysRng.try_fill_bytes(&mut salt).map_err(broken)?;
    let salt = Salt::new(&salt).map_err(broken)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let output = memory.fill(&argon2, password, &salt, params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN))?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(broken)?,
        salt: Some(salt),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

fn broken(error: impl std::fmt::Display) -> Unhashable {
    Unhashable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(memory_kib: u32) -> Hasher {
        Hasher::new(&Hashing { memory_kib, passes: 1, lanes: 1, at_once: 1, waiting: 0, rest: 0 }).expect("parameters")
    }

    #[test]
    fn a_password_is_known_again_and_nobodys_is_nobodys() {
        let (hasher, memory) = (hasher(64), &mut Memory::default());
        let kept = hasher.hash("open sesame", memory).expect("a hash");
        assert!(kept.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{kept}");
        assert_ne!(kept, hasher.hash("open sesame", memory).expect("a hash"), "each has a salt of its own");
        assert!(hasher.is_of("open sesame", Some(&kept), memory).expect("an answer"));
        assert!(!hasher.is_of("open says me", Some(&kept), memory).expect("an answer"));
        assert!(!hasher.is_of("nobody has this one", None, memory).expect("an answer"));
        assert!(hasher.is_of("open sesame", Some("not a hash"), memory).is_err());
    }

    #[test]
    fn what_was_made_with_less_work_is_known_again_and_known_to_be_old() {
        let (old, new, memory) = (hasher(64), hasher(128), &mut Memory::default());
        let kept = old.hash("open sesame", memory).expect("a hash");
        assert!(new.is_of("open sesame", Some(&kept), memory).expect("an answer"));
        assert!(new.is_outdated(&kept) && !old.is_outdated(&kept));
        assert!(new.is_outdated("not a hash"));
    }

    #[test]
    fn what_others_made_is_known_and_what_is_made_is_known_to_others() {
        // By the reference implementation, as argon2-cffi calls it: time_cost=2, memory_cost=64, parallelism=1, hash_len=32.
        let (hasher, memory) = (hasher(128), &mut Memory::default());
        let theirs = "$argon2id$v=19$m=64,t=2,p=1$c29tZSBzYWx0$ADymk9TSNINQpKJC4DA5SfxKO/YhTM8K6W9JKIkbkCk";
        assert!(hasher.is_of("open sesame", Some(theirs), memory).expect("an answer"));
        let ours = hasher.hash("open sesame", memory).expect("a hash");
        let ours = PasswordHash::new(&ours).expect("one of the usual form");
        argon2::password_hash::PasswordVerifier::verify_password(&Argon2::default(), b"open sesame", &ours)
            .expect("it is");
    }

    #[test]
    fn parameters_that_do_not_exist_are_told() {
        assert!(Hasher::new(&Hashing { memory_kib: 1, passes: 1, lanes: 1, at_once: 1, waiting: 0, rest: 0 }).is_err());
    }
}
