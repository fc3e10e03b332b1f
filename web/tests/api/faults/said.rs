//! An answer, as the document's table has it.

use std::fmt;

use crate::client::Answer;

#[derive(Clone, Debug)]
pub(super) struct Said {
    words: String,
    /// It was done by an earlier sending.
    pub(super) is_replayed: bool,
}

impl Said {
    /// The status, and the code of a problem. Whatever is answered 503 says when to come back.
    pub(super) fn of(answer: &Answer) -> Self {
        let status = answer.status.as_u16();
        let words = match (answer.header("content-type"), answer.header("cache-status")) {
            ("application/problem+json", _) => {
                let code = answer.json()["code"].as_str().expect("a code").to_owned();
                answer.problem(status, &code);
                format!("{status} {code}")
            }
            (_, "") => status.to_string(),
            (..) => format!("{status} as last known"),
        };
        Self { words, is_replayed: answer.header("idempotent-replayed") == "true" }
    }

    pub(super) fn plainly(words: &str) -> Self {
        Self { words: words.to_owned(), is_replayed: false }
    }

    pub(super) fn is(&self, words: &str) -> bool {
        self.words == words
    }

    /// An earlier sending of it has not ended yet.
    pub(super) fn is_under_way(&self) -> bool {
        self.is("409 idempotency_key_in_flight")
    }

    pub(super) fn is_for_later(&self) -> bool {
        self.words.starts_with("503")
    }

    /// Whoever is told so may rely on it.
    pub(super) fn says_that_nothing_was_done(&self) -> bool {
        ["503 temporarily_unavailable", "503 overloaded", "503 standing_by"].contains(&self.words.as_str())
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}
