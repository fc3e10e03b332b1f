//! The program as it is run: a process with a command line, a data directory and signals.

mod process;
mod silence;
mod standby;

use std::fs;

use nix::sys::signal::Signal;
use process::{DataDir, doorbuster};

#[test]
fn it_serves_until_it_is_told_to_stop_and_leaves_nothing_behind() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let data = DataDir::new();
        let shop = data.serve();
        assert!(shop.get("/healthz").starts_with("HTTP/1.1 200"), "{}", shop.get("/healthz"));
        let postgres = data.postgres();
        let ended = shop.end(signal);
        assert!(ended.status.success(), "{signal}: {ended:?}");
        assert!(!process::is_alive(postgres), "PostgreSQL outlived it after {signal}");
    }
}

#[test]
fn a_second_one_says_who_is_there_and_tools_join() {
    let data = DataDir::new();
    let shop = data.serve();
    let second = data.command(&["serve"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && said.contains(&format!("process {}", shop.id())), "{said}");

    let file = data.path().join("counts.csv");
    fs::write(&file, "sku,stock\nA,1\n").expect("a file");
    let refused = data.command(&["import", file.to_str().expect("UTF-8")]).output().expect("it runs");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    let line = format!("curl -X POST -T {} -H 'Content-Type: text/csv'", file.display());
    assert!(
        !refused.status.success() && said.contains(&line) && said.contains("/api/v1/admin/imports/products"),
        "{said}"
    );

    let verified = data.command(&["verify"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success() && said.contains("checks hold"), "{said}");
    assert!(shop.get("/healthz").starts_with("HTTP/1.1 200"), "the tool left it running");
}

#[test]
fn killed_it_comes_back_on_what_is_still_running() {
    let data = DataDir::new();
    let shop = data.serve();
    let postgres = data.postgres();
    shop.end(Signal::SIGKILL);
    assert!(process::is_alive(postgres), "nobody stopped it");
    let again = data.serve();
    assert_eq!(data.postgres(), postgres, "it took over what was running");
    // It was killed perhaps before its index was built.
    testdb::eventually("readiness", || again.get("/readyz").starts_with("HTTP/1.1 200").then_some(()));
    again.end(Signal::SIGTERM);
    // It was adopted by the system, which collects it when it gets to it.
    testdb::eventually("the end of what it took over", || (!process::is_alive(postgres)).then_some(()));
}

#[test]
fn a_mistyped_setting_is_named_and_nothing_is_started() {
    let data = DataDir::new();
    let refused = data.command(&["serve"]).env("DOORBUSTER__SERVER__PROT", "1").output().expect("it runs");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("`server.prot`"), "{said}");
    assert_eq!(fs::read_dir(data.path()).expect("the folder").count(), 0);
}

#[test]
fn where_there_is_no_shop_what_only_looks_makes_none() {
    let data = DataDir::new();
    for looking in [&["verify"][..], &["export", "products.csv"], &["reindex"]] {
        let output = data.command(looking).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && told.contains("there is no shop in"), "{looking:?}: {told}");
        assert!(!data.path().join("pg").exists(), "{looking:?}");
    }
}

#[test]
fn every_subcommand_explains_itself() {
    let help = doorbuster(&["--help"]).output().expect("it runs");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for subcommand in ["serve", "migrate", "seed", "import", "export", "reindex", "verify", "openapi"] {
        assert!(help.contains(subcommand), "{help}");
        let own = doorbuster(&[subcommand, "--help"]).output().expect("it runs");
        let own = String::from_utf8_lossy(&own.stdout).into_owned();
        assert!(own.lines().count() > 8, "{own}");
    }
    let described = doorbuster(&["openapi"]).output().expect("it runs");
    let described: serde_json::Value = serde_json::from_slice(&described.stdout).expect("JSON");
    assert_eq!(described["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
}
