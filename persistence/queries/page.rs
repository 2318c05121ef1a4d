//! Filters that every list shares.

/// Keeps a list to what the caller's reach covers, by the three columns that say where a record stands.
macro_rules! within_reach {
    ($query:expr, $cx:expr, $table:ident) => {{
        let mut query = $query;
        let reach = &$cx.reach;
        if !reach.everywhere {
            let people = uids(&reach.people);
            if reach.organisations.is_empty() {
                query = query.filter($table::person_id.eq_any(people));
            } else {
                let covered = organisation_paths::table
                    .filter(organisation_paths::tenant_id.eq($cx.tenant()))
                    .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
                    .select(organisation_paths::descendant_id);
                query = query.filter($table::person_id.eq_any(people).or($table::organisation_id.eq_any(covered)));
            }
        }
        query
    }};
}
/// Organisations of a reach, all beneath them and all above them: what a trust plans is everybody's beneath it.
macro_rules! shared {
    ($cx:expr, $organisation:expr, $reach:expr) => {{
        let beneath = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&$reach.organisations)))
            .select(organisation_paths::descendant_id);
        let above = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::descendant_id.eq_any(uids(&$reach.organisations)))
            .select(organisation_paths::ancestor_id);
        $organisation.eq_any(beneath).or($organisation.eq_any(above))
    }};
}
/// Leaves out other people's private drafts.
macro_rules! without_private {
    ($query:expr, $cx:expr, $table:ident) => {{
        let query = $query;
        match optional($cx.reach.me) {
            Some(me) => query.filter($table::private_to.is_null().or($table::private_to.eq(me))),
            None => query.filter($table::private_to.is_null()),
        }
    }};
}
/// The window of a list ordered by id: one row more than asked tells whether there is a next page.
macro_rules! windowed {
    ($query:expr, $window:expr, $table:ident) => {{
        let mut query = $query.order($table::id).limit($window.limit + 1);
        if let Some(after) = $window.after {
            query = query.filter($table::id.gt(Uid(after)));
        }
        query
    }};
}
/// An organisation and everything beneath it.
macro_rules! beneath {
    ($cx:expr, $at:expr) => {
        organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq(Uid::from($at)))
            .select(organisation_paths::descendant_id)
    };
}
/// Where the statements of a read do not see one state of the database: is the record still the version that was read first?
macro_rules! unmoved {
    ($cx:expr, $table:ident, $id:expr, $version:expr) => {
        <Here as crate::transaction::Backend>::SNAPSHOT || {
            let now: i64 = $table::table.find(($cx.tenant(), Uid::from($id))).select($table::version).one($cx.conn()).await?;
            now == $version
        }
    };
}
/// Children of these records. For a single one by equality: a list bound to `IN` is a statement that is prepared anew each time.
macro_rules! of_these {
    ($cx:expr, $query:expr, $column:expr, $ids:expr) => {
        match &$ids[..] {
            [one] => $query.filter($column.eq(*one)).all($cx.conn()).await?,
            many => $query.filter($column.eq_any(many.to_vec())).all($cx.conn()).await?,
        }
    };
}
pub(crate) use {beneath, of_these, shared, unmoved, windowed, within_reach, without_private};
