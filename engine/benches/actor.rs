//! What a hop costs: find an actor that is awake, ask it from another thread, and have its answer.

use std::sync::Arc;

use actix::{Actor, ActorContext, Context, Handler, Message};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::actor::{Directory, Gate, Load, Reply, Resident, Sleep, Threads, Wiring};
use futures_util::future::join_all;
use tokio::runtime::Builder;

/// Answers with how often it was asked.
struct Counter {
    asked: u64,
}

struct Ask(Reply<u64>);

impl Message for Ask {
    type Result = ();
}

impl Actor for Counter {
    type Context = Context<Self>;
}

impl Resident for Counter {
    type Key = u32;
    type State = ();

    fn new(_: u32, (): (), _: Arc<Gate>) -> Self {
        Self { asked: 0 }
    }
}

impl Handler<Ask> for Counter {
    type Result = ();

    fn handle(&mut self, Ask(reply): Ask, _: &mut Context<Self>) {
        self.asked += 1;
        // The benchmark waits for it.
        let _ = reply.send(self.asked);
    }
}

impl Handler<Sleep> for Counter {
    type Result = ();

    fn handle(&mut self, Sleep(reply): Sleep, context: &mut Context<Self>) {
        context.stop();
        // The directory waits for it.
        let _ = reply.send(true);
    }
}

fn actor(criterion: &mut Criterion) {
    let threads = Threads::start(1).expect("a thread");
    let askers = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a thread");
    let io = askers.handle().clone();
    let load: Load<Counter> = Arc::new(|_| Box::pin(async { Ok(()) }));
    let wiring = Wiring { stage: threads.stage(), runtime: io.into(), seats: 1024, awake_max: 10_000 };
    let counters = Directory::<Counter>::new(wiring, load);

    let mut group = criterion.benchmark_group("actor");
    for in_flight in [1_u64, 64, 512] {
        group.throughput(Throughput::Elements(in_flight * 100));
        for actors in [1_u32, 1000] {
            group.bench_function(format!("round trip, {in_flight} in flight, {actors} awake"), |bencher| {
                bencher.iter(|| {
                    let asking = (0..in_flight).map(|asker| {
                        let counters = counters.clone();
                        askers.spawn(async move {
                            for turn in 0..100 {
                                let key = u32::try_from(asker * 100 + turn).expect("few") % actors;
                                let mailbox = counters.get(key).await.expect("awake");
                                mailbox.ask(Ask).await.expect("an answer");
                            }
                        })
                    });
                    for asked in askers.block_on(join_all(asking)) {
                        asked.expect("no panic");
                    }
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, actor);
criterion_main!(benches);
