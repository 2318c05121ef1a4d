//! What a server has a bounded number of is shared out: nobody takes so much of it that nothing is left for the others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// A bounded number of something.
#[derive(Clone)]
pub struct Shares {
    all: usize,
    each: usize,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}
/// One of them; it is free again when this is dropped.
pub struct Share {
    of: Shares,
    who: String,
}

impl Shares {
    /// So many in all, and so many for each at most.
    pub fn new(all: usize, each: usize) -> Self {
        Self { all, each, taken: Arc::default() }
    }
    /// One for this caller; none if all are taken, or as many as one may have.
    pub fn take(&self, who: &str) -> Option<Share> {
        let mut taken = self.taken.lock().ok()?;
        if taken.values().sum::<usize>() >= self.all || taken.get(who).is_some_and(|n| *n >= self.each) {
            return None;
        }
        *taken.entry(who.to_owned()).or_default() += 1;
        Some(Share { of: self.clone(), who: who.to_owned() })
    }
    /// How many are free.
    pub fn free(&self) -> usize {
        self.taken.lock().map_or(0, |taken| self.all - taken.values().sum::<usize>())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Ok(mut taken) = self.of.taken.lock()
            && let Some(n) = taken.get_mut(&self.who)
        {
            *n -= 1;
            if *n == 0 {
                taken.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_all_and_what_is_given_back_is_free() {
        let shares = Shares::new(5, 3);
        let mut ours: Vec<Share> = (0..4).filter_map(|_| shares.take("we")).collect();
        assert_eq!((ours.len(), shares.free()), (3, 2));
        let theirs: Vec<Share> = (0..4).filter_map(|_| shares.take("they")).collect();
        assert_eq!((theirs.len(), shares.free(), shares.take("others").is_none()), (2, 0, true));
        ours.pop();
        assert!(shares.take("others").is_some(), "one was given back");
        drop((ours, theirs));
        assert_eq!(shares.free(), 5);
        assert!(shares.taken.lock().is_ok_and(|taken| taken.is_empty()), "nobody is remembered");
    }
}
