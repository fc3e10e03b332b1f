//! PURE. The few documents that meet the words of a text best.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::DocAddress;

pub(crate) struct Nearest {
    capacity: usize,
    /// The least near on top. Scores are not negative, so that their bits order them.
    heap: BinaryHeap<Reverse<(u32, Reverse<DocAddress>)>>,
}

impl Nearest {
    pub(crate) fn new(capacity: usize) -> Nearest {
        Nearest { capacity, heap: BinaryHeap::with_capacity(capacity) }
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.capacity > 0
    }

    pub(crate) fn offer(&mut self, score: f32, address: DocAddress) {
        let offered = Reverse((score.to_bits(), Reverse(address)));
        if self.heap.len() < self.capacity {
            self.heap.push(offered);
        } else if let Some(mut least) = self.heap.peek_mut()
            && offered < *least
        {
            *least = offered;
        }
    }

    /// The nearest first.
    pub(crate) fn into_addresses(self) -> Vec<DocAddress> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse((_, Reverse(address)))| address).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_are_kept_and_of_equals_the_first() {
        let nearest_of = |capacity: usize| {
            let mut nearest = Nearest::new(capacity);
            for (score, doc) in [(2.0, 5), (0.5, 1), (3.0, 9), (2.0, 4), (0.0, 0)] {
                nearest.offer(score, DocAddress::new(0, doc));
            }
            nearest.into_addresses().into_iter().map(|address| address.doc_id).collect::<Vec<_>>()
        };
        assert_eq!(nearest_of(2), [9, 4]);
        assert_eq!(nearest_of(9), [9, 4, 5, 1, 0]);
        assert!(nearest_of(0).is_empty());
    }
}
