//! What a run has to say.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use crate::checker::Finding;
use crate::notes::{Claim, Heard, Intent};
use crate::supervisor::{Tally, Unserved};

#[derive(Serialize)]
pub struct Report {
    pub seed: u64,
    pub cycles: u64,
    pub took_s: u64,
    pub(crate) tally: Tally,
    /// By stroke.
    pub(crate) takeovers: BTreeMap<&'static str, Unserved>,
    pub(crate) links: BTreeMap<&'static str, u64>,
    /// None: the server was built without.
    pub(crate) fail_points: Option<BTreeMap<&'static str, (u64, u64)>>,
    pub(crate) requests: BTreeMap<String, u64>,
    pub(crate) rows: BTreeMap<&'static str, u64>,
    pub findings: Vec<Finding>,
}

/// What the clients were told, by kind of request and answer.
pub(crate) fn requests(claims: &[Claim]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for claim in claims {
        let what = match &claim.intent {
            Intent::Order { cart: false, .. } => "buy now",
            Intent::Order { cart: true, .. } => "cart",
            Intent::Cancel { .. } => "cancel",
            Intent::Confirm { .. } => "confirm",
            Intent::Stock { .. } => "stock",
        };
        let refusal = claim.heard.iter().find_map(|(_, heard)| match heard {
            Heard::Refused { code, .. } => Some(code.as_str()),
            Heard::Done { .. } | Heard::Unclear { .. } | Heard::Wrong { .. } => None,
        });
        let end = match (claim.is_acknowledged(), refusal) {
            (true, _) => "acknowledged".to_owned(),
            (false, Some(code)) => format!("refused: {code}"),
            (false, None) => "unknown".to_owned(),
        };
        *counts.entry(format!("{what}, {end}")).or_insert(0) += 1;
        if claim.fell_apart() && claim.is_acknowledged() {
            *counts.entry("refused in one window, done in the other".to_owned()).or_insert(0) += 1;
        }
        let unclear = claim.heard.iter().filter(|(_, heard)| matches!(heard, Heard::Unclear { .. })).count() as u64;
        *counts.entry("tries without an answer".to_owned()).or_insert(0) += unclear;
        let again = claim.heard.iter().filter(|(_, heard)| matches!(heard, Heard::Done { replayed: true, .. })).count();
        *counts.entry("answers of an earlier try".to_owned()).or_insert(0) += again as u64;
    }
    counts
}

impl Report {
    pub fn acknowledged_orders(&self) -> u64 {
        ["buy now, acknowledged", "cart, acknowledged"].iter().filter_map(|what| self.requests.get(*what)).sum()
    }

    pub fn hits_of_fail_points(&self) -> u64 {
        self.fail_points.iter().flat_map(BTreeMap::values).map(|(passed, _)| passed).sum()
    }

    fn say_takeovers(&self, line: &mut impl FnMut(String)) {
        if self.takeovers.is_empty() {
            return;
        }
        line(
            "beside a standby: strokes, and the milliseconds until anybody could buy again (median, longest; aim)"
                .to_owned(),
        );
        for (stroke, unserved) in &self.takeovers {
            let Unserved { strokes, median_ms, longest_ms, aim_ms, over_the_aim } = unserved;
            let aim = aim_ms.map_or_else(|| "none".to_owned(), |aim| aim.to_string());
            let over = if *over_the_aim > 0 { format!(" OVER THE AIM {over_the_aim} times") } else { String::new() };
            line(format!("  {strokes:>8}  {stroke} ({median_ms}, {longest_ms}; {aim}){over}"));
        }
    }

    /// For people.
    pub fn page(&self) -> String {
        let mut page = String::new();
        let mut line = |text: String| writeln!(page, "{text}").expect("a string takes everything");
        let tally = &self.tally;
        line(format!("seed {}, {} cycles in {} s", self.seed, self.cycles, self.took_s));
        line(format!(
            "killed: server {} (at a named point {}; ended in order {}), PostgreSQL {}, a backend {} (ended by SQL {})",
            tally.server_kills,
            tally.point_kills,
            tally.server_ends,
            tally.postgres_kills,
            tally.backends_killed,
            tally.backends_ended - tally.backends_killed
        ));
        line(format!(
            "paused for a takeover: {} (stopped at a named point {}), taken over {}, two at once {}; starts in vain {}",
            tally.server_pauses, tally.point_stops, tally.takeovers, tally.split_brains, tally.starts_in_vain
        ));
        line("connections to PostgreSQL".to_owned());
        self.links.iter().for_each(|(what, count)| line(format!("  {count:>8}  {what}")));
        line("strokes: times, and the milliseconds until open again (median, longest)".to_owned());
        for (stroke, took) in &tally.strokes {
            let mut took = took.clone();
            took.sort_unstable();
            line(format!("  {:>8}  {stroke} ({}, {})", took.len(), took[took.len() / 2], took[took.len() - 1]));
        }
        self.say_takeovers(&mut line);
        match &self.fail_points {
            None => line("fail points: not in this build".to_owned()),
            Some(points) => {
                line(format!(
                    "fail points: passed, killed or stopped there (not reached in time: {})",
                    tally.points_not_reached
                ));
                points.iter().for_each(|(point, (passed, done))| line(format!("  {passed:>8}  {done:>4}  {point}")));
            }
        }
        line("requests".to_owned());
        self.requests.iter().for_each(|(what, count)| line(format!("  {count:>8}  {what}")));
        line("rows checked".to_owned());
        self.rows.iter().for_each(|(what, count)| line(format!("  {count:>8}  {what}")));
        let by_check = self.findings.iter().fold(BTreeMap::<_, u64>::new(), |mut counts, finding| {
            *counts.entry(finding.check).or_default() += 1;
            counts
        });
        for (check, count) in by_check {
            line(format!("BROKEN: {check}, {count} times"));
            for finding in self.findings.iter().filter(|finding| finding.check == check).take(5) {
                line(format!("  {}", finding.says));
            }
        }
        if self.findings.is_empty() {
            line("Nothing acknowledged was lost, nothing refused happened, nothing was sold twice.".to_owned());
        }
        page
    }
}
