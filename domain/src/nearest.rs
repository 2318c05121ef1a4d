//! What somebody may have meant who sent a name that is not known.

/// Longer names are compared by their beginning.
const COMPARED: usize = 64;

/// The known name that is like the sent one: a letter in four may be wrong, missing, too much or swapped.
pub fn nearest<'k>(sent: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let sent: String = sent.trim().to_lowercase().replace([' ', '-'], "_").chars().take(COMPARED).collect();
    let most = (sent.chars().count() / 4).max(1);
    let far = |known: &str| strsim::osa_distance(&sent, known);
    let found = known.into_iter().map(|known| (far(known), known)).min_by_key(|(far, _)| *far);
    found.filter(|(far, _)| *far <= most).map(|(_, known)| known)
}

/// What is wrong with a name, and what may have been meant.
pub fn unknown<'k>(what: &str, sent: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(sent, known).map_or_else(|| what.to_owned(), |known| format!("{what}; did you mean {known}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_is_near_and_what_is_not_near_is_not_guessed() {
        let known = ["given_name", "family_name", "preferred_name", "email", "trn", "rows", "external_refs"];
        for (sent, meant) in [
            ("given_nmae", Some("given_name")),
            ("Family-Name", Some("family_name")),
            ("givenname", Some("given_name")),
            ("e_mail", Some("email")),
            ("row", Some("rows")),
            ("external_ref", Some("external_refs")),
            ("colour", None),
            ("name", None),
            ("surprise", None),
            ("", None),
            (&"given_name".repeat(1000), None),
        ] {
            assert_eq!(nearest(sent, known), meant, "{sent}");
        }
        assert_eq!(unknown("is no field", "emial", known), "is no field; did you mean email?");
        assert_eq!(unknown("is no field", "colour", known), "is no field");
    }
}
