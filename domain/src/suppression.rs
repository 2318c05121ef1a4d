//! Small numbers: a count of so few people that it points at them is not told.

/// Counts below this, other than none at all, are not told.
pub const FEW: usize = 5;

/// A count that may be told.
pub fn told(count: usize) -> Option<usize> {
    (count >= FEW).then_some(count)
}

/// The cells of one row whose sum is known, with those left out that would tell something of fewer than [`FEW`] people: a count of one to four, and, where
/// that alone could be worked out from the sum, the smallest of the others as well. Nobody at all is told as nought. Of fewer than [`FEW`] people altogether
/// nothing is told.
pub fn cells(counts: &[usize]) -> Vec<Option<usize>> {
    let small = |n: usize| (1..FEW).contains(&n);
    if counts.iter().sum::<usize>() < FEW {
        return vec![None; counts.len()];
    }
    let mut told: Vec<Option<usize>> = counts.iter().map(|n| (!small(*n)).then_some(*n)).collect();
    let hidden: usize = counts.iter().filter(|n| small(**n)).sum();
    if (1..FEW).contains(&hidden)
        && let Some((i, _)) = counts.iter().enumerate().filter(|(_, n)| **n >= FEW).min_by_key(|(_, n)| **n)
    {
        told[i] = None;
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_cannot_be_worked_out() {
        for (counts, expected) in [
            (vec![5, 0, 12], vec![Some(5), Some(0), Some(12)]),
            (vec![4, 0, 12], vec![None, Some(0), None]),
            (vec![1, 3, 12, 7], vec![None, None, Some(12), None]),
            (vec![2, 3, 12], vec![None, None, Some(12)]),
            (vec![4, 4, 12], vec![None, None, Some(12)]),
            (vec![3, 0, 0], vec![None, None, None]),
            (vec![0, 0], vec![None, None]),
            (vec![], vec![]),
        ] {
            assert_eq!(cells(&counts), expected, "{counts:?}");
        }
    }
}
