//! Directories that are missing, cut, overwritten or of another time: never a panic. The generation before serves where there
//! is one; else it is a reason to rebuild, and rebuilt they serve again.

use std::fs;
use std::path::{Path, PathBuf};

use search_index::{Error, Index, RebuildReason, Status};

use crate::fixture::{Described, Fixture, ids, product, query, rebuild};

/// One generation.
fn written() -> tempfile::TempDir {
    let shop = Fixture::with(&[product("a", "Mug").brand("Acme").category("mugs").attribute("color", "red")]);
    shop.write(&[product("b", "Cup").version(2), product("a", "Mug").version(2)], "1");
    shop.dir
}

/// Two: the first has "old", the second "new".
fn rewritten() -> tempfile::TempDir {
    let shop = Fixture::with(&[product("old", "Mug").brand("Acme").category("mugs").attribute("color", "red")]);
    rebuild(&shop.index, &[product("new", "Mug").brand("Acme").category("mugs").attribute("color", "red")], "2");
    shop.write(&[product("newer", "Cup"), product("new", "Mug").version(2)], "3");
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
    is_helped(index, dir);
    reason
}

/// It can always be made anew, and then there is nothing wrong with it.
fn is_helped(index: Index, dir: &Path) {
    rebuild(&index, &[product("again", "Mug")], "2");
    assert_eq!(ids(&index.search(&query()).unwrap()), ["again"]);
    assert_eq!(index.damage(), None);
    drop(index);
    let index = Index::open(dir).unwrap();
    assert_eq!((ids(&index.search(&query()).unwrap()), index.damage()), (vec!["again"], None));
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
    let schema = fs::read_to_string(dir.path().join("CURRENT")).unwrap();
    let ours = schema.split_whitespace().nth(1).unwrap().to_owned();
    fs::write(dir.path().join("CURRENT"), "schema 999 generation 1\n").unwrap();
    let meta = dir.path().join("generation-1/meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    let theirs = text.replace(&format!(r#"\"schema\":{ours}"#), r#"\"schema\":999"#);
    assert_ne!(theirs, text);
    fs::write(meta, theirs).unwrap();
    assert!(matches!(reason(dir.path()), RebuildReason::OtherSchema { found: 999, .. }));
}

/// What `CURRENT` should have said is found out from what lies there.
#[test]
fn a_current_file_that_is_gone_or_leads_nowhere_does_not_hide_the_index() {
    for content in [None, Some(""), Some("generation 1"), Some("\u{0}\u{0}")] {
        let dir = rewritten();
        let current = dir.path().join("CURRENT");
        match content {
            Some(content) => fs::write(current, content).unwrap(),
            None => fs::remove_file(current).unwrap(),
        }
        let index = Index::open(dir.path()).unwrap();
        assert_eq!(ids(&index.search(&query()).unwrap()), ["new", "newer"], "{content:?}");
        assert!(index.damage().is_some(), "{content:?}: whether it is the right one, a rebuild makes sure");
        is_helped(index, dir.path());
    }
    let dir = written();
    let elsewhere = fs::read_to_string(dir.path().join("CURRENT")).unwrap().replace("generation 1", "generation 77");
    fs::write(dir.path().join("CURRENT"), elsewhere).unwrap();
    assert!(matches!(reason(dir.path()), RebuildReason::Corrupt(_)));
}

/// Each file of the generation is removed, emptied, cut in half, cut at the end, and overwritten
/// in the middle.
#[test]
fn damage_to_any_file_is_found_at_opening() {
    let intact = written();
    each_damage(intact.path(), "generation-1", |dir, what| {
        let (_, reason) = opened(dir);
        assert!(matches!(reason, RebuildReason::Corrupt(_)), "{what}: {reason}");
    });
}

#[test]
fn the_generation_before_serves_instead_of_a_damaged_one() {
    let intact = rewritten();
    each_damage(intact.path(), "generation-2", |dir, what| {
        let index = Index::open(dir).unwrap();
        assert_eq!(ids(&index.search(&query()).unwrap()), ["old"], "{what}");
        assert!(matches!(index.damage(), Some(RebuildReason::Corrupt(_))), "{what}: {:?}", index.damage());
        assert!(matches!(index.status(), Status::Ready { generation: 1, .. }));
        if !what.ends_with("meta.json damage 0") {
            return;
        }
        // It is written like any other meanwhile, and stays in charge.
        index.writer().unwrap().commit("3").unwrap();
        drop(index);
        let index = Index::open(dir).unwrap();
        assert_eq!(ids(&index.search(&query()).unwrap()), ["old"], "{what}");
        is_helped(index, dir);
    });
    // Damage to the other one disturbs nobody.
    each_damage(intact.path(), "generation-1", |dir, what| {
        let index = Index::open(dir).unwrap();
        assert_eq!((ids(&index.search(&query()).unwrap()), index.damage()), (vec!["new", "newer"], None), "{what}");
    });
}

#[test]
fn two_damaged_generations_are_a_reason_to_rebuild() {
    let dir = rewritten();
    for generation in ["generation-1", "generation-2"] {
        fs::write(dir.path().join(generation).join("meta.json"), "{\"index_settings\": nonsense").unwrap();
    }
    assert!(matches!(reason(dir.path()), RebuildReason::Corrupt(_)));
}

/// Found by a search, or by chance: the files are as good as they are when somebody looks.
#[test]
fn damage_that_comes_while_it_serves_is_found_where_it_is_suspected() {
    let dir = rewritten();
    let index = Index::open(dir.path()).unwrap();
    assert_eq!(index.inspect(), None);
    wear(&dir.path().join("generation-2"));
    suspect(&index);
    let found = index.inspect();
    assert!(matches!(found, Some(RebuildReason::Corrupt(_))), "{found:?}");
    assert_eq!(ids(&index.search(&query()).unwrap()), ["old"]);
    is_helped(index, dir.path());
}

/// Whatever kept the one before from serving may have been for a moment only.
#[test]
fn the_one_before_is_looked_at_again() {
    let dir = rewritten();
    let (before, kept) = (dir.path().join("generation-1"), dir.path().join("kept"));
    let index = Index::open(dir.path()).unwrap();
    wear(&dir.path().join("generation-2"));
    fs::rename(&before, &kept).unwrap();
    suspect(&index);
    assert!(matches!(index.inspect(), Some(RebuildReason::Corrupt(_))));
    fs::rename(&kept, &before).unwrap();
    suspect(&index);
    index.inspect();
    assert_eq!(ids(&index.search(&query()).unwrap()), ["old"]);
}

/// What is damaged takes no room once another serves: it is nothing to come back to.
#[test]
fn damaged_generations_do_not_pile_up() {
    let dir = rewritten();
    let index = Index::open(dir.path()).unwrap();
    wear(&dir.path().join("generation-1"));
    wear(&dir.path().join("generation-2"));
    suspect(&index);
    assert!(matches!(index.inspect(), Some(RebuildReason::Corrupt(_))));
    rebuild(&index, &[product("again", "Mug")], "2");
    assert_eq!((ids(&index.search(&query()).unwrap()), index.damage()), (vec!["again"], None));
    let left: Vec<String> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("generation-"))
        .collect();
    assert_eq!(left, ["generation-3"]);
}

#[test]
fn leftovers_of_a_crash_are_swept() {
    let dir = rewritten();
    fs::create_dir(dir.path().join("generation-8")).unwrap();
    fs::write(dir.path().join("generation-8/half.idx"), "half").unwrap();
    fs::write(dir.path().join("CURRENT.draft"), "sche").unwrap();
    let index = Index::open(dir.path()).unwrap();
    assert_eq!((index.search(&query()).unwrap().total, index.damage()), (2, None));
    assert!(!dir.path().join("generation-8").exists());
    assert!(dir.path().join("generation-1").exists(), "the one before stays");
}

/// In place, as a disk does it: what is mapped changes too.
fn wear(generation: &Path) {
    for file in files(generation) {
        let is_of_segment = file.extension().is_some_and(|extension| extension != "json" && extension != "lock");
        if is_of_segment {
            let half = fs::metadata(&file).unwrap().len() / 2;
            overwrite(&file, half / 2, half);
        }
    }
}

/// It answers something or refuses, and lives.
fn suspect(index: &Index) {
    let _ = index.search(&query());
    let mut suspected = query();
    suspected.text = "mug".to_owned();
    let _ = index.search(&suspected);
    let _ = index.each_id(|_| {});
}

/// Shows `judge` a copy of the directory for each damage to each file of the generation.
fn each_damage(intact: &Path, generation: &str, judge: impl Fn(&Path, &str)) {
    for file in files(intact) {
        let name = file.strip_prefix(intact).unwrap();
        if !name.starts_with(generation) || name.ends_with(".managed.json") || is_lock(name) {
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
            let dir = copy(intact);
            match damage {
                Some(bytes) => fs::write(dir.path().join(name), bytes).unwrap(),
                None => fs::remove_file(dir.path().join(name)).unwrap(),
            }
            judge(dir.path(), &format!("{} damage {kind}", name.display()));
        }
    }
}

fn overwrite(file: &Path, from: u64, to: u64) {
    use std::io::{Seek, SeekFrom, Write};
    let mut file = fs::File::options().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    let length = usize::try_from(to - from).unwrap();
    file.write_all(&vec![0xff; length]).unwrap();
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
