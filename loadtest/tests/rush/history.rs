//! A run that writes its history down: of a right shop it is sound, of a wrong one it says what was wrong, call by call.

use crate::fake::Flaw;
use crate::run::{Run, program};

/// The run, and its history.
fn recorded(flaw: Flaw, scenario: &str, flags: &[&str]) -> (Run, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.history");
    let history = ["--history", path.to_str().unwrap()];
    let run = Run::against(flaw, scenario, &[&crate::SALE[..], flags, &history].concat());
    (run, std::fs::read_to_string(path).unwrap())
}

#[test]
fn the_history_of_a_right_shop_is_sound() {
    for (flaw, scenario, flags) in [
        (Flaw::None, "flash-sale", &["--lines", "3"][..]),
        (Flaw::None, "flash-sale", &["--same-sku"]),
        (Flaw::None, "flash-sale", &["--cart", "--lines", "2"]),
        (Flaw::None, "mixed", &["--buyers-percent", "60", "--cancel-percent", "50", "--lines", "2"]),
        // Lost answers, and the same again with the same key.
        (Flaw::Stumbles, "flash-sale", &["--lines", "2"]),
    ] {
        let (run, history) = recorded(flaw, scenario, flags);
        assert_eq!(run.status, 0, "{flags:?}: {}", run.output);
        assert!(run.output.contains("every change is accounted for\nHistory: sound"), "{}", run.output);
        assert!(!run.output.contains(" 0 repeats"), "some were asked again: {}", run.output);
        for what in [
            " receive 0 done 0*20@1\n",
            " hold ",
            "\nlevel ",
            "\nledger 0 1 0 receive 20 0 -\n",
            "\nlocation 0 loc_main\n",
        ] {
            assert!(history.contains(what), "{flags:?}, {what:?}: {}", &history[..history.len().min(2_000)]);
        }
        if scenario == "mixed" {
            assert!(history.contains(" cancel "), "{}", run.output);
        }
    }
}

#[test]
fn the_history_of_a_wrong_shop_says_what_was_wrong() {
    for (flaw, words) in [
        (Flaw::Oversells, "oversold: change"),
        (Flaw::RefusesTooSoon, "phantom refusal: key"),
        (Flaw::DoublesAnOrder, "unasked: order no."),
        (Flaw::ForgetsALedgerEntry, "lost: change"),
        (Flaw::MiscountsALedgerEntry, "ledger differs: change"),
        (Flaw::ShowsAnotherLevel, "another level:"),
        (Flaw::LosesAnOrder, "unasked: nobody asked for change"),
    ] {
        let (run, _) = recorded(flaw, "flash-sale", &[]);
        assert!(run.output.contains(&format!("in the history: {words}")), "{flaw:?}, {words:?}: {}", run.output);
        assert_eq!(run.status, 1, "{flaw:?}: {}", run.output);
    }
}

#[test]
fn a_history_is_checked_again_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made");
    let path = path.to_str().unwrap();
    let (status, output) =
        program(&["make-history", path, "--operations", "5000", "--accounts", "7", "--lines", "3", "--books"]);
    assert_eq!(status, 0, "{output}");
    let (status, output) = program(&["check-history", path]);
    assert_eq!((status, output.contains("5000 calls of 7 accounts")), (0, true), "{output}");
    // One number is another.
    let text = std::fs::read_to_string(path).unwrap();
    let at = text.find(" hold ").unwrap();
    let (before, after) = text.split_at(at);
    std::fs::write(path, format!("{before}{}", after.replacen('@', "@1", 1))).unwrap();
    let (status, output) = program(&["check-history", path]);
    assert_eq!((status, output.contains("History: BROKEN")), (1, true), "{output}");
    let (status, output) = program(&["check-history", "/nowhere"]);
    assert_eq!((status, output.contains("/nowhere")), (2, true), "{output}");
}
