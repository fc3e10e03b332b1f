//! A history as a file: a line a fact, words between blanks, so that people and other tools can read it too.
//!
//! ```text
//! doorbuster history 1
//! run lt0a1b2c
//! others no                                  nobody else changes these accounts (yes: perhaps)
//! sku 0 lt0a1b2c-0
//! location 0 loc_0192f0c1...
//! 120 450 hold 17 done 0*1@2 3*1@7           asked, answered (ns), verb, key, answer, lines
//! 130 460 hold 18 refused 0*1@101=0          a line: account*quantity@seq=left
//! 130 - hold 19 unknown 0*1
//! level 900 950 0 100 12 0 113               asked, answered, account, on hand, reserved, safety, seq
//! ledger 0 2 7 hold 0 1 5                    account, seq, batch, kind, on hand, reserved, order (or -)
//! books 0                                    all that the ledger has of SKU 0, at all locations, is in this file
//! ```
//!
//! An account is the number of its SKU, and that of its location after a point where that is not 0. What stands behind `#`
//! is for people.

use std::io::{BufRead, Write};
use std::str::FromStr;

use anyhow::{Context, anyhow, bail, ensure};

use super::call::{Answer, CallParts, Entry, History, Kind, Level, Line, NEVER, NONE, UNTOLD, Verb};

pub(crate) const FIRST_LINE: &str = "doorbuster history 1";

/// Reads to the end. A last line that was cut off is left out: who wrote it was ended in the middle.
pub(crate) fn read(mut from: impl BufRead) -> anyhow::Result<History> {
    let mut history = History::default();
    let mut line = String::new();
    for number in 1_u64.. {
        line.clear();
        let length = from.read_line(&mut line).with_context(|| format!("line {number}"))?;
        if length == 0 {
            ensure!(number > 1, "it is empty");
            return Ok(history);
        }
        if number == 1 {
            ensure!(line.trim_end() == FIRST_LINE, "this is no history: it does not begin with {FIRST_LINE:?}");
        } else if line.ends_with('\n') {
            let fact = line.split('#').next().unwrap_or_default();
            fact_of(&mut history, fact).with_context(|| format!("line {number}, {:?}", line.trim_end()))?;
        }
    }
    Ok(history)
}

fn fact_of(history: &mut History, fact: &str) -> anyhow::Result<()> {
    let mut words = fact.split_ascii_whitespace();
    let Some(first) = words.next() else { return Ok(()) };
    let mut words = Words(words);
    match first {
        "run" => history.run = words.text("a name")?.to_owned(),
        "others" => history.others = words.text("yes or no")? == "yes",
        "sku" => name(&mut history.skus, &mut words)?,
        "location" => name(&mut history.locations, &mut words)?,
        "level" => level(history, &mut words)?,
        "ledger" => entry(history, &mut words)?,
        "books" => {
            history.books.insert(words.number("a SKU")?);
        }
        asked => call(history, asked.parse().map_err(|_| anyhow!("what is {asked:?}?"))?, words)?,
    }
    Ok(())
}

fn name(names: &mut Vec<String>, words: &mut Words<'_>) -> anyhow::Result<()> {
    let number: usize = words.number("a number")?;
    ensure!(number <= names.len() + 100_000, "numbers begin at 0 and go up");
    names.resize(names.len().max(number + 1), String::new());
    names[number] = words.text("a name")?.to_owned();
    Ok(())
}

fn call(history: &mut History, asked: u64, mut words: Words<'_>) -> anyhow::Result<()> {
    let answered = match words.text("when it was answered")? {
        "-" => NEVER,
        answered => answered.parse().context("when it was answered")?,
    };
    let verb = words.one_of("a verb", Verb::ALL, Verb::name)?;
    let key = words.number("a key")?;
    let answers = [Answer::Done, Answer::Refused, Answer::Declined, Answer::Unknown];
    let answer = words.one_of("an answer", answers, Answer::name)?;
    ensure!(answered >= asked, "it was answered before it was asked");
    ensure!(verb != Verb::Level, "a level is a fact of its own");
    let lines = words.0.map(|word| line(history, word).with_context(|| format!("the line {word:?}")));
    let lines = lines.collect::<anyhow::Result<Vec<Line>>>()?;
    history.add(CallParts { asked, answered, key, verb, answer }, lines)
}

/// `account*quantity@seq=left`
fn line(history: &mut History, word: &str) -> anyhow::Result<Line> {
    let (account, rest) = word.split_once('*').context("account*quantity")?;
    let (rest, left) = split_off(rest, '=');
    let (quantity, seq) = split_off(rest, '@');
    Ok(Line {
        account: account_of(history, account)?,
        quantity: quantity.parse().context("the quantity")?,
        seq: seq.map_or(Ok(NONE), str::parse).context("the seq")?,
        told: left.map_or(Ok(UNTOLD), str::parse).context("how many were left")?,
        call: 0,
    })
}

fn split_off(word: &str, at: char) -> (&str, Option<&str>) {
    word.split_once(at).map_or((word, None), |(before, after)| (before, Some(after)))
}

fn account_of(history: &mut History, word: &str) -> anyhow::Result<u32> {
    let (sku, location) = split_off(word, '.');
    let number = |word: &str| word.parse::<u32>().context("the account");
    let (sku, location) = (number(sku)?, location.map_or(Ok(0), number)?);
    Ok(history.account(sku, location))
}

fn level(history: &mut History, words: &mut Words<'_>) -> anyhow::Result<()> {
    let (asked, answered) = (words.number("when it was asked")?, words.number("when it was answered")?);
    ensure!(answered >= asked, "it was answered before it was asked");
    let account = account_of(history, words.text("an account")?)?;
    let (on_hand, reserved) = (words.number("on hand")?, words.number("reserved")?);
    let safety = words.number("safety")?;
    let seq = words.number("seq")?;
    let told = u32::try_from(history.levels.len()).context("more levels than can be counted")?;
    history.levels.push(Level { on_hand, reserved, safety });
    let parts = CallParts { asked, answered, key: told.into(), verb: Verb::Level, answer: Answer::Done };
    history.add(parts, [Line { seq, account, quantity: 0, told, call: 0 }])
}

fn entry(history: &mut History, words: &mut Words<'_>) -> anyhow::Result<()> {
    let account = account_of(history, words.text("an account")?)?;
    let (seq, batch) = (words.number("seq")?, words.number("batch")?);
    let kind = Kind::of(words.text("a kind")?);
    let (on_hand, reserved) = (words.number("on hand")?, words.number("reserved")?);
    let order = match words.text("an order")? {
        "-" => None,
        order => Some(order.parse().context("the order")?),
    };
    history.ledger.push(Entry { seq, batch, on_hand, reserved, account, order, kind });
    Ok(())
}

struct Words<'a>(std::str::SplitAsciiWhitespace<'a>);

impl<'a> Words<'a> {
    fn text(&mut self, what: &'static str) -> anyhow::Result<&'a str> {
        self.0.next().with_context(|| format!("{what} is missing"))
    }

    fn number<T: FromStr>(&mut self, what: &'static str) -> anyhow::Result<T> {
        let word = self.text(what)?;
        word.parse().map_err(|_| anyhow!("{what}: {word:?} is no number"))
    }

    fn one_of<T: Copy, const N: usize>(
        &mut self,
        what: &'static str,
        known: [T; N],
        name: fn(T) -> &'static str,
    ) -> anyhow::Result<T> {
        let word = self.text(what)?;
        match known.into_iter().find(|one| name(*one) == word) {
            Some(one) => Ok(one),
            None => bail!("{what}: what is {word:?}?"),
        }
    }
}

/// Writes all of it. What a recording writes as it goes is the same, line by line.
pub(crate) fn write(history: &History, to: &mut impl Write) -> std::io::Result<()> {
    header(to, &history.run, history.others)?;
    names(to, "sku", &history.skus)?;
    names(to, "location", &history.locations)?;
    for call in &history.calls {
        write_call(history, call.parts(), history.lines_of(call), to)?;
    }
    for entry in &history.ledger {
        write_entry(entry, history.numbers_of(entry.account), to)?;
    }
    history.books.iter().try_for_each(|sku| write_books(*sku, to))
}

pub(crate) fn header(to: &mut impl Write, run: &str, others: bool) -> std::io::Result<()> {
    writeln!(to, "{FIRST_LINE}\nrun {run}\nothers {}", if others { "yes" } else { "no" })
}

pub(crate) fn names(to: &mut impl Write, what: &str, names: &[String]) -> std::io::Result<()> {
    names
        .iter()
        .enumerate()
        .filter(|(_, name)| !name.is_empty())
        .try_for_each(|(n, name)| writeln!(to, "{what} {n} {name}"))
}

fn write_call(history: &History, call: CallParts, lines: &[Line], to: &mut impl Write) -> std::io::Result<()> {
    let CallParts { asked, answered, key, verb, answer } = call;
    if verb == Verb::Level {
        for line in lines {
            if let Some(level) = history.levels.get(line.told as usize) {
                write_level(asked, answered, history.numbers_of(line.account), level, line.seq, to)?;
            }
        }
        return Ok(());
    }
    write_head(CallParts { asked, answered, key, verb, answer }, to)?;
    for line in lines {
        write_line(line, history.numbers_of(line.account), to)?;
    }
    writeln!(to)
}

/// What stands before the lines of a call.
pub(crate) fn write_head(call: CallParts, to: &mut impl Write) -> std::io::Result<()> {
    let CallParts { asked, answered, key, verb, answer } = call;
    match answered {
        NEVER => write!(to, "{asked} - {} {key} {}", verb.name(), answer.name()),
        answered => write!(to, "{asked} {answered} {} {key} {}", verb.name(), answer.name()),
    }
}

pub(crate) fn write_line(line: &Line, account: (u32, u32), to: &mut impl Write) -> std::io::Result<()> {
    write!(to, " ")?;
    write_account(account, to)?;
    write!(to, "*{}", line.quantity)?;
    if line.seq != NONE {
        write!(to, "@{}", line.seq)?;
    }
    if line.told != UNTOLD {
        write!(to, "={}", line.told)?;
    }
    Ok(())
}

pub(crate) fn write_level(
    asked: u64,
    answered: u64,
    account: (u32, u32),
    level: &Level,
    seq: i64,
    to: &mut impl Write,
) -> std::io::Result<()> {
    write!(to, "level {asked} {answered} ")?;
    write_account(account, to)?;
    writeln!(to, " {} {} {} {seq}", level.on_hand, level.reserved, level.safety)
}

pub(crate) fn write_entry(entry: &Entry, account: (u32, u32), to: &mut impl Write) -> std::io::Result<()> {
    write!(to, "ledger ")?;
    write_account(account, to)?;
    write!(to, " {} {} {} {} {} ", entry.seq, entry.batch, entry.kind.name(), entry.on_hand, entry.reserved)?;
    match entry.order {
        Some(order) => writeln!(to, "{order}"),
        None => writeln!(to, "-"),
    }
}

pub(crate) fn write_books(sku: u32, to: &mut impl Write) -> std::io::Result<()> {
    writeln!(to, "books {sku}")
}

fn write_account((sku, location): (u32, u32), to: &mut impl Write) -> std::io::Result<()> {
    match location {
        0 => write!(to, "{sku}"),
        location => write!(to, "{sku}.{location}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "doorbuster history 1
run lt1
others no
sku 0 lt1-0
sku 1 lt1-1
location 0 loc_a
1 2 receive 0 done 0*10@1
3 9 hold 17 done 0*1@2 1.1*2@7
3 - hold 18 unknown 0*1
4 8 hold 19 refused 0*11@2=9
level 10 12 0 10 1 0 2
ledger 0 1 3 receive 10 0 -
ledger 0 2 4 hold 0 1 5
books 0
";

    #[test]
    fn what_is_written_is_what_was_read() {
        let history = read(WHOLE.as_bytes()).unwrap();
        assert_eq!((history.calls.len(), history.lines.len(), history.ledger.len()), (5, 6, 2));
        assert_eq!(history.name(0), "lt1-0 at loc_a");
        let mut written = Vec::new();
        write(&history, &mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), WHOLE);
    }

    #[test]
    fn a_line_that_was_cut_off_is_left_out_and_comments_too() {
        let history =
            read("doorbuster history 1\n1 2 hold 1 done 0*1@1 # the first\n# nothing\n3 4 ho".as_bytes()).unwrap();
        assert_eq!(history.calls.len(), 1);
    }

    #[test]
    fn nonsense_is_told_with_its_line() {
        for (line, words) in [
            ("1 2 buy 1 done", "what is \"buy\"?"),
            ("1 2 hold x done", "a key: \"x\" is no number"),
            ("2 1 hold 1 done", "answered before it was asked"),
            ("1 2 hold 1 done 0-1", "account*quantity"),
            ("1 2 hold 1 done 0*-1", "the quantity"),
            ("ledger 0 1 2 hold 0", "reserved is missing"),
            ("books all", "a SKU: \"all\" is no number"),
            ("hello", "what is \"hello\"?"),
        ] {
            let error = read(format!("{FIRST_LINE}\n{line}\n").as_bytes()).err().expect(line);
            let told = format!("{error:#}");
            assert!(told.contains("line 2") && told.contains(words), "{line}: {told}");
        }
        assert!(read("hello\n".as_bytes()).is_err() && read("".as_bytes()).is_err());
    }
}
