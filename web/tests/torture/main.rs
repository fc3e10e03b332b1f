//! The crash harness, shortly: each kind of stroke once, against this build of the server. Here, because only a test of this
//! package is sure to find the program as it is now; `make torture` is the long form.

use std::path::PathBuf;

use torture::{Blow, Options, Stroke, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_stroke_breaks_a_promise() {
    let report = run(&Options {
        server: PathBuf::from(env!("CARGO_BIN_EXE_doorbuster")),
        seed: 1,
        strokes: vec![
            Stroke::KillServer,
            Stroke::CutAfter,
            Stroke::KillAtPoint,
            Stroke::KillPostgres,
            Stroke::Late,
            Stroke::SplitBrain,
            Stroke::EndBackend,
            Stroke::KillBoth,
            Stroke::Standby(Blow::Kill),
            Stroke::Standby(Blow::End),
        ],
        clients: 6,
        durable: false,
        loud: false,
        keep: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("torture"),
    })
    .await
    .expect("a shop, a PostgreSQL and the means to kill them");
    let page = report.page();
    assert!(report.findings.is_empty(), "{page}");
    assert!(report.acknowledged_orders() > 0, "nobody bought anything:\n{page}");
    assert!(report.hits_of_fail_points() > 0, "no fail points in a build with debug assertions:\n{page}");
}
