//! The live line while a run goes on: redrawn on a terminal, a plain line every few seconds elsewhere.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::measure::{Live, per_second};
use crate::span::show_us;

/// Watches until it is dropped.
pub(crate) struct Watch {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub(crate) fn start(title: &str, live: Arc<Live>) -> Self {
        let (end, ended) = channel();
        let on_terminal = std::io::stderr().is_terminal();
        let every = Duration::from_millis(if on_terminal { 200 } else { 2_000 });
        let title = title.to_owned();
        let thread = thread::spawn(move || {
            let line = Line::new(on_terminal);
            let begun = Instant::now();
            let (mut before, mut at) = (live.glance(), begun);
            while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(every) {
                let (now, since) = (live.glance(), at.elapsed());
                at = Instant::now();
                let rate = |now, before| per_second(now - before, since);
                line.show(&format!(
                    "{title} {:>4} s  {:>7} accepted/s  {:>7} refused/s  slowest {:>8}  failed {}  repeated {}  late {}",
                    begun.elapsed().as_secs(),
                    rate(now.accepted, before.accepted),
                    rate(now.refused, before.refused),
                    show_us(now.slowest_us),
                    now.failed,
                    now.repeats,
                    now.late,
                ));
                before = now;
            }
            line.end();
        });
        Self { end: Some(end), thread: Some(thread) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // Its panic would only have spoilt the line.
            let _finished = thread.join();
        }
    }
}

/// A line for each step of preparing and of the verdict.
pub(crate) fn steps(what: &str) {
    eprintln!("{what} ...");
}

enum Line {
    Redrawn(ProgressBar),
    Plain,
}

impl Line {
    fn new(on_terminal: bool) -> Self {
        if !on_terminal {
            return Self::Plain;
        }
        let bar = ProgressBar::new_spinner();
        bar.set_style(ProgressStyle::with_template("{spinner} {msg}").expect("the template is constant and right"));
        Self::Redrawn(bar)
    }

    fn show(&self, text: &str) {
        match self {
            Self::Redrawn(bar) => {
                bar.set_message(text.to_owned());
                bar.tick();
            }
            Self::Plain => eprintln!("{text}"),
        }
    }

    fn end(&self) {
        if let Self::Redrawn(bar) = self {
            bar.finish_and_clear();
        }
    }
}
