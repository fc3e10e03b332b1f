//! Fifty requests, each on a connection of its own, released together; and what came of them.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::sync::Barrier;

use crate::client::{Answer, Request};

pub(super) const SHOTS: usize = 50;

/// What fifty were answered, by how they were answered: `done`, `replayed`, or the code of the refusal.
pub(super) struct Fired {
    what: String,
    answers: BTreeMap<String, Vec<Answer>>,
}

/// Every refusal is one in our words; nothing is a fault of ours. A 503 says that we are full.
pub(super) async fn fire(what: &str, request: impl Fn(usize) -> Request) -> Fired {
    let barrier = Barrier::new(SHOTS);
    let connected = join_all((0..SHOTS).map(|shot| request(shot).connect())).await;
    let shots = connected.into_iter().map(async |request| {
        barrier.wait().await;
        request.send().await
    });
    let mut answers: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
    for answer in join_all(shots).await {
        answers.entry(label(what, &answer)).or_default().push(answer);
    }
    Fired { what: what.to_owned(), answers }
}

fn label(what: &str, answer: &Answer) -> String {
    let status = answer.status.as_u16();
    if answer.status.is_success() {
        let replayed = answer.header("idempotent-replayed") == "true";
        return if replayed { "replayed" } else { "done" }.to_owned();
    }
    let code = answer.json()["code"].as_str().unwrap_or("no code").to_owned();
    answer.problem(status, &code);
    assert!(status < 500 || code == "overloaded", "{what}: {status} {answer:?}");
    code
}

impl Fired {
    /// So many did it, and everybody else was answered in one of these ways.
    #[track_caller]
    pub(super) fn expect(&self, done: usize, others: &[&str]) {
        assert_eq!(self.count("done"), done, "{self}");
        let strange: Vec<&String> =
            self.answers.keys().filter(|label| *label != "done" && !others.contains(&label.as_str())).collect();
        assert!(strange.is_empty(), "{strange:?} in {self}");
    }

    pub(super) fn count(&self, label: &str) -> usize {
        self.answers.get(label).map_or(0, Vec::len)
    }

    /// Of those who did it, in the order of their coming back.
    pub(super) fn done(&self) -> Vec<Value> {
        self.answers.get("done").into_iter().flatten().map(Answer::json).collect()
    }

    /// Whoever was told that it had been done before was told what the one who did it was told.
    #[track_caller]
    pub(super) fn replays_say(&self, pointer: &str) {
        let done = self.done();
        let first = done.first().expect("somebody did it");
        for replayed in self.answers.get("replayed").into_iter().flatten() {
            assert_eq!(replayed.json().pointer(pointer), first.pointer(pointer), "{self}");
        }
    }
}

impl std::fmt::Display for Fired {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}:", self.what)?;
        for (label, answers) in &self.answers {
            write!(to, " {} x {label}", answers.len())?;
        }
        match self.answers.values().flatten().next() {
            Some(answer) => write!(to, "; for example {}", String::from_utf8_lossy(&answer.body)),
            None => Ok(()),
        }
    }
}
