//! `doorbuster openapi`

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::output::say;

/// Print the description of the HTTP API (OpenAPI 3.1, JSON).
///
/// It is made from the code of the routes; a running server answers the same at /api/v1/openapi.json. Needs no database.
#[derive(Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments) -> anyhow::Result<ExitCode> {
    say(serde_json::to_string_pretty(&web::description::describe()).context("writing the API description")?);
    Ok(ExitCode::SUCCESS)
}
