//! The path's `{provider}`: what the configuration calls it.

use crate::extract::FromSegment;

#[derive(Debug, Clone)]
pub(crate) struct ProviderName(pub(crate) String);

impl FromSegment for ProviderName {
    const NAME: &'static str = "provider";

    fn from_segment(text: &str) -> Option<Self> {
        let is_name = text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (is_name && !text.is_empty()).then(|| Self(text.to_owned()))
    }
}
