//! PURE. The tallies of one process, in bounded memory.

use std::collections::HashMap;

use super::ladder::Tally;
use super::rule::Name;

/// Of each half. Some forty bytes each.
const TALLIES_MAX: usize = 200_000;

/// Two halves: what is written goes into the younger one, and when that is full the older one is forgotten. So what was
/// counted lately is known, whatever is thrown at us, and a tally costs no more than a place in a table.
#[derive(Default)]
pub(super) struct Memory {
    younger: HashMap<Name, Tally>,
    older: HashMap<Name, Tally>,
}

impl Memory {
    pub(super) fn get(&self, name: &Name) -> Option<Tally> {
        self.younger.get(name).or_else(|| self.older.get(name)).copied()
    }

    pub(super) fn put(&mut self, name: Name, tally: Tally) {
        if self.younger.len() >= TALLIES_MAX && !self.younger.contains_key(&name) {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(name, tally);
    }

    pub(super) fn remove(&mut self, name: &Name) {
        self.younger.remove(name);
        self.older.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_thrown_at_it_the_latest_is_known_and_memory_is_bounded() {
        let mut memory = Memory::default();
        let name = |n: usize| (n as u128).to_be_bytes();
        let many = TALLIES_MAX * 7 / 2;
        for n in 0..many {
            memory.put(name(n), Tally { failures: 1, last_ms: 0 });
        }
        assert!(memory.younger.len() + memory.older.len() <= TALLIES_MAX * 2);
        assert!((many - TALLIES_MAX..many).all(|n| memory.get(&name(n)).is_some()));
        assert_eq!(memory.get(&name(0)), None);
        memory.remove(&name(many - 1));
        assert_eq!(memory.get(&name(many - 1)), None);
    }
}
