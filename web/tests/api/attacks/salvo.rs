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
    /// With the number of the request that each answers.
    answers: BTreeMap<String, Vec<(usize, Answer)>>,
}

/// Every refusal is one in our words; nothing is a fault of ours. A 503 says that we are full.
pub(super) async fn fire(what: &str, request: impl Fn(usize) -> Request) -> Fired {
    let barrier = Barrier::new(SHOTS);
    let connected = join_all((0..SHOTS).map(|shot| request(shot).connect())).await;
    let shots = connected.into_iter().map(async |request| {
        barrier.wait().await;
        request.send().await
    });
    let mut answers: BTreeMap<String, Vec<(usize, Answer)>> = BTreeMap::new();
    for (shot, answer) in join_all(shots).await.into_iter().enumerate() {
        answers.entry(label(what, &answer)).or_default().push((shot, answer));
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
        self.expect_some(done.min(1), others);
    }

    /// At least so many did it: how many is a matter of who came first. Everybody else was answered in one of these ways.
    #[track_caller]
    pub(super) fn expect_some(&self, at_least: usize, others: &[&str]) {
        assert!(self.count("done") >= at_least, "fewer than {at_least} of {self}");
        let strange: Vec<&String> =
            self.answers.keys().filter(|label| *label != "done" && !others.contains(&label.as_str())).collect();
        assert!(strange.is_empty(), "{strange:?} in {self}");
    }

    pub(super) fn count(&self, label: &str) -> usize {
        self.answers.get(label).map_or(0, Vec::len)
    }

    /// Which requests were answered so.
    pub(super) fn shots(&self, label: &str) -> Vec<usize> {
        self.answers.get(label).into_iter().flatten().map(|(shot, _)| *shot).collect()
    }

    /// What those were told who were answered so.
    pub(super) fn told(&self, label: &str) -> Vec<Value> {
        let told = |answer: &Answer| if answer.body.is_empty() { Value::Null } else { answer.json() };
        self.answers.get(label).into_iter().flatten().map(|(_, answer)| told(answer)).collect()
    }

    /// What they set the refresh cookie to who did it.
    pub(super) fn refresh_cookies(&self) -> Vec<String> {
        self.answers.get("done").into_iter().flatten().map(|(_, answer)| answer.refresh_cookie()).collect()
    }

    /// Of those who did it.
    pub(super) fn done(&self) -> Vec<Value> {
        self.told("done")
    }

    /// The only one that did it: which request that was, and what it was told.
    #[track_caller]
    pub(super) fn winner(&self) -> (usize, Value) {
        let (shots, told) = (self.shots("done"), self.done());
        assert_eq!(shots.len(), 1, "{self}");
        (shots[0], told[0].clone())
    }

    /// Whoever was told that it had been done before was told what the one who did it was told: all of it. So is whoever
    /// asks once more now, with `again`; of those who asked together, it may be that nobody came late enough.
    pub(super) async fn replays_say_the_same(&self, again: Request) {
        let (_, first) = self.winner();
        let again = again.send().await;
        assert!(again.status.is_success() && again.header("idempotent-replayed") == "true", "{again:?} after {self}");
        for replayed in self.told("replayed").into_iter().chain([again.json()]) {
            assert_eq!(replayed, first, "{self}");
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
            Some((_, answer)) => write!(to, "; for example {}", String::from_utf8_lossy(&answer.body)),
            None => Ok(()),
        }
    }
}
