//! What an operation is, by its method and its address.

/// Records that can give way to another when two people are merged: their addresses answer with the way there.
pub(super) fn can_be_merged(method: &str, path: &str) -> bool {
    let lists = ["people", "employments", "relationships", "roles", "accounts"];
    matches!(method, "get" | "patch") && lists.iter().any(|list| path.starts_with(&format!("/v1/{list}/{{id}}")))
}
/// Work, and what came of it: it is under way or over, and has no versions.
pub(super) fn is_work(path: &str) -> bool {
    path.starts_with("/v1/jobs/") || path.starts_with("/v1/syncs/")
}
/// A write on one record says which version it saw, if it cares.
pub(super) fn takes_if_match(method: &str, path: &str) -> bool {
    matches!(method, "post" | "patch")
        && path.contains("{id}")
        && !shows_a_secret(path)
        && !path.contains("/keys")
        && !is_work(path)
        && !path.ends_with("/hand-over")
        && !path.ends_with("/enrol")
        && !path.ends_with("/actions")
        && !path.ends_with("/comments")
        // a note is added beside others, and taken back once: there is no version of it to have seen
        && !path.ends_with("/notes")
        && !path.starts_with("/v1/objective-notes/")
        // so is evidence
        && !path.ends_with("/evidence")
        && !path.ends_with("/evidence-files")
        && !path.starts_with("/v1/evidence/")
}
/// Keys and calendar links have no versions of their own.
pub(super) fn shows_a_secret(path: &str) -> bool {
    path.contains("/keys") || path.contains("/calendar-links")
}
/// A write on a document that two people write always says so.
pub(super) fn must_match(method: &str, path: &str) -> bool {
    takes_if_match(method, path)
        && ["/v1/objectives/", "/v1/appraisals/", "/v1/conversations/", "/v1/agreed-actions/", "/v1/pay-recommendations/"]
            .iter()
            .any(|documents| path.starts_with(documents))
}
pub(super) fn keeps_answers(method: &str, path: &str) -> bool {
    let keeps_none = ["/v1/sessions", "/v1/demo", "/v1/me/permissions", TOKENS];
    matches!(method, "post" | "patch") && !keeps_none.iter().any(|prefix| path.starts_with(prefix))
}
/// Where machines ask for tokens.
pub(super) const TOKENS: &str = "/oauth/token";
