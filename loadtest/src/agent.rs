//! A shopper's browser: one connection, patience, and a notebook. Everything measured goes through here.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::SmallRng;

use crate::history::Span;
use crate::http::{Connection, Fault, Head, Request, Target};
use crate::measure::{Live, Operation, Outcome, Settled, Tally};
use crate::patience::{Next, Patience};
use crate::shop::problem_code;

pub(crate) struct Agent {
    connection: Connection,
    patience: Patience,
    tally: Rc<RefCell<Tally>>,
    live: Arc<Live>,
    /// Of the last question.
    span: Span,
    pub(crate) dice: SmallRng,
}

/// What a shopper knows in the end. The body of the answer is the agent's `body`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted(Head),
    Refused(Head),
    /// The shopper left without an answer: it may have happened or not.
    Unknown,
}

impl Answer {
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::Accepted(_) => Outcome::Accepted,
            Self::Refused(_) => Outcome::Refused,
            Self::Unknown => Outcome::Failed,
        }
    }
}

impl Agent {
    pub(crate) fn new(
        connection: Connection,
        patience: Patience,
        tally: Rc<RefCell<Tally>>,
        live: Arc<Live>,
        dice: SmallRng,
    ) -> Self {
        let span = Span { asked: Instant::now(), answered: None };
        Self { connection, patience, tally, live, span, dice }
    }

    /// An agent that only wants answers, after the rush: what it notes is thrown away.
    pub(crate) fn unmeasured(target: Arc<Target>, timeout: Duration, patience: Patience, dice: SmallRng) -> Self {
        let tally = Rc::new(RefCell::new(Tally::new(Instant::now(), Duration::from_secs(3600))));
        Self::new(Connection::new(target, timeout), patience, tally, Arc::default(), dice)
    }

    pub(crate) async fn connect(&mut self) -> Result<(), Fault> {
        self.connection.connect().await
    }

    /// When the last question was first sent, and when its last answer came.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    pub(crate) fn body(&self) -> &[u8] {
        self.connection.body()
    }

    /// Sends `request`, and sends it again while that makes sense; the time counts from `from` to the last answer.
    pub(crate) async fn ask(&mut self, operation: Operation, request: &Request, from: Instant) -> Answer {
        let mut tries = 0;
        self.span = Span { asked: Instant::now(), answered: None };
        loop {
            tries += 1;
            let answered = self.connection.exchange(request).await;
            let now = Instant::now();
            let heard =
                answered.map(|head| (head, if head.status < 400 { "" } else { problem_code(self.connection.body()) }));
            match (self.patience.next(&heard, tries), answered) {
                (Next::Content, Ok(head)) => {
                    self.settle(operation, Outcome::Accepted, "", from, now);
                    self.span.answered = Some(now);
                    return Answer::Accepted(head);
                }
                (Next::Refused, Ok(head)) => {
                    let code = name_of_refusal(&heard);
                    self.settle(operation, outcome_of(head.status), &code, from, now);
                    self.span.answered = Some(now);
                    return Answer::Refused(head);
                }
                (Next::Again { pause, because }, _) => {
                    if now.duration_since(from) + pause > self.patience.whole {
                        self.settle(operation, Outcome::Failed, because, from, now);
                        return Answer::Unknown;
                    }
                    self.tally.borrow_mut().repeat(operation, because, now);
                    self.live.repeated();
                    tokio::time::sleep(pause + self.some_of(pause / 2)).await;
                }
                (Next::Content | Next::Refused, Err(_)) => {
                    unreachable!("only an answer can content or refuse")
                }
            }
        }
    }

    /// Sends `request` once: whoever is turned away stays away. That is a refusal here, and final: a shop that is full has
    /// not begun.
    pub(crate) async fn ask_once(&mut self, operation: Operation, request: &Request, from: Instant) -> Answer {
        let answered = self.connection.exchange(request).await;
        let now = Instant::now();
        let (answer, code) = match answered {
            Ok(head) if head.status < 400 => (Answer::Accepted(head), String::new()),
            Ok(head) => match problem_code(self.connection.body()) {
                code @ ("overloaded" | "rate_limited") => (Answer::Refused(head), code.to_owned()),
                code => (Answer::Unknown, format!("{} {code}", head.status)),
            },
            Err(fault) => (Answer::Unknown, fault.name().to_owned()),
        };
        self.settle(operation, answer.outcome(), &code, from, now);
        answer
    }

    /// Notes something that took from `from` until now and is not one request.
    pub(crate) fn note(&self, operation: Operation, outcome: Outcome, from: Instant) {
        self.settle_quietly(operation, outcome, "", from, Instant::now());
    }

    fn settle(&self, operation: Operation, outcome: Outcome, code: &str, from: Instant, to: Instant) {
        let took_us = u64::try_from(to.duration_since(from).as_micros()).unwrap_or(u64::MAX);
        self.live.settled(outcome, took_us);
        self.settle_quietly(operation, outcome, code, from, to);
    }

    fn settle_quietly(&self, operation: Operation, outcome: Outcome, code: &str, from: Instant, to: Instant) {
        self.tally.borrow_mut().settle(&Settled { operation, outcome, code, from, to });
    }

    /// So that a crowd that was sent away together does not come back together.
    fn some_of(&mut self, pause: Duration) -> Duration {
        let most_us = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.dice.random_range(0..=most_us))
    }
}

/// A shop may be sold out; that a request was malformed or unauthorized is the fault of this program or of the shop.
fn outcome_of(status: u16) -> Outcome {
    match status {
        402 | 403 | 409 | 410 | 412 => Outcome::Refused,
        _ => Outcome::Failed,
    }
}

fn name_of_refusal(heard: &Result<(Head, &str), Fault>) -> String {
    match heard {
        Ok((head, "")) => head.status.to_string(),
        Ok((_, code)) => (*code).to_owned(),
        Err(fault) => fault.name().to_owned(),
    }
}
