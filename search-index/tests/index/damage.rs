//! Directories that are missing, cut, overwritten or of another time: a reason to rebuild, never a
//! panic, and rebuilt they serve again.

use std::fs;
use std::path::{Path, PathBuf};

use search_index::{Error, Index, RebuildReason, Status};

use crate::fixture::{Described, Fixture, ids, product, query, rebuild};

fn written() -> tempfile::TempDir {
    let shop = Fixture::with(&[product("a", "Mug").brand("Acme").category("mugs").attribute("color", "red")]);
    shop.write(&[product("b", "Cup").version(2), product("a", "Mug").version(2)], "1");
    shop.dir
}

fn opened(dir: &Path) -> (Index, RebuildReason) {
    let index = Index::open(dir).unwrap();
    let Status::NeedsRebuild(reason) = index.status() else { panic!("{:?}", index.status()) };
    assert!(matches!(index.search(&query()), Err(Error::NotBuilt(same)) if same == reason));
    assert!(matches!(index.writer(), Err(Error::NotBuilt(_))));
    (index, reason)
}

fn reason(dir: &Path) -> RebuildReason {
    let (index, reason) = opened(dir);
    // It can always be helped.
    rebuild(&index, &[product("again", "Mug")], "2");
    assert_eq!(ids(&index.search(&query()).unwrap()), ["again"]);
    drop(index);
    let index = Index::open(dir).unwrap();
    assert_eq!(ids(&index.search(&query()).unwrap()), ["again"]);
    assert_eq!(files(dir).iter().filter(|path| path.ends_with("meta.json")).count(), 1);
    reason
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

#[test]
fn a_new_directory_is_missing_its_index() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(reason(dir.path()), RebuildReason::Missing);
    let deeper = dir.path().join("not/yet/there");
    assert_eq!(reason(&deeper), RebuildReason::Missing);
}

#[test]
fn another_schema_is_rebuilt_instead_of_misread() {
    let dir = written();
    fs::write(dir.path().join("CURRENT"), "schema 999 generation 1\n").unwrap();
    assert!(matches!(reason(dir.path()), RebuildReason::OtherSchema { found: 999, .. }));
}

#[test]
fn a_current_file_that_leads_nowhere_is_damage() {
    for content in ["", "generation 1", "nowhere", "\u{0}\u{0}"] {
        let dir = written();
        let elsewhere =
            fs::read_to_string(dir.path().join("CURRENT")).unwrap().replace("generation 1", "generation 77");
        let content = if content == "nowhere" { elsewhere.as_str() } else { content };
        fs::write(dir.path().join("CURRENT"), content).unwrap();
        assert!(matches!(reason(dir.path()), RebuildReason::Corrupt(_)), "{content:?}");
    }
}

/// Each file of the generation is removed, emptied, cut in half, cut at the end, and overwritten
/// in the middle.
#[test]
fn damage_to_any_file_is_found_at_opening() {
    let intact = written();
    for file in files(intact.path()) {
        let name = file.strip_prefix(intact.path()).unwrap();
        if !name.starts_with("generation-1") || name.ends_with(".managed.json") || is_lock(name) {
            continue;
        }
        let bytes = fs::read(&file).unwrap();
        let half = bytes.len() / 2;
        let mut overwritten = bytes.clone();
        overwritten[half / 2..half].iter_mut().for_each(|byte| *byte ^= 0x5a);
        // Two bytes, for the last of meta.json is a line end and says nothing.
        let cut_at_end = bytes[..bytes.len() - 2].to_vec();
        let damages = [None, Some(Vec::new()), Some(bytes[..half].to_vec()), Some(cut_at_end), Some(overwritten)];
        for (kind, damage) in damages.into_iter().enumerate() {
            let dir = copy(intact.path());
            match damage {
                Some(bytes) => fs::write(dir.path().join(name), bytes).unwrap(),
                None => fs::remove_file(dir.path().join(name)).unwrap(),
            }
            let (_, reason) = opened(dir.path());
            assert!(matches!(reason, RebuildReason::Corrupt(_)), "{} damage {kind}: {reason}", name.display());
        }
    }
}

#[test]
fn leftovers_of_a_crash_are_swept() {
    let dir = written();
    fs::create_dir(dir.path().join("generation-8")).unwrap();
    fs::write(dir.path().join("generation-8/half.idx"), "half").unwrap();
    fs::write(dir.path().join("CURRENT.draft"), "sche").unwrap();
    let index = Index::open(dir.path()).unwrap();
    assert_eq!(index.search(&query()).unwrap().total, 2);
    assert!(!dir.path().join("generation-8").exists());
}

fn is_lock(name: &Path) -> bool {
    name.extension().is_some_and(|extension| extension == "lock")
}

fn copy(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for file in files(from) {
        let target = to.path().join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, target).unwrap();
    }
    to
}
