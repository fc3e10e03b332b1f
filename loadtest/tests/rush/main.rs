//! The program against shops that are right, slow to answer, or wrong in one way each: a wrong shop must end in a
//! non-zero exit, however fast it was.

#[cfg(test)]
mod fake;
#[cfg(test)]
mod history;
#[cfg(test)]
mod run;

use fake::Flaw;
use run::Run;

const SALE: [&str; 8] = ["--shoppers", "300", "--units", "20", "--in-flight", "16", "--skus", "3"];

#[test]
fn a_right_shop_sells_every_unit_and_passes() {
    let run = Run::against(Flaw::None, "flash-sale", &SALE);
    assert_eq!(run.status, 0, "{}", run.output);
    assert_eq!(run.verdict("units_sold"), 60);
    assert_eq!(run.verdict("acknowledged"), 60);
    assert_eq!(run.verdict("refused"), 240);
}

#[test]
fn three_lines_two_lines_of_one_sku_and_the_cart_pass_too() {
    for more in
        [&["--lines", "3"][..], &["--same-sku"], &["--cart", "--lines", "2"], &["--payment", "cash-on-delivery"]]
    {
        let run = Run::against(Flaw::None, "flash-sale", &[&SALE[..], more].concat());
        assert_eq!(run.status, 0, "{more:?}: {}", run.output);
        assert!(run.verdict("units_sold") > 50, "{more:?}: {}", run.output);
    }
}

#[test]
fn a_shop_that_stumbles_is_asked_again_with_the_same_key_and_passes() {
    let run = Run::against(Flaw::Stumbles, "flash-sale", &SALE);
    assert_eq!(run.status, 0, "{}", run.output);
    assert_eq!(run.verdict("units_sold"), 60);
    for because in ["busy (503)", "still in flight", "connection lost"] {
        assert!(run.repeats(because) > 0, "nobody had to repeat: {because}: {}", run.output);
    }
}

#[test]
fn open_arrivals_come_as_planned() {
    let run = Run::against(Flaw::None, "flash-sale", &["--rate", "400", "--duration", "1s", "--spacing", "constant"]);
    assert_eq!(run.status, 0, "{}", run.output);
    assert_eq!(run.report["visits"], 400);
}

#[test]
fn a_stall_is_in_the_percentiles_of_those_who_meant_to_come_during_it() {
    // 200 in a second, evenly, over one connection. One of them has to wait 600 ms, and all that are planned meanwhile with it:
    // those of the first 100 ms wait 500 ms at least, and they are 20 of 200, however fast the machine is.
    let arrivals = ["--rate", "200", "--duration", "1s", "--spacing", "constant", "--in-flight", "1", "--threads", "1"];
    let run = Run::against(Flaw::Stalls, "flash-sale", &arrivals);
    assert_eq!(run.status, 0, "{}", run.output);
    let latency_us = &run.operation("checkout")["outcomes"][0]["latency_us"];
    let at_least = |percentile: &str, ms: u64| {
        let took = latency_us[percentile].as_u64().unwrap();
        assert!(took >= ms * 1000, "{percentile} is {took} us: {}", run.output);
    };
    at_least("max", 600);
    at_least("p95", 500);
    at_least("p90", 450);
    assert!(run.report["late_arrivals"].as_u64().unwrap() >= 60, "{}", run.output);
    assert!(run.operation("checkout")["longest_silence_ms"].as_u64().unwrap() >= 500, "{}", run.output);
}

#[test]
fn a_mixed_crowd_browses_buys_and_cancels() {
    let run =
        Run::against(Flaw::None, "mixed", &["--shoppers", "400", "--buyers-percent", "30", "--cancel-percent", "50"]);
    assert_eq!(run.status, 0, "{}", run.output);
    assert!(run.verdict("orders_over") > 10, "{}", run.output);
}

#[test]
fn each_wrong_shop_is_caught() {
    for (flaw, words) in [
        (Flaw::Oversells, "oversold"),
        (Flaw::LosesAnOrder, "lost: order"),
        (Flaw::DoublesAnOrder, "doubled: one attempt"),
        (Flaw::ChargesMore, "was told a total of"),
        (Flaw::RefusesButPlaces, "was refused, and yet order"),
        (Flaw::RefusesTooSoon, "phantom refusal"),
        (Flaw::ForgetsALedgerEntry, "the ledger has"),
        (Flaw::ForgetsAHold, "units are held"),
        (Flaw::MiscountsALedgerEntry, "the ledger adds up to"),
        (Flaw::ShowsAnotherLevel, "units are taken from stock"),
        (Flaw::AnswersAnotherNumber, "but is order ANOTHER"),
        (Flaw::ListsAnOrderTwice, "is listed 2 times"),
        (Flaw::SendsAnother, "the books say"),
    ] {
        let run = Run::against(flaw, "flash-sale", &SALE);
        assert!(run.output.contains(words), "{flaw:?} should be called {words:?}: {}", run.output);
        assert_eq!(run.status, 1, "{flaw:?}: {}", run.output);
    }
}

#[test]
fn the_page_needs_nothing_else() {
    let run = Run::against(Flaw::None, "flash-sale", &SALE);
    assert!(run.page.contains("<svg") && run.page.contains("Verdict: clean"));
    for outside in ["http-equiv", "<script", "<link", "src=", "@import", "url("] {
        assert!(!run.page.contains(outside), "{outside}");
    }
}

#[test]
fn without_a_key_or_a_shop_it_says_so() {
    let no_shop = run::program(&["flash-sale", "--url", "http://127.0.0.1:1", "--key", "k"]);
    assert_eq!(no_shop.0, 2, "{}", no_shop.1);
    assert!(no_shop.1.contains("127.0.0.1:1"), "{}", no_shop.1);
    let no_key = run::program(&["flash-sale"]);
    assert_eq!(no_key.0, 2);
    assert!(no_key.1.contains("--key"), "{}", no_key.1);
}

#[test]
fn the_baseline_leaves_nothing_behind() {
    let database = testdb::TestDatabase::empty();
    let (status, output) = run::program(&[
        "baseline",
        "--database-url",
        database.url(),
        "--duration",
        "300ms",
        "--sweep",
        "2",
        "--skus",
        "50",
    ]);
    assert_eq!(status, 0, "{output}");
    for way in ["one transaction per order, 1 SKU", "one statement per order, 50 SKU"] {
        assert!(output.contains(way), "{output}");
    }
    database.sql("do $$ begin assert not exists (select from pg_namespace where nspname like 'loadtest%'); end $$");
}

#[test]
fn a_bench_puts_shop_and_baseline_side_by_side_and_lets_commits_go_fast_again() {
    let database = testdb::TestDatabase::empty();
    let shop = fake::FakeShop::open(Flaw::None);
    let folder = tempfile::tempdir().unwrap();
    let url = shop.url();
    let out = folder.path().to_str().unwrap();
    let times = ["--rounds", "1", "--duration", "200ms", "--warm-up", "50ms", "--skus", "60", "--commit-delay", "100"];
    // The shop is in this process.
    let pid = std::process::id().to_string();
    let footprint = ["--server-pid", &pid, "--awake-skus", "100", "--waiting", "120"];
    let beside = folder.path().join("beside.json");
    let other = r#"[{"figure":"what another measured","measured":"0.63x","aim":"0.50x","verdict":"met"}]"#;
    std::fs::write(&beside, other).unwrap();
    let beside = ["--beside", beside.to_str().unwrap()];
    let where_to = ["bench", "--url", &url, "--key", "k", "--database-url", database.url(), "--out", out];
    let (status, output) = run::program(&[&where_to[..], &times, &footprint, &beside].concat());
    assert_eq!(status, 0, "{output}");
    let report = std::fs::read(folder.path().join("bench.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let rows = report["table"].as_array().unwrap();
    for figure in [
        "buy now, one hot SKU, 512 in flight / SQL transaction, one SKU, best pool",
        "buy now, many SKUs, 512 in flight / SQL statement, many SKUs, best pool",
        "slower commit: buy now, one hot SKU, 512 in flight / slower commit: SQL transaction, pool of 32",
        "cart flow (add, checkout), 512 in flight",
        "refusals when sold out, 512 in flight",
        "buy now by customers, 512 in flight / buy now by guests, 512 in flight",
        "product page, 64 in flight / empty handler, 64 in flight",
        "checkout p99 at half of the peak",
        "p95 of the slowest request in mixed load",
        "buy now at the end / buy now at the beginning",
        "idle server, resident",
        "memory of an awake SKU more",
        "what another measured",
    ] {
        let row = rows.iter().find(|row| row["figure"] == figure).unwrap_or_else(|| panic!("{figure}: {output}"));
        assert!(["met", "short"].iter().any(|verdict| row["verdict"] == *verdict), "{row}");
        assert!(output.contains(figure), "{figure}: {output}");
    }
    let measured = |figure: &str| rows.iter().find(|row| row["figure"] == figure).map(|row| &row["measured"]);
    assert_eq!(measured("waiting connections").unwrap(), "120", "{output}");
    assert_eq!(measured("p95 of a commit in mixed load, at most").unwrap(), "2.00 ms", "{output}");
    database.sql("do $$ begin assert current_setting('commit_delay') = '0'; end $$");
}
