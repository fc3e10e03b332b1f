//! What goes wrong, and its end.

use std::time::Duration;

use chrono::TimeDelta;

use crate::cluster::Cluster;
use crate::postgres::{Line, Postgres};
use crate::story::Day;
use crate::world;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// For as long as anybody is there.
pub(crate) async fn happen(cluster: &Cluster, postgres: &Postgres, day: Day, anybody: impl Fn() -> bool) {
    match day {
        Day::Panics => return panic_often(cluster, postgres, anybody).await,
        Day::Split => return split(cluster, postgres, anybody).await,
        Day::Calm | Day::Rush | Day::Thick | Day::Ordinary | Day::Stormy | Day::LockLost | Day::Forgetful => {}
    }
    let stormy = day != Day::Ordinary;
    let pause = if stormy { ms(1_500) } else { ms(6_000) };
    let clocks_jump = world::one_in(8);
    while anybody() {
        world::pause_up_to(pause).await;
        let place = world::random(|random| random.below(cluster.servers() as u64)) as usize;
        if day == Day::LockLost && world::one_in(3) {
            postgres.lose_the_lock();
            continue;
        }
        match world::random(|random| random.below(if stormy { 13 } else { 8 })) {
            0 => {
                postgres.saw("server killed");
                cluster.kill_server(place);
                later(cluster, ms(3_000), move |cluster| cluster.start_server(place));
            }
            1 => {
                postgres.saw("server paused");
                cluster.pause_server(place);
                later(cluster, ms(9_000), Cluster::resume_all);
            }
            2 => {
                postgres.saw("database killed");
                postgres.crash();
                let postgres = postgres.clone();
                let longest = if world::one_in(2) { ms(15_000) } else { ms(4_000) };
                later(cluster, longest, move |_| postgres.start());
            }
            3 => {
                postgres.saw("backends ended");
                postgres.terminate_all();
            }
            4 => {
                if let Some(node) = cluster.node(place) {
                    postgres.saw("connections reset");
                    postgres.orphan(node);
                }
            }
            5 => {
                if let Some(node) = cluster.node(place)
                    && world::kill_an_actor(node)
                {
                    postgres.saw("actor died");
                }
            }
            6 => {
                let line = bad_line();
                let before = postgres.server().line.clone();
                postgres.server().line =
                    Line { cut_off: before.cut_off, taking_unheard: before.taking_unheard, ..line };
                let postgres = postgres.clone();
                later(cluster, ms(6_000), move |_| {
                    let mut server = postgres.server();
                    let cut_off = std::mem::take(&mut server.line.cut_off);
                    let taking_unheard = server.line.taking_unheard;
                    server.line = Line { slowest: ms(1), disk: ms(4), cut_off, taking_unheard, ..Line::default() };
                });
            }
            7 => {
                postgres.saw("server ended");
                cluster.end_server(place);
            }
            8 | 9 => {
                if let Some(node) = cluster.node(place) {
                    postgres.saw("server cut off");
                    postgres.server().line.cut_off.push(node);
                    // Seen from there the server has vanished.
                    postgres.orphan(node);
                    let postgres = postgres.clone();
                    later(cluster, ms(9_000), move |_| postgres.server().line.cut_off.clear());
                }
            }
            10 => {
                // Both at once: nobody is left to say what became of anything.
                postgres.saw("both killed");
                cluster.kill_server(place);
                postgres.crash();
                let postgres = postgres.clone();
                later(cluster, ms(1_000), move |_| postgres.start());
                later(cluster, ms(2_000), move |cluster| cluster.start_server(place));
            }
            11 if clocks_jump => {
                postgres.saw("clock jumped");
                let by = world::random(|random| random.within(-8_000, 8_000));
                postgres.server().clock_off += TimeDelta::milliseconds(by);
            }
            _ => {
                // Paused, its connections gone: another takes over, and then it wakes.
                if let Some(node) = cluster.node(place) {
                    postgres.saw("split brain");
                    cluster.pause_server(place);
                    postgres.orphan(node);
                    later(cluster, ms(9_000), Cluster::resume_all);
                }
            }
        }
    }
}

async fn panic_often(cluster: &Cluster, postgres: &Postgres, anybody: impl Fn() -> bool) {
    while anybody() {
        world::pause_up_to(ms(80)).await;
        for place in 0..cluster.servers() {
            if let Some(node) = cluster.node(place)
                && world::kill_an_actor(node)
            {
                postgres.saw("actor died");
            }
        }
    }
}

/// Whoever owns the cell sleeps for long enough that another takes it, and wakes with what it knew.
async fn split(cluster: &Cluster, postgres: &Postgres, anybody: impl Fn() -> bool) {
    while anybody() {
        world::pause_up_to(ms(4_000)).await;
        let Some(place) = cluster.owner() else { continue };
        let Some(node) = cluster.node(place) else { continue };
        postgres.saw("split brain");
        cluster.pause_server(place);
        postgres.orphan(node);
        world::sleep(ms(3_500)).await;
        world::pause_up_to(ms(3_000)).await;
        cluster.resume_all();
    }
}

fn bad_line() -> Line {
    world::random(|random| Line {
        slowest: ms(*random.one_of(&[1, 20, 700])),
        disk: ms(*random.one_of(&[4, 50, 3_000])),
        cut_before: *random.one_of(&[0, 20]),
        cut_after: *random.one_of(&[0, 15]),
        silent: *random.one_of(&[0, 0, 60]),
        serialization: *random.one_of(&[0, 10]),
        disk_full: *random.one_of(&[0, 10]),
        ..Line::default()
    })
}

fn later(cluster: &Cluster, longest: Duration, then: impl FnOnce(&Cluster) + 'static) {
    let cluster = cluster.clone();
    world::spawn(world::OUTSIDE, async move {
        world::pause_up_to(longest).await;
        then(&cluster);
    });
}

/// Everything works again, and stays so.
pub(crate) async fn end(cluster: &Cluster, postgres: &Postgres) {
    // What was to happen later has happened.
    world::sleep(ms(16_000)).await;
    postgres.start();
    let jumped = {
        let mut server = postgres.server();
        server.line = Line { slowest: ms(1), disk: ms(4), ..Line::default() };
        std::mem::take(&mut server.clock_off) != TimeDelta::zero()
    };
    cluster.resume_all();
    if jumped {
        // The clocks differ, nothing expires, and a person has been told so: it is started anew once the time is right.
        for place in 0..cluster.servers() {
            cluster.kill_server(place);
        }
        world::sleep(ms(60_000)).await;
    }
    for place in 0..cluster.servers() {
        cluster.start_server(place);
    }
}
