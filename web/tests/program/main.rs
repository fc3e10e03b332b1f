//! The program as it is run: a process with a command line, a data directory and signals.

mod process;
mod silence;
mod standby;

use std::fs;
use std::io::Write;
use std::process::Stdio;

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
fn an_admin_is_made_at_the_machine_and_logs_in() {
    let data = DataDir::new();
    let shop = data.serve();
    let create = |email: &str, password: &str| {
        let mut command = data.command(&["admin", "create", "--email", email, "--name", "Ada"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        child.stdin.take().expect("piped").write_all(password.as_bytes()).expect("it reads");
        child.wait_with_output().expect("it ends")
    };
    let made = create("ada@example.com", "violet tractor 71 umbrella\n");
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(made.status.success() && said.starts_with("acct_"), "{said} {}", String::from_utf8_lossy(&made.stderr));
    for (email, password) in [
        ("ada@example.com", "violet tractor 71 umbrella\n"),
        ("eve@example.com", "short\n"),
        ("eve@example.com", "\n"),
        ("nobody", "violet tractor 71 umbrella\n"),
    ] {
        let refused = create(email, password);
        assert!(!refused.status.success() && refused.stdout.is_empty(), "{email} {password:?}");
    }
    let body = r#"{"email":"ada@example.com","password":"violet tractor 71 umbrella"}"#;
    let (status, answer) = shop.post("/api/v1/auth/login", "", "", body);
    assert!(status == 200 && answer.contains("\"role\":\"admin\""), "{status} {answer}");
    shop.end(Signal::SIGTERM);
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
