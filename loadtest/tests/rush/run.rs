//! Runs the program against a fake shop and reads what it left behind.

use std::process::Command;

use serde_json::Value;

use crate::fake::{FakeShop, Flaw};

pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) output: String,
    pub(crate) report: Value,
    pub(crate) page: String,
}

impl Run {
    pub(crate) fn against(flaw: Flaw, scenario: &str, flags: &[&str]) -> Self {
        let shop = FakeShop::open(flaw);
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let url = shop.url();
        let always = [scenario, "--url", &url, "--key", "secret", "--out", out, "--patience", "20s"];
        let (status, output) = program(&[&always[..], flags].concat());
        let file = |extension: &str| {
            let mut files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
            let file = files.find(|path| path.extension().is_some_and(|found| found == extension));
            std::fs::read_to_string(file.unwrap_or_else(|| panic!("no {extension} file: {output}"))).unwrap()
        };
        let (report, page) = (serde_json::from_str(&file("json")).unwrap(), file("html"));
        Self { status, output, report, page }
    }

    pub(crate) fn verdict(&self, field: &str) -> i64 {
        self.report["verdict"][field].as_i64().unwrap_or_else(|| panic!("no {field}: {}", self.report["verdict"]))
    }

    pub(crate) fn operation(&self, name: &str) -> &Value {
        let operations = self.report["operations"].as_array().unwrap();
        operations.iter().find(|operation| operation["operation"] == name).unwrap_or_else(|| panic!("{}", self.output))
    }

    pub(crate) fn repeats(&self, because: &str) -> u64 {
        let operations = self.report["operations"].as_array().unwrap();
        let repeats = operations.iter().flat_map(|operation| operation["repeats"].as_array().unwrap());
        repeats.filter(|named| named["name"] == because).map(|named| named["count"].as_u64().unwrap()).sum()
    }
}

/// Exit status, and both outputs as one text.
pub(crate) fn program(arguments: &[&str]) -> (i32, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_loadtest")).args(arguments).env_remove("LOADTEST_KEY").output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.code().unwrap_or(-1), text)
}
