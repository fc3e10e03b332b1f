//! What was sent, as developers find it: letters in a folder.

use std::fs;
use std::path::PathBuf;

pub(crate) struct PostBox(pub(crate) PathBuf);

impl PostBox {
    /// So many letters of a kind to an address, in the order of their writing, once they are all there.
    pub(crate) async fn letters(&self, to: &str, kind: &str, count: usize) -> Vec<String> {
        let there = async || Some(self.read(to, kind)).filter(|letters| letters.len() >= count);
        let letters = testdb::eventually_async("letters", there).await;
        assert_eq!(letters.len(), count, "{letters:?}");
        letters
    }

    /// What the link in the only letter of a kind to an address brings.
    pub(crate) async fn link(&self, to: &str, kind: &str) -> String {
        link(&self.letters(to, kind, 1).await[0])
    }

    fn read(&self, to: &str, kind: &str) -> Vec<String> {
        let Ok(files) = fs::read_dir(&self.0) else { return Vec::new() };
        let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
        files.retain(|file| file.to_string_lossy().ends_with(&format!("-{kind}.txt")));
        files.sort();
        let letters = files.iter().map(|file| fs::read_to_string(file).expect("a letter"));
        // One that is being written has no end yet.
        letters.filter(|letter| letter.starts_with(&format!("To: {to}\n")) && letter.ends_with('\n')).collect()
    }
}

/// What a letter's link brings.
pub(crate) fn link(letter: &str) -> String {
    let begin = letter.find("once_").unwrap_or_else(|| panic!("no link in {letter}"));
    let token = letter[begin..].chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    token.collect()
}
