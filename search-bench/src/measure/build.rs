//! Indexing a whole catalogue, as a rebuild of the shop does.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use search_index::Index;

use super::process::{PeakMemory, of_process};
use super::report::Built;
use crate::catalogue::Catalogue;

pub(crate) fn build(folder: &Path, catalogue: &Catalogue) -> anyhow::Result<Built> {
    let peak = PeakMemory::watch();
    let (started, spent, mut making) = (Instant::now(), of_process(), Duration::ZERO);
    let index = Index::open(folder)?;
    let mut rebuild = index.rebuild()?;
    let mut products = catalogue.products();
    loop {
        let before = Instant::now();
        let Some(product) = products.next() else { break };
        making += before.elapsed();
        rebuild.add(&product)?;
    }
    rebuild.finish("")?;
    let (took, spent) = (started.elapsed(), of_process() - spent);
    drop(index);
    Ok(Built {
        took_ms: ms(took),
        making_ms: ms(making),
        processor_ms: ms(spent),
        memory_peak_bytes: peak.bytes(),
        index_bytes: size(folder).with_context(|| format!("{} cannot be read", folder.display()))?,
    })
}

pub(super) fn ms(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).expect("not half a billion years")
}

/// Of all files below a folder, in bytes.
pub(crate) fn size(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { size(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
