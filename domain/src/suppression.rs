//! Small numbers are not told: where few people are counted, a number speaks of somebody.

/// From so many people on a number is told.
pub const LEAST: i64 = 5;

/// A number of people, if it is told.
pub const fn count(people: i64) -> Option<i64> {
    if people == 0 || people >= LEAST { Some(people) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_four_are_not_told() {
        for (people, told) in [(0, Some(0)), (1, None), (4, None), (5, Some(5)), (600, Some(600))] {
            assert_eq!(count(people), told);
        }
    }
}
