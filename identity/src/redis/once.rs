//! What may be used once, over all servers.

use std::time::Duration;

use deadpool_redis::redis;

use super::{Away, Redis};

impl Redis {
    /// True the first time, for as long as `kept`.
    pub async fn first_time(&self, key: String, kept: Duration) -> Result<bool, Away> {
        let kept = u64::try_from(kept.as_millis()).unwrap_or(u64::MAX).max(1);
        self.ask(move |mut connection| async move {
            let mut set = redis::cmd("SET");
            set.arg(key).arg(1).arg("NX").arg("PX").arg(kept);
            let answer: Option<String> = set.query_async(&mut connection).await?;
            Ok(answer.is_some())
        })
        .await
    }
}
