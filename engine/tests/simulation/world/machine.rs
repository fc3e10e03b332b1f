//! What the engine runs on here: the tasks of one machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::actor::Stage;
use engine::runtime::{Runtime, Scheduler};
use futures_util::future::BoxFuture;

use super::{Node, Sleep, now, with};

struct Machine(Node);

pub(crate) fn runtime(node: Node) -> Runtime {
    Runtime::new(Machine(node))
}

pub(crate) fn stage(node: Node) -> Stage {
    Stage::Here(Arc::new(move |actor| {
        with(|world| world.spawn(node, true, actor));
    }))
}

impl Scheduler for Machine {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        with(|world| world.spawn(self.0, false, task));
    }

    fn spawn_here(&self, task: BoxFuture<'static, ()>) {
        with(|world| world.spawn(self.0, false, task));
    }

    fn sleep(&self, length: Duration) -> BoxFuture<'static, ()> {
        Box::pin(Sleep { until: now() + length, called_off: None })
    }

    fn now(&self) -> Instant {
        with(|world| world.began + world.now)
    }
}
